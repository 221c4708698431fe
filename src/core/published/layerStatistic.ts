// Whole-layer scores as the paper summarises them: median and quartiles.
import { median, quantile } from '../linalg/statistics.ts';
import type { StackResult } from '../result/index.ts';

/**
 * A model's whole-layer scores as the paper sums them up; per-head scores are another quantity and never stand in
 * for them.
 */
export interface LayerStatistic {
  readonly median: number;
  readonly q1: number;
  readonly q3: number;
  /** s of each layer, in their order. */
  readonly s: readonly number[];
}

/**
 * Median and quartiles over a stack's whole-layer scores. Null unless every layer with attention has one: a median
 * of some layers would be another number.
 */
export function layerStatistic(stack: Pick<StackResult, 'layers'>): LayerStatistic | null {
  const withAttention = stack.layers.filter(({ skipped }) => skipped?.code !== 'no-attention');
  const s = withAttention.flatMap(({ score }) => (typeof score?.s === 'number' ? [score.s] : []));
  if (s.length === 0 || s.length < withAttention.length) return null;
  return { median: median(s), q1: quantile(s, 0.25), q3: quantile(s, 0.75), s };
}

/**
 * Returns the largest difference between our layers and the published ones; null where they can't be paired one to
 * one.
 */
export function largestDifference(ours: LayerStatistic, published: readonly number[]): number | null {
  if (ours.s.length !== published.length) return null;
  return Math.max(...published.map((value, layer) => Math.abs(value - ours.s[layer]!)));
}
