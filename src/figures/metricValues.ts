/** A metric's values over a head, a layer or a whole map. */
import type { LayerResult } from '../core/result/index.ts';
import { dModelOf, type HeadRef, type HeatmapView, layerRow } from './heatmapView.ts';
import type { Metric } from './metric.ts';

/** The metric of every head that has arrived, row by row; null where it has none. */
export function valuesOf(view: HeatmapView, metric: Metric): (number | null)[] {
  const values: (number | null)[] = [];
  for (const row of view.rows) for (const head of row.heads) values.push(metric.valueOf(view, row, head));
  return values;
}

/** The values that are defined and finite, row by row. */
export function knownValues(view: HeatmapView, metric: Metric): number[] {
  const known: number[] = [];
  for (const row of view.rows) for (const value of rowValues(view, row, metric)) known.push(value);
  return known;
}

interface RowValues {
  readonly dModel: number;
  readonly userScores: HeatmapView['userScores'];
  readonly values: readonly number[];
}

/** Caches the values of each layer in each metric, the maps' and the difference's, so that they stay while others arrive. */
const lastValues = new WeakMap<LayerResult, WeakMap<Metric, RowValues>>();

/** One layer's values that are defined and finite. */
export function rowValues(view: HeatmapView, row: LayerResult, metric: Metric): readonly number[] {
  const dModel = dModelOf(view, row);
  const byMetric = lastValues.get(row) ?? new WeakMap<Metric, RowValues>();
  const last = byMetric.get(metric);
  if (last?.dModel === dModel && last.userScores === view.userScores) return last.values;
  const values: number[] = [];
  for (const head of row.heads) {
    const value = metric.valueOf(view, row, head);
    if (value !== null && Number.isFinite(value)) values.push(value);
  }
  byMetric.set(metric, { dModel, userScores: view.userScores, values });
  lastValues.set(row, byMetric);
  return values;
}

/** One head's value; null where it hasn't arrived or has none. */
export function headValue(view: HeatmapView, ref: HeadRef, metric: Metric): number | null {
  const row = layerRow(view, ref.layer);
  const head = row?.heads.find((candidate) => candidate.head === ref.head);
  return row === undefined || head === undefined ? null : metric.valueOf(view, row, head);
}
