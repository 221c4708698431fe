// Reads a Parquet file with a row a head (docs/cli.md), row group by row group.
import { QKError } from '../errors.ts';
import { escapeUnprintable } from '../printable.ts';
import type { LocalFile } from '../repos/index.ts';
import { COLLECTION_LIMITS, type CollectionModel } from './collection.ts';
import type { CollectionBuilder } from './collectionBuilder.ts';
import type { CollectionEvent } from './collectionEvent.ts';
import { openParquet } from './parquetFile.ts';

/** Columns that say which model a row is of: where one changes, the next model begins. */
const IDENTITY = ['model', 'revision', 'sha', 'fingerprint', 'convention'] as const;
const MODEL = ['model_type', 'parameters', 'published'] as const;
const HEAD = ['stack', 'layer', 'head', 'heads', 'layers', 's', 'z', 'norm', 'directionality'] as const;
const MAX_TEXT = 2000;

type Cell = unknown;

/**
 * Adds every model of the file.
 * @param index of the file among those that were opened
 * @throws QKError 'result-invalid' where a model's rows aren't together, or a value isn't what its column holds
 */
export async function* readParquet(
  builder: CollectionBuilder,
  file: LocalFile,
  index: number,
  signal: AbortSignal,
): AsyncGenerator<Exclude<CollectionEvent, { type: 'part' }>> {
  const parquet = await openParquet(file);
  const seen = new Set<string>();
  let open: {
    identity: readonly Cell[];
    model: Omit<CollectionModel, 'stacks' | 'place'>;
    from: number;
  } | null = null;
  let stack: Cell;

  const close = (to: number) => {
    if (open !== null)
      builder.endModel({ ...open.model, place: { kind: 'rows', file: index, from: open.from, to } });
    open = null;
  };
  for (const { from, to } of parquet.groups) {
    const columns = await Promise.all(
      [...IDENTITY, ...MODEL, ...HEAD].map(async (name) => {
        const values = await parquet.read(name, from, to);
        return [name, values] as const;
      }),
    );
    signal.throwIfAborted();
    const column = Object.fromEntries(columns) as Record<
      (typeof IDENTITY | typeof MODEL | typeof HEAD)[number],
      ArrayLike<Cell> | null
    >;
    const identities = IDENTITY.map((name) => column[name]);
    for (let row = 0; row < to - from; row++) {
      const previous = open as { identity: readonly Cell[] } | null;
      if (
        previous === null ||
        identities.some((values, at) => (values?.[row] ?? null) !== previous.identity[at])
      ) {
        close(from + row);
        const identity = identities.map((values) => values?.[row] ?? null);
        const key = identity.join('\n');
        if (seen.has(key)) throw apart(file.path, String(identity[0]));
        seen.add(key);
        open = {
          ...{ identity, from: from + row },
          model: {
            id: textOf(identity[0]) ?? 'unnamed',
            ...{ revision: textOf(identity[1]), sha: textOf(identity[2]) },
            modelType: textOf(column.model_type?.[row]) ?? 'unknown',
            convention: textOf(identity[4]) ?? '',
            parameters: countOf(column.parameters?.[row]),
            published: dateOf(column.published?.[row]),
          },
        };
        stack = undefined;
      }
      const layer = indexOf(column.layer?.[row], 'layer', file.path);
      const head = indexOf(column.head?.[row], 'head', file.path);
      const nextStack = column.stack?.[row] ?? 'self';
      if (nextStack !== stack) {
        stack = nextStack;
        builder.beginStack(
          textOf(stack) ?? 'self',
          sideOf(layer, column.layers?.[row]),
          sideOf(head, column.heads?.[row]),
        );
      }
      builder.addHead({
        ...{ layer, head },
        s: scoreOf(column.s?.[row], file.path),
        z: numberOf(column.z?.[row]),
        norm: numberOf(column.norm?.[row]),
        directionality: numberOf(column.directionality?.[row]),
      });
    }
    yield { type: 'progress', read: to, total: parquet.rows };
  }
  close(parquet.rows);
}

/** A number that the collection's 32 bits hold. */
function numberOf(value: Cell): number | null {
  return typeof value === 'number' && Number.isFinite(Math.fround(value)) ? value : null;
}

/** An s, which no head has beyond −1 and 1: such a table isn't one of scores. */
function scoreOf(value: Cell, path: string): number | null {
  if (typeof value !== 'number' || Number.isNaN(value)) return null;
  if (value >= -1 && value <= 1) return value;
  throw new QKError('result-invalid', `${path} has a row whose s isn’t between −1 and 1.`, {
    where: path,
    hint: 'Gather the results again: qkscope gather FOLDER -o heads.parquet.',
  });
}

/** A count as an integer column gives it, of 32 or of 64 bits. */
function countOf(value: Cell): number | null {
  const count = typeof value === 'bigint' ? Number(value) : value;
  return typeof count === 'number' && Number.isSafeInteger(count) && count > 0 ? count : null;
}

/** How many layers, or heads, a map has: as many as its column says, or as its first row shows. */
function sideOf(index: number, stated: Cell): number {
  return Math.max(index + 1, Math.min(countOf(stated) ?? 0, COLLECTION_LIMITS.side));
}

function textOf(value: Cell): string | null {
  return typeof value === 'string' && value !== '' ? escapeUnprintable(value.slice(0, MAX_TEXT)) : null;
}

function dateOf(value: Cell): string | null {
  const text = value instanceof Date ? value.toISOString() : textOf(value);
  return text !== null && !Number.isNaN(Date.parse(text)) ? text : null;
}

function indexOf(value: Cell, column: string, path: string): number {
  const index = typeof value === 'bigint' ? Number(value) : value;
  if (typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < COLLECTION_LIMITS.side)
    return index;
  throw new QKError(
    'result-invalid',
    `${path} has a row whose ${column} isn’t a whole number from 0 to ${COLLECTION_LIMITS.side - 1}.`,
    {
      where: path,
      hint: 'Gather the results again: qkscope gather FOLDER -o heads.parquet.',
    },
  );
}

function apart(path: string, model: string): QKError {
  return new QKError(
    'result-invalid',
    `The rows of ${escapeUnprintable(model.slice(0, 200))} aren’t together.`,
    {
      where: path,
      hint: 'Sort the table by model, revision, stack, layer and head.',
    },
  );
}
