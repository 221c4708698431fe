// Plans which bytes of a layer are read.
import type { HeadsIn, LayerLayout } from '../architectures/layout.ts';
import type { TensorEntry } from '../formats/checkpoint.ts';
import type { Weight } from '../quantisation/weight.ts';
import { gainsOf, type PlannedTransform } from './planTransform.ts';

/**
 * Neighbouring ranges are fetched as one when the gap between them is at most this: a request costs more than the
 * gap.
 */
export const MAX_GAP_BYTES = 32 * 1024;

/** One run of bytes of one file; `at` is where it lies in the layer's buffer. */
export interface ReadSpan {
  readonly entry: TensorEntry;
  readonly begin: number;
  readonly end: number;
  readonly offset: number;
}

/** The part of a weight that is read: all of it, or the rows that hold queries and keys. */
export interface WeightUse {
  readonly weight: Weight;
  /** First output row that is read, and one past the last. Null: all, in whatever order they are stored. */
  readonly rows: { readonly from: number; readonly to: number } | null;
  /** Byte ranges, one for each of the weight's parts. */
  readonly ranges: readonly { readonly entry: TensorEntry; readonly begin: number; readonly end: number }[];
}

/** What one layer needs, before anything is read. */
export interface LayerPlan {
  readonly layout: LayerLayout;
  /** What the convention does to it; null: raw. */
  readonly transform: PlannedTransform | null;
  readonly uses: readonly WeightUse[];
  readonly spans: readonly ReadSpan[];
  /** Size of the buffer that holds all spans. */
  readonly bufferBytes: number;
  /**
   * Bytes held by Q and K themselves, and by the gains that are folded: less than is read where q, k and v share
   * rows (Conv1D) or a gap is read along.
   */
  readonly neededBytes: number;
}

/**
 * Plans the byte ranges of a layer's Q and K, and of the gains that a convention folds into them, neighbours joined.
 */
export function planLayer(layout: LayerLayout, transform: PlannedTransform | null = null): LayerPlan {
  const gains = gainsOf(transform).map(({ weight }) => planUse(weight, null));
  // Latent attention's own norms are read already, and none of them is a gain of a convention's.
  const weightUses = planUses(layout);
  const uses = [...weightUses, ...gains];
  const ranges = uses.flatMap((use) => use.ranges).sort((a, b) => a.begin - b.begin);
  const spans: ReadSpan[] = [];
  let offset = 0;
  for (const source of new Set(ranges.map(({ entry }) => entry.source))) {
    for (const { entry, begin, end } of ranges.filter((range) => range.entry.source === source)) {
      const last = spans.at(-1);
      if (last !== undefined && last.entry.source === source && begin - last.end <= MAX_GAP_BYTES) {
        // A tensor that shares its storage may lie within the last one.
        const further = Math.max(last.end, end);
        offset += further - last.end;
        spans[spans.length - 1] = { ...last, end: further };
      } else {
        spans.push({ entry, begin, end, offset });
        offset += end - begin;
      }
    }
  }
  const gainBytes = gains
    .flatMap(({ ranges: gainRanges }) => gainRanges)
    .reduce((sum, { begin, end }) => sum + end - begin, 0);
  return {
    layout,
    transform,
    uses,
    spans,
    bufferBytes: offset,
    neededBytes: neededBytes(layout, weightUses) + gainBytes,
  };
}

/** Returns the bytes of a range in a buffer that holds the plan's spans. */
export function bytesOfRange(
  plan: LayerPlan,
  buffer: Uint8Array,
  { entry, begin, end }: WeightUse['ranges'][number],
): Uint8Array {
  const span = plan.spans.find(
    ({ entry: first, begin: from, end: to }) => first.source === entry.source && from <= begin && end <= to,
  )!;
  const offset = span.offset + (begin - span.begin);
  return buffer.subarray(offset, offset + (end - begin));
}

function planUses(layout: LayerLayout): WeightUse[] {
  const { source, dHead } = layout;
  if (source.kind === 'latent') {
    const pairs = [source.kv, ...('a' in source.q ? [source.q] : [])];
    const weights = pairs.flatMap(({ a, norm, b }) => [a, ...(norm === null ? [] : [norm]), b]);
    return ['a' in source.q ? null : source.q, ...weights]
      .filter((weight) => weight !== null)
      .map((weight) => planUse(weight, null));
  }
  const { q, k } = source;
  if (q.weight !== k.weight) return [q, k].map((heads) => planUse(heads.weight, rowsOf([heads], dHead)));
  return [planUse(q.weight, rowsOf([q, k], dHead))];
}

/**
 * Returns the output rows from the first head's to the last one's. Interleaved values in between are read along: one
 * request.
 */
function rowsOf(heads: readonly HeadsIn[], dHead: number): WeightUse['rows'] {
  if (heads.some(({ weight, features }) => features !== 'rows' || weight.shape.length !== 2)) return null;
  const first = heads.flatMap((part) => part.first);
  let [from, last] = [Infinity, 0];
  for (const row of first) {
    from = Math.min(from, row);
    last = Math.max(last, row);
  }
  return { from, to: last + dHead };
}

function planUse(weight: Weight, rows: WeightUse['rows']): WeightUse {
  const { parts, rowBytes } = weight;
  const entry = parts[0]!;
  if (rows === null || rowBytes === undefined)
    return {
      weight,
      rows: null,
      ranges: parts.map((part) => ({ entry: part, begin: part.begin, end: part.end })),
    };
  const begin = entry.begin + rows.from * rowBytes;
  return { weight, rows, ranges: [{ entry, begin, end: begin + (rows.to - rows.from) * rowBytes }] };
}

/** Sums the share of each weight that its heads take. */
function neededBytes({ source, dHead, dModel }: LayerLayout, uses: readonly WeightUse[]): number {
  const stored = ({ weight }: WeightUse) =>
    weight.parts.reduce((sum, { begin, end }) => sum + end - begin, 0);
  if (source.kind === 'latent') return uses.reduce((sum, use) => sum + stored(use), 0);
  let needed = 0;
  for (const { weight, first, features } of [source.q, source.k]) {
    const use = uses.find((candidate) => candidate.weight === weight)!;
    const elements = weight.shape.reduce((product, size) => product * size, 1);
    const total = weight.shape.length === 3 ? elements / dModel : weight.shape[features === 'rows' ? 0 : 1]!;
    needed += (stored(use) * first.length * dHead) / total;
  }
  return Math.round(needed);
}
