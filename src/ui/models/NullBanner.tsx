import type { PlannedStack } from '../../core/analysis/index.ts';
import { stackNullCheck } from '../../core/result/index.ts';
import { formatScore } from '../../figures/format.ts';

interface NullBannerProps {
  readonly stack: PlannedStack;
  /** The model's name, where there are two maps. */
  readonly name?: string;
}

/**
 * Says under the maps that a model's scores look like random weights, with the numbers behind it. Only for raw weights: a folded
 * LayerNorm gain moves the mean away from 1/d, and gains of the head dimension make spectra less even than the limits allow for.
 */
export function NullBanner({ stack, name }: NullBannerProps) {
  const check = stackNullCheck(stack);
  if (check === null || check.heads === 0 || check.verdict === 'not-random') return null;
  const { heads, mean, meanLimit, spread, spreadLimits } = check;
  const numbers =
    `${heads} heads: mean z ${formatScore(mean, 2)} (by chance within ±${formatScore(meanLimit, 2)}), ` +
    `root mean square ${formatScore(spread, 2)} (by chance ${formatScore(spreadLimits[0], 2)} to ${formatScore(spreadLimits[1], 2)}).`;
  return (
    <div className="null-banner" role="note">
      <p>
        <b>
          {name === undefined ? '' : `${name}: `}
          {check.verdict === 'random'
            ? 'Consistent with random initialisation.'
            : 'Too few heads to tell from random initialisation.'}
        </b>{' '}
        {check.verdict === 'random'
          ? 'On the whole these heads are no more symmetric or antisymmetric than random orientations are. Were the trained weights loaded?'
          : 'Nothing here speaks against chance, but so few heads seldom could.'}
      </p>
      <p className="quiet">
        <span className="num">{numbers}</span> z = (s − 1/d)·d/√2. One untrained model in a thousand falls
        outside these limits; a single trained head among many may lie inside.
      </p>
    </div>
  );
}
