import type { ModelState } from '../../state/appState.ts';
import { useMetric } from '../figure/useMetric.ts';

/** What the sample's two maps are, and how they are read; nothing above other maps. */
export function SampleIntro({ models }: { readonly models: readonly ModelState[] }) {
  const metric = useMetric();
  if (models.length < 2 || models.some(({ choice }) => choice.kind !== 'sample')) return null;
  return (
    <p className="sample-intro">
      Two small sister models, trained for this page on one text: masked sees both sides of a gap, causal only
      what comes before. Rows are layers, columns heads; {metric.title}.
    </p>
  );
}
