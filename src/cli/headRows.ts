// One row a head of any number of results: the columns of Parquet files and of gathered sheets.
import { zScore } from '../core/metrics/zScore.ts';
import {
  type AnalysisResult,
  type LayerResult,
  nullUnavailable,
  type StackResult,
} from '../core/result/index.ts';

type Cell = string | number | null;

interface Column {
  readonly name: string;
  /** Parquet's: a text, an integer, or a double. */
  readonly type: 'STRING' | 'INT32' | 'INT64' | 'DOUBLE';
  readonly of: (place: Place) => Cell | undefined;
}

interface Place {
  readonly result: AnalysisResult;
  readonly stack: StackResult;
  readonly row: LayerResult;
  readonly head: LayerResult['heads'][number];
  /** Why heads of this stack can't be compared with random orientations; null where they can. */
  readonly nullReason: string | null;
}

const widthOf = ({ row, stack }: Place) => row.shape ?? stack.shape;

/** The schema (docs/cli.md): a column is null where a value isn't measured or is undefined. New ones come last. */
export const HEAD_COLUMNS: readonly Column[] = [
  { name: 'model', type: 'STRING', of: ({ result }) => result.model.id },
  { name: 'revision', type: 'STRING', of: ({ result }) => result.model.revision },
  { name: 'sha', type: 'STRING', of: ({ result }) => result.model.sha },
  { name: 'fingerprint', type: 'STRING', of: ({ result }) => result.model.fingerprint },
  { name: 'source', type: 'STRING', of: ({ result }) => result.model.source },
  { name: 'model_type', type: 'STRING', of: ({ result }) => result.model.modelType },
  { name: 'dtype', type: 'STRING', of: ({ result }) => result.model.dtype },
  { name: 'stack', type: 'STRING', of: ({ stack }) => stack.name },
  { name: 'layer', type: 'INT32', of: ({ row }) => row.layer },
  { name: 'head', type: 'INT32', of: ({ head }) => head.head },
  { name: 'kv_head', type: 'INT32', of: ({ head }) => head.kvHead },
  { name: 'r', type: 'DOUBLE', of: ({ head }) => head.r },
  { name: 's', type: 'DOUBLE', of: ({ head }) => head.s },
  {
    name: 'z',
    type: 'DOUBLE',
    of: (place) =>
      place.head.s === null || place.nullReason !== null ? null : zScore(place.head.s, widthOf(place).dModel),
  },
  { name: 'norm', type: 'DOUBLE', of: ({ head }) => head.norm },
  { name: 'directionality', type: 'DOUBLE', of: ({ head }) => head.directionality },
  { name: 'reason', type: 'STRING', of: ({ head }) => head.reason?.reason ?? head.normReason },
  { name: 'layer_r', type: 'DOUBLE', of: ({ row }) => row.score?.r },
  { name: 'layer_s', type: 'DOUBLE', of: ({ row }) => row.score?.s },
  { name: 'layer_directionality', type: 'DOUBLE', of: ({ row }) => row.directionality },
  { name: 'd', type: 'INT32', of: (place) => widthOf(place).dModel },
  { name: 'dh', type: 'INT32', of: (place) => widthOf(place).dHead },
  { name: 'heads', type: 'INT32', of: (place) => widthOf(place).heads },
  { name: 'kv_heads', type: 'INT32', of: (place) => widthOf(place).kvHeads },
  { name: 'layers', type: 'INT32', of: ({ stack }) => stack.shape.layers },
  { name: 'convention', type: 'STRING', of: ({ result }) => result.convention.text },
  { name: 'engine', type: 'STRING', of: ({ result, row }) => row.engine ?? result.engine.id },
  { name: 'created_at', type: 'STRING', of: ({ result }) => result.createdAt },
  { name: 'parameters', type: 'INT64', of: ({ result }) => result.model.parameters },
  { name: 'published', type: 'STRING', of: ({ result }) => result.model.published },
];

/** The rows of results, in the order of HEAD_COLUMNS; a layer that was skipped has none. */
export function headRows(results: readonly AnalysisResult[]): Cell[][] {
  return results.flatMap((result) =>
    result.stacks.flatMap((stack) => {
      const nullReason = nullUnavailable(stack.name, result.convention);
      return stack.layers.flatMap((row) =>
        row.heads.map((head) => {
          const place = { result, stack, row, head, nullReason };
          return HEAD_COLUMNS.map((column) => column.of(place) ?? null);
        }),
      );
    }),
  );
}
