import type { StackResult } from '../result.ts';
import { median, quantile } from '../statistics.ts';

/** A model's whole-layer scores as the paper sums them up; per-head scores are another quantity and never stand in for them. */
export interface LayerStatistic {
  readonly median: number;
  readonly q1: number;
  readonly q3: number;
  /** s of each layer, in their order; null where it is undefined. */
  readonly s: readonly (number | null)[];
}

/**
 * Median and quartiles over a stack's whole-layer scores. Null until every layer that has heads is measured: a median of
 * some layers would be another number.
 */
export function layerStatistic(stack: Pick<StackResult, 'layers'>): LayerStatistic | null {
  const scored = stack.layers.filter(({ heads }) => heads.length > 0);
  if (scored.some(({ score }) => score === undefined)) return null;
  const s = scored.map(({ score }) => score?.s ?? null);
  const known = s.filter((value) => value !== null);
  if (known.length === 0) return null;
  return { median: median(known), q1: quantile(known, 0.25), q3: quantile(known, 0.75), s };
}

/** The largest difference between our layers and the published ones; null where they can't be paired one to one. */
export function largestDifference(ours: LayerStatistic, published: readonly number[]): number | null {
  if (ours.s.length !== published.length || ours.s.includes(null)) return null;
  return Math.max(...published.map((value, layer) => Math.abs(value - ours.s[layer]!)));
}
