import type { ModelState } from '../../state/modelState.ts';
import { useMetric } from '../figure/useMetric.ts';

/** What the sample's two maps are, and how they are read; nothing above other maps. */
export function SampleIntro({ models }: { readonly models: readonly ModelState[] }) {
  const metric = useMetric();
  if (models.length < 2 || models.some(({ choice }) => choice.kind !== 'sample')) return null;
  return (
    <p className="sample-intro">
      Two small models, trained for this page on the same text: <i>masked</i> predicts a word from both sides
      (like BERT), <i>causal</i> only from what precedes it (like GPT). Rows are layers, columns are heads;{' '}
      {metric.title}.
    </p>
  );
}
