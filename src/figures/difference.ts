import { spearman } from '../core/metrics/spearman.ts';
import { shapeText } from './format.ts';
import type { HeadRef, HeatmapView } from './heatmapView.ts';
import type { Metric } from './metric.ts';
import { headValue } from './metricValues.ts';

/** A head that has a value in both of two models. */
export interface PairedHead extends HeadRef {
  readonly a: number;
  readonly b: number;
}

/** Why heads of two maps can't be set against each other; null where layer and head numbers are the same in both. */
export function whyUnpaired(a: HeatmapView, b: HeatmapView): string | null {
  if (layoutOf(a) === layoutOf(b)) return null;
  const [first, second] = [shapeText(a.shape), shapeText(b.shape)];
  return first === second
    ? `The layers of ${a.title} and ${b.title} differ in their numbers or heads.`
    : `${a.title} has ${first}, ${b.title} ${second}.`;
}

/** Layers and heads by number: the same text, the same places. */
export function layoutOf(view: Pick<HeatmapView, 'rows' | 'shape'>): string {
  return view.rows.map(({ layer, shape }) => `${layer}:${(shape ?? view.shape).heads}`).join(' ');
}

/** The heads that have the metric in both maps, by layer and head number. */
export function pairedHeads(a: HeatmapView, b: HeatmapView, metric: Metric): PairedHead[] {
  return a.rows.flatMap((row) =>
    row.heads.flatMap(({ head }): PairedHead[] => {
      const ref = { layer: row.layer, head };
      const [x, y] = [headValue(a, ref, metric), headValue(b, ref, metric)];
      return x === null || y === null || !Number.isFinite(x) || !Number.isFinite(y)
        ? []
        : [{ ...ref, a: x, b: y }];
    }),
  );
}

/** Spearman's ρ of the pairs; null where it is undefined. */
export function rankAgreement(pairs: readonly PairedHead[]): number | null {
  return spearman(
    pairs.map(({ a }) => a),
    pairs.map(({ b }) => b),
  );
}

/** The pairs that differ most, by the size of b − a, the largest first. */
export function mostDifferent(pairs: readonly PairedHead[], count: number): PairedHead[] {
  return [...pairs].sort((p, q) => Math.abs(q.b - q.a) - Math.abs(p.b - p.a)).slice(0, count);
}

/**
 * b − a of a metric, as a metric of b's map: diverging about 0, undefined where either value is. Its scale is its own; random
 * orientations have no band in it.
 */
export function differenceMetric(base: Metric, a: HeatmapView): Metric {
  const ofA: Metric['valueOf'] = (_view, row, { head }) => headValue(a, { layer: row.layer, head }, base);
  const reach = base.ends === null ? null : base.ends[1] - base.ends[0];
  return {
    ...base,
    id: `difference:${base.id}`,
    label: `Δ${base.label}`,
    plainName: `difference of ${base.plainName}`,
    name: `difference of ${base.name}, B − A`,
    title: `difference B − A of ${base.name}: positive where it is larger in B`,
    kind: 'diverging',
    centre: 0,
    endWords: ['larger in A', 'larger in B'],
    ends: reach === null ? null : [-reach, reach],
    fromS: null,
    valueOf(view, row, head) {
      const [x, y] = [ofA(view, row, head), base.valueOf(view, row, head)];
      return x === null || y === null ? null : y - x;
    },
    unavailableReason: () => 'not in both models',
    readoutMetrics: [
      { ...base, label: `A ${base.label}`, valueOf: ofA },
      { ...base, label: `B ${base.label}` },
    ],
  };
}

/** b's map under both names: what the difference is shown as. */
export function differenceView(a: HeatmapView, b: HeatmapView): HeatmapView {
  const { model: _, ...ofBoth } = b;
  return { ...ofBoth, title: `${b.title} − ${a.title}` };
}
