import { useCallback } from 'react';
import type { HeadDetail } from '../../../core/analysis/headDetail.ts';
import { energyScene } from '../../../figures/energyScene.ts';
import { formatFull, formatScore } from '../../../figures/format.ts';
import type { FigureTheme } from '../../../figures/palette.ts';
import { DetailFigure } from '../DetailFigure.tsx';
import { EachModel } from '../EachModel.tsx';
import { insteadOfFigure, type SectionProps } from '../headModel.ts';

/** How much of ‖M‖² lies in M's symmetric part. */
export function EnergySection(props: SectionProps) {
  return <EachModel {...props}>{(detail) => <Energy detail={detail} />}</EachModel>;
}

function Energy({ detail }: { readonly detail: HeadDetail | null }) {
  const energy = detail?.energy ?? null;
  const draw = useCallback(
    (width: number, theme: FigureTheme) => energyScene(energy!, { width, theme }),
    [energy],
  );
  return (
    <>
      <DetailFigure
        height={() => 48}
        draw={energy === null ? null : draw}
        instead={insteadOfFigure(detail)}
      />
      <p className="head-ends num">
        <span title={energy === null ? '' : formatFull(energy.symmetric)}>
          {formatScore(energy?.symmetric ?? null)}
        </span>
        <span title={energy === null ? '' : formatFull(energy.antisymmetric)}>
          {formatScore(energy?.antisymmetric ?? null)}
        </span>
      </p>
    </>
  );
}
