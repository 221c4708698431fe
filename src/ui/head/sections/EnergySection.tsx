import { Fragment, useCallback } from 'react';
import { energyScene } from '../../../figures/energyScene.ts';
import { formatFull, formatScore } from '../../../figures/format.ts';
import { headValue, metricFor } from '../../../figures/metric.ts';
import type { FigureTheme } from '../../../figures/palette.ts';
import { DetailFigure } from '../DetailFigure.tsx';
import { ModelName } from '../EachModel.tsx';
import type { SectionProps } from '../headModel.ts';

const R = metricFor('r');

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
    (width: number, theme: FigureTheme) =>
      energyScene({ symmetric: r ?? 0, antisymmetric: 1 - (r ?? 0) }, { width, theme }),
    [r],
  );
  const shares = [r, r === null ? null : 1 - r];
  return (
    <>
      <DetailFigure height={() => 48} draw={r === null ? null : draw} instead="no r, no shares" />
      <p className="head-ends num">
        {shares.map((share, at) => (
          <span
            key={at === 0 ? 'symmetric' : 'antisymmetric'}
            title={share === null ? '' : formatFull(share)}
          >
            {formatScore(share)}
          </span>
        ))}
      </p>
    </>
  );
}
