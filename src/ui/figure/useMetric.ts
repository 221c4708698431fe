import { type Metric, metricFor } from '../../figures/metric.ts';
import { useAppState } from '../appContext.ts';

/** The metric that the maps show. */
export function useMetric(): Metric {
  return metricFor(useAppState((state) => state.metric));
}
