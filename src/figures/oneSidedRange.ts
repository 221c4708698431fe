import type { ColourDomain } from './colourDomain.ts';
import type { HeatmapView } from './heatmapView.ts';
import type { Metric } from './metric.ts';
import { knownValues } from './metricValues.ts';

/** The half of a diverging scale in which all values lie; undefined where they lie in both, or the scale has no halves. */
export function oneSidedRange(
  views: readonly HeatmapView[],
  metric: Metric,
  domain: ColourDomain,
): readonly [low: number, high: number] | undefined {
  if (domain.kind !== 'diverging') return undefined;
  const middle = (domain.low + domain.high) / 2;
  const values = views.flatMap((view) => [...knownValues(view, metric)]);
  if (values.length === 0) return undefined;
  if (values.every((value) => value >= middle)) return [middle, domain.high];
  return values.every((value) => value <= middle) ? [domain.low, middle] : undefined;
}
