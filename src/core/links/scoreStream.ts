// The stacks of a model as a stream of numbers: shapes, gaps with their reasons, and the quantised scores of the heads.
import { ratioOfScore } from '../metrics/symmetry.ts';
import type { HeadResult, LayerResult, ModelShape, Reason, StackResult } from '../result/index.ts';
import { kvHeadOf } from '../weights/layerWeights.ts';
import { damagedScores } from './linkErrors.ts';
import { readNumber, readOne, readSigned, readText, writeNumber, writeSigned, writeText } from './numbers.ts';
import type { RangeDecoder, RangeEncoder } from './rangeCoder.ts';
import { createScoreModel, type ScoreModel } from './scoreModel.ts';

/** What a link may hold at most; far more than fits one, and little enough to be held in memory. */
const MAX = { stacks: 32, layers: 4096, heads: 4096, cells: 2 ** 17, width: 2 ** 20, name: 80 } as const;

/** Reasons in the order of their numbers in a link: it only grows at its end. */
const REASONS: readonly (readonly [code: Reason['code'], text: string])[] = [
  ['zero', 'M is zero: its symmetry is undefined.'],
  ['non-finite', 'A weight isn’t a finite number.'],
  ['out-of-range', 'No double holds its score with all its digits.'],
  ['undefined', 'It is undefined.'],
  ['too-large', 'It was too large to be scored.'],
  ['missing-tensor', 'A weight of this layer was missing.'],
  ['no-attention', 'This layer has no attention of this kind.'],
  ['layout-mismatch', 'What was said of its heads contradicted itself.'],
  ['dtype-unsupported', 'Its number format couldn’t be read.'],
  ['convention-unavailable', 'It didn’t have what the convention asks for.'],
  ['read-failed', 'It couldn’t be read.'],
  ['engine-failed', 'No engine could score it.'],
  ['cancelled', 'It wasn’t scored: the reading was cancelled.'],
];

/** Writes stacks with every score rounded to whole steps. */
export function writeStacks(encoder: RangeEncoder, stacks: readonly StackResult[], step: number): void {
  writeNumber(encoder, stacks.length);
  for (const stack of stacks) {
    writeText(encoder, stack.name);
    writeShape(encoder, stack.shape);
    writeSigned(encoder, stack.layers.length - stack.shape.layers);
    const isPlain = createScoreModel(2);
    let next = 0;
    for (const row of stack.layers) {
      writeLayer(encoder, row, stack.shape, next, isPlain);
      next = row.layer + 1;
    }
    writeScores(encoder, stack.layers, step);
  }
}

/** Reads stacks that `writeStacks` wrote. @throws QKError 'link-invalid' for what no stack is */
export function readStacks(decoder: RangeDecoder, step: number): StackResult[] {
  let cells = 0;
  return Array.from({ length: readNumber(decoder, MAX.stacks) }, () => {
    const name = readText(decoder, MAX.name);
    const { layers: of, ...shape } = readShape(decoder);
    const count = of + readSigned(decoder, MAX.layers);
    const isPlain = createScoreModel(2);
    let next = 0;
    const rows: EmptyLayer[] = [];
    for (let index = 0; index < count; index++) {
      const row = readLayer(decoder, shape, next, isPlain);
      next = row.layer + 1;
      cells += row.count;
      if (cells > MAX.cells) throw damagedScores();
      rows.push(row);
    }
    return { name, shape: { layers: of, ...shape }, layers: readScores(decoder, rows, step) };
  });
}

function writeShape(encoder: RangeEncoder, shape: ModelShape): void {
  writeNumber(encoder, shape.layers);
  writeHeads(encoder, shape);
}

function readShape(decoder: RangeDecoder): ModelShape {
  const layers = readNumber(decoder, MAX.layers);
  return { layers, ...readHeads(decoder) };
}

type HeadShape = Omit<ModelShape, 'layers'>;

function writeHeads(encoder: RangeEncoder, { heads, kvHeads, dModel, dHead }: HeadShape): void {
  for (const value of [heads, heads / kvHeads, dModel, dHead]) writeNumber(encoder, value);
}

function readHeads(decoder: RangeDecoder): HeadShape {
  const heads = readNumber(decoder, MAX.heads);
  const kvHeads = heads / readNumber(decoder, MAX.heads);
  const dModel = readNumber(decoder, MAX.width);
  const dHead = readNumber(decoder, MAX.width);
  if (heads < 1 || !Number.isInteger(kvHeads) || dModel < 1 || dHead < 1) throw damagedScores();
  return { heads, kvHeads, dModel, dHead };
}

/** What a layer is beside a plain row of scores. */
const LAYER = { skipped: 1, shape: 2, usedBy: 4, jump: 8 } as const;

interface EmptyLayer {
  readonly layer: number;
  readonly usedBy?: readonly number[];
  readonly shape?: HeadShape;
  readonly skipped?: Reason;
  /** Heads and key heads of its row. */
  readonly count: number;
  readonly kvHeads: number;
}

