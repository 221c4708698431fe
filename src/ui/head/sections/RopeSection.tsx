import { useCallback } from 'react';
import type { HeadDetail } from '../../../core/inspection/index.ts';
import type { FigureTheme } from '../../../figures/palette.ts';
import { ropeCurveHeight, ropeCurveScene } from '../../../figures/ropeCurveScene.ts';
import { DetailFigure } from '../../figure/DetailFigure.tsx';
import { figurePlaceholder, type SectionProps } from './headModel.ts';
import { PerModel } from './PerModel.tsx';

/** How the head's symmetry changes with the distance between key and query. */
export function RopeSection(props: SectionProps) {
  return (
    <PerModel {...props}>
      {(detail, { view }) => <RopeCurve detail={detail} hasNull={view.nullReason === undefined} />}
    </PerModel>
  );
}

interface RopeCurveProps {
  readonly detail: HeadDetail | null;
  /** Whether random weights lie about 1/d. */
  readonly hasNull: boolean;
}

/** r of the pinned head over the RoPE offset Δ, or why there is no such curve. */
function RopeCurve({ detail, hasNull }: RopeCurveProps) {
  const curve = detail?.rope.kind === 'curve' ? detail.rope : null;
  const dModel = hasNull ? detail?.dModel : undefined;
  const draw = useCallback(
    (width: number, theme: FigureTheme) => ropeCurveScene({ ...curve!, dModel }, { width, theme }),
    [curve, dModel],
  );
  if (detail?.rope.kind === 'refused') return <p className="quiet">{detail.rope.why}</p>;
  return (
    <>
      <DetailFigure
        height={ropeCurveHeight}
        draw={curve === null ? null : draw}
        placeholder={figurePlaceholder(detail)}
      />
      <p className="quiet">
        r of M = Wq R_Δ Wkᵀ, the keys turned by Δ positions against the queries; a causal model has only keys
        before the query.{hasNull && ' Band: random orientations.'} The map follows from “convention” above
        it.
      </p>
    </>
  );
}
