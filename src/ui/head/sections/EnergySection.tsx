import { Fragment, useCallback } from 'react';
import { energyShares } from '../../../core/metrics/energy.ts';
import { energyScene } from '../../../figures/energyScene.ts';
import { formatFull, formatScore } from '../../../figures/format.ts';
import { metricFor } from '../../../figures/metric.ts';
import { headValue } from '../../../figures/metricValues.ts';
import type { FigureTheme } from '../../../figures/palette.ts';
import { DetailFigure } from '../../figure/DetailFigure.tsx';
import type { SectionProps } from './headModel.ts';
import { ModelName } from './PerModel.tsx';

const R = metricFor('r');
const NO_SHARES = { symmetric: null, antisymmetric: null };

/** How much of ‖M‖² lies in M's symmetric part: r, as scored and exported, and the rest. */
export function EnergySection({ models, head }: SectionProps) {
  return models.map((model) => (
    <Fragment key={model.key}>
      {models.length > 1 && <ModelName model={model} />}
      <Energy r={headValue(model.view, head, R)} />
    </Fragment>
  ));
}

function Energy({ r }: { readonly r: number | null }) {
  const draw = useCallback(
    (width: number, theme: FigureTheme) => energyScene(energyShares(r ?? 0), { width, theme }),
    [r],
  );
  const { symmetric, antisymmetric } = r === null ? NO_SHARES : energyShares(r);
  return (
    <>
      <DetailFigure height={() => 48} draw={r === null ? null : draw} placeholder="no r, no shares" />
      <p className="head-ends num">
        {[symmetric, antisymmetric].map((share, index) => (
          <span
            key={index === 0 ? 'symmetric' : 'antisymmetric'}
            title={share === null ? '' : formatFull(share)}
          >
            {formatScore(share)}
          </span>
        ))}
      </p>
    </>
  );
}