function writeLayer(
  encoder: RangeEncoder,
  row: LayerResult,
  shape: HeadShape,
  next: number,
  isPlain: ScoreModel,
): void {
  const isSkipped = row.heads.length === 0;
  const own = row.shape ?? null;
  if (!isSkipped && row.heads.length !== (own ?? shape).heads)
    throw new RangeError(`Layer ${row.layer} has ${row.heads.length} heads, not ${(own ?? shape).heads}.`);
  const flags =
    (isSkipped ? LAYER.skipped : 0) +
    (own === null ? 0 : LAYER.shape) +
    (row.usedBy === undefined ? 0 : LAYER.usedBy) +
    (row.layer === next ? 0 : LAYER.jump);
  isPlain.write(encoder, flags === 0 ? 1 : 0);
  if (flags === 0) return;
  encoder.encode({ start: flags, size: 1, total: 16 });
  if (row.layer !== next) writeSigned(encoder, row.layer - next);
  if (isSkipped) writeReason(encoder, row.skipped?.code ?? 'cancelled');
  if (own !== null) writeHeads(encoder, own);
  if (row.usedBy !== undefined) {
    writeNumber(encoder, row.usedBy.length);
    for (const layer of row.usedBy) writeNumber(encoder, layer);
  }
}

function readLayer(decoder: RangeDecoder, shape: HeadShape, next: number, isPlain: ScoreModel): EmptyLayer {
  const flags = isPlain.read(decoder) === 1 ? 0 : readOne(decoder, 16);
  const layer = next + ((flags & LAYER.jump) === 0 ? 0 : readSigned(decoder, MAX.layers));
  if (layer < 0 || layer > MAX.layers) throw damagedScores();
  const skipped = (flags & LAYER.skipped) === 0 ? undefined : readReason(decoder);
  const own = (flags & LAYER.shape) === 0 ? undefined : readHeads(decoder);
  const usedBy =
    (flags & LAYER.usedBy) === 0
      ? undefined
      : Array.from({ length: readNumber(decoder, MAX.layers) }, () => readNumber(decoder, MAX.layers));
  const { heads, kvHeads } = own ?? shape;
  return {
    ...{ layer, kvHeads, count: skipped === undefined ? heads : 0 },
    ...(usedBy && { usedBy }),
    ...(own && { shape: own }),
    ...(skipped && { skipped }),
  };
}

function writeReason(encoder: RangeEncoder, code: Reason['code']): void {
  const start = REASONS.findIndex(([known]) => known === code);
  encoder.encode({ start, size: 1, total: REASONS.length });
}

function readReason(decoder: RangeDecoder): Reason {
  const [code, reason] = REASONS[readOne(decoder, REASONS.length)]!;
  return { code, reason };
}

/** The heads without a score as gaps between them; then the least score and the span of all; then each score. */
function writeScores(encoder: RangeEncoder, rows: readonly LayerResult[], step: number): void {
  const heads = rows.flatMap((row) => row.heads);
  const unscored = heads.flatMap(({ s }, index) => (s === null ? [index] : []));
  writeNumber(encoder, unscored.length);
  for (const [place, index] of unscored.entries()) {
    writeNumber(encoder, index - (unscored[place - 1] ?? -1) - 1);
    writeReason(encoder, heads[index]!.reason?.code ?? 'undefined');
  }
  const values = heads.flatMap(({ s }) => (s === null ? [] : [Math.round(s / step)]));
  if (values.length === 0) return;
  const least = values.reduce((low, value) => Math.min(low, value));
  const span = values.reduce((high, value) => Math.max(high, value)) - least + 1;
  writeSigned(encoder, least);
  writeNumber(encoder, span);
  const model = createScoreModel(span);
  for (const value of values) model.write(encoder, value - least);
}

function readScores(decoder: RangeDecoder, rows: readonly EmptyLayer[], step: number): LayerResult[] {
  const count = rows.reduce((sum, row) => sum + row.count, 0);
  const reasons = new Map<number, Reason>();
  let last = -1;
  for (let left = readNumber(decoder, count); left > 0; left--) {
    last += readNumber(decoder, count) + 1;
    if (last >= count) throw damagedScores();
    reasons.set(last, readReason(decoder));
  }
  const limit = Math.round(1 / step);
  const hasScores = reasons.size < count;
  const least = hasScores ? readSigned(decoder, limit) : 0;
  const span = hasScores ? readNumber(decoder, 2 * limit + 1) : 1;
  if (span < 1) throw damagedScores();
  const model = createScoreModel(span);
  let index = 0;
  return rows.map(({ count: heads, kvHeads, ...row }) => ({
    ...row,
    tensors: [],
    heads: Array.from({ length: heads }, (_, head): HeadResult => {
      const kvHead = kvHeadOf(head, heads, kvHeads);
      const reason = reasons.get(index++);
      if (reason !== undefined) return { head, kvHead, r: null, s: null, reason };
      // Rounding may lead a hair beyond ±1.
      const s = Math.max(-1, Math.min(1, (model.read(decoder) + least) * step));
      return { head, kvHead, r: ratioOfScore(s), s };
    }),
  }));
}
