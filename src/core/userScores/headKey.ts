// Parses the keys that name a head in a file of scores.
import { USER_SCORES_LIMITS } from '../result/index.ts';

export interface HeadKey {
  readonly layer: number;
  readonly head: number;
}

/** "L5H1", "L05.H01", "layer 5 head 1", "a5.h1", "Layer 5, Head 1". Not "5.1": that could be a number. */
const HEAD_NAME = /^(?:l|a|layer|block)[\s_.:-]*(\d+)[\s_.,:;-]*(?:h|head)[\s_.:-]*(\d+)$/i;

/** Parses a head's name as people write it, or null. */
export function parseHeadKey(text: string): HeadKey | null {
  const match = HEAD_NAME.exec(text.trim());
  if (match === null) return null;
  const [layer, head] = [Number(match[1]), Number(match[2])];
  return layer <= USER_SCORES_LIMITS.index && head <= USER_SCORES_LIMITS.index ? { layer, head } : null;
}

/**
 * Parses a layer's or head's number from 0: "5", "L5", "5.0" (as pandas writes an integer column with gaps), or
 * null.
 */
export function parseIndex(text: string, prefix: RegExp): number | null {
  const match = /^(\d+)(?:\.0+)?$/.exec(text.trim().replace(prefix, '').trim());
  if (match === null) return null;
  const index = Number(match[1]);
  return index <= USER_SCORES_LIMITS.index ? index : null;
}

export const LAYER_PREFIX = /^(?:layer|l)[\s_.:-]*/i;
export const HEAD_PREFIX = /^(?:head|h)[\s_.:-]*/i;
