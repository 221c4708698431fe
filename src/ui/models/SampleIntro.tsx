import type { Metric } from '../../figures/metric.ts';
import type { ModelState } from '../../state/appState.ts';

/** What the sample's two maps are, and how they are read; nothing above other maps. */
export function SampleIntro({
  models,
  metric,
}: {
  readonly models: readonly ModelState[];
  readonly metric: Metric;
}) {
  if (models.length < 2 || models.some(({ choice }) => choice.kind !== 'sample')) return null;
  return (
    <p className="sample-intro">
      Two small sister models, trained for this page on one text: masked sees both sides of a gap, causal only
      what comes before. Rows are layers, columns heads; {metric.title}.
    </p>
  );
}
