import { readOne } from './numbers.ts';
import type { RangeDecoder, RangeEncoder } from './rangeCoder.ts';

/** Parts of a stack's span, each with odds of its own. More learn the scores' shape better, and take longer to. */
const BINS = 16;
/** Halved when they reach this, far below what the coder takes. */
const MAX_COUNT = 2 ** 14;
/** The odds of a stack's scores: a histogram that grows with what was coded; within a part all values are alike. */
export interface ScoreModel {
  /** @param value 0 … span − 1; a span of up to a million, since the coder's totals end at 65,536 */
  write(encoder: RangeEncoder, value: number): void;
  read(decoder: RangeDecoder): number;
}

/**
 * An adaptive model of whole numbers below `span`. It costs at most some 10 bytes more than numbers of a fixed width, and about a
 * tenth less where the scores crowd, as a decoder's do around 0. (Deflate makes noise longer: it codes bytes, not numbers.)
 */
export function createScoreModel(span: number): ScoreModel {
  const width = Math.ceil(span / BINS);
  const counts = new Array<number>(Math.ceil(span / width)).fill(1);
  let total = counts.length;
  const below = (bin: number) => counts.slice(0, bin).reduce((sum, count) => sum + count, 0);
  const sizeOf = (bin: number) => Math.min(width, span - bin * width);
  const count = (bin: number) => {
    counts[bin]!++;
    total++;
    if (total < MAX_COUNT) return;
    for (const [index, old] of counts.entries()) counts[index] = Math.ceil(old / 2);
    total = below(counts.length);
  };
  return {
    write(encoder, value) {
      const bin = Math.floor(value / width);
      encoder.encode({ start: below(bin), size: counts[bin]!, total });
      encoder.encode({ start: value - bin * width, size: 1, total: sizeOf(bin) });
      count(bin);
    },
    read(decoder) {
      const share = decoder.peek(total);
      let bin = 0;
      while (below(bin + 1) <= share) bin++;
      decoder.skip({ start: below(bin), size: counts[bin]!, total });
      const size = sizeOf(bin);
      const rest = readOne(decoder, size);
      count(bin);
      return bin * width + rest;
    },
  };
}
