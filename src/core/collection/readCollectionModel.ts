// Reads one model of a collection as the result that it was gathered from.
import { ENGINE_IDS } from '../engines/index.ts';
import { QKError } from '../errors.ts';
import type { LocalFile } from '../repos/index.ts';
import { RESULT_SCHEMA, RESULT_VERSION } from '../result/index.ts';
import { conventionOf } from '../weights/convention.ts';
import type { ModelPlace } from './collection.ts';
import { openParquet } from './parquetFile.ts';

type Row = Readonly<Record<string, unknown>>;
type RowsPlace = Pick<Extract<ModelPlace, { kind: 'rows' }>, 'from' | 'to'>;

/** One model's rows: the largest has 16,000 heads. */
const MAX_ROWS = 1_000_000;

/**
 * Makes the JSON of a result from a model's rows. Layers without rows say so; what the columns don't hold (tensors, the
 * device) is empty. The caller reads and checks it as the text of a file (core/embedded).
 * @throws QKError 'result-invalid' where the rows' convention isn't one
 */
export async function readCollectionModel(file: LocalFile, { from, to }: RowsPlace): Promise<string> {
  if (to - from > MAX_ROWS)
    throw new QKError('too-large', `One model has ${to - from} rows.`, { where: file.path });
  const parquet = await openParquet(file);
  const rows: Record<string, unknown>[] = Array.from({ length: to - from }, () => ({}));
  for (const column of parquet.columns)
    for (const group of parquet.groups) {
      const [start, end] = [Math.max(from, group.from), Math.min(to, group.to)];
      if (start >= end) continue;
      const values = await parquet.read(column, start, end);
      for (let row = start; row < end; row++) {
        const value: unknown = values?.[row - start];
        rows[row - from]![column] = typeof value === 'bigint' ? Number(value) : value;
      }
    }
  return JSON.stringify(resultOf(rows, file.path.split('/').at(-1) ?? file.path));
}

function resultOf(rows: readonly Row[], name: string) {
  const first = rows[0] ?? {};
  const stacks = [...grouped(rows, (row) => text(row.stack) ?? 'self')].map(([stack, of]) =>
    stackOf(stack, of, name),
  );
  return {
    ...{ schema: RESULT_SCHEMA, version: RESULT_VERSION },
    model: {
      source: text(first.source) ?? 'local',
      id: first.model,
      ...{ revision: text(first.revision), sha: text(first.sha), fingerprint: text(first.fingerprint) },
      ...{ format: 'unknown', modelType: text(first.model_type) ?? 'unknown', architecture: 'unknown' },
      dtype: text(first.dtype) ?? 'unknown',
      ...(first.parameters == null ? {} : { parameters: first.parameters }),
      ...(first.published == null ? {} : { published: first.published }),
    },
    shape: stacks[0]!.shape,
    convention: conventionIn(text(first.convention) ?? '', name),
    engine: {
      id: ENGINE_IDS.find((id) => id === first.engine) ?? 'recorded',
      ...{ device: 'unknown', reason: `as ${name} says` },
    },
    bytes: { read: 0, planned: 0, needed: 0, file: 0 },
    stacks,
    notes: [
      `The scores were read from ${name}, which holds no tensors’ names and not the layers that were skipped.`,
    ],
    createdAt: first.created_at,
    app: { version: 'unknown' },
  };
}

function stackOf(name: string, rows: readonly Row[], file: string) {
  const byLayer = grouped(rows, (row) => Number(row.layer));
  const [widths] = rows.map(widthsOf);
  const count = Math.max(Number(rows[0]?.layers ?? 0), ...[...byLayer.keys()].map((layer) => layer + 1));
  const layers = Array.from({ length: count }, (_, layer) => {
    const of = byLayer.get(layer);
    if (of === undefined)
      return {
        ...{ layer, tensors: [], heads: [] },
        skipped: { code: 'cancelled', reason: `It isn’t in ${file}: layers without scores have no rows.` },
      };
    const [first = {}] = of;
    const own = widthsOf(first);
    return {
      layer,
      ...(JSON.stringify(own) === JSON.stringify(widths) ? {} : { shape: own }),
      tensors: [],
      heads: of.map(headOf),
      ...(typeof first.layer_s === 'number' ? { score: { r: first.layer_r, s: first.layer_s } } : {}),
      ...(typeof first.layer_directionality === 'number'
        ? { directionality: first.layer_directionality }
        : {}),
    };
  });
  return { name, shape: { layers: count, ...widths }, layers };
}

function widthsOf(row: Row) {
  return { heads: row.heads, kvHeads: row.kv_heads, dModel: row.d, dHead: row.dh };
}

function headOf(row: Row) {
  const [r, s] = [row.r ?? null, row.s ?? null];
  const reason = text(row.reason) ?? 'undefined for this head';
  return {
    ...{ head: row.head, kvHead: row.kv_head, r, s },
    ...(typeof row.norm === 'number' ? { norm: row.norm } : s === null ? {} : { normReason: reason }),
    ...(typeof row.directionality === 'number' ? { directionality: row.directionality } : {}),
    ...(s === null ? { reason: { code: 'undefined', reason } } : {}),
  };
}

function grouped<Key>(rows: readonly Row[], keyOf: (row: Row) => Key): Map<Key, Row[]> {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** The convention that a sentence states; the sentence follows from it, so that any other is refused. */
function conventionIn(stated: string, name: string) {
  const offset = /Δ = (−?)(\d+)/.exec(stated);
  const convention = conventionOf({
    layerNorm: stated.includes('LayerNorm gain folded'),
    qkNorm: stated.includes('QK-norm gain applied'),
    ropeOffset: offset === null ? 0 : Number(offset[2]) * (offset[1] === '' ? 1 : -1),
  });
  if (convention.text === stated) return convention;
  throw new QKError(
    'result-invalid',
    `${name} states a convention that QKScope doesn’t know: “${stated.slice(0, 200)}”.`,
    {
      where: name,
      hint: 'Gather the results again with this version.',
    },
  );
}
