import { median } from 'd3';
import { formatScore } from '../../figures/format.ts';
import type { ModelState } from '../../state/modelState.ts';

/** What the sample shows, in a sentence with its two numbers; nothing above other maps. */
export function SampleClaim({ models }: { readonly models: readonly ModelState[] }) {
  const [masked, causal] = models;
  if (masked === undefined || causal === undefined || models.some(({ choice }) => choice.kind !== 'sample'))
    return null;
  return (
    <p className="sample-claim">
      <b>
        Trained to fill gaps from both sides, heads become symmetric (median s {medianOf(masked)}); trained
        left to right, they don’t ({medianOf(causal)}).
      </b>{' '}
      <span className="quiet">
        Two small models, made for this page on the same text: <i>masked</i> is trained like BERT,{' '}
        <i>causal</i> like GPT.
      </span>
    </p>
  );
}

function medianOf({ stacks }: ModelState): string {
  const scores = stacks.flatMap(({ layers }) => layers.flatMap(({ heads }) => heads.map(({ s }) => s)));
  const middle = median(scores.filter((s) => s !== null));
  return middle === undefined ? '…' : formatScore(middle, 2);
}
