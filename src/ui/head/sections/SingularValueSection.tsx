import { useCallback } from 'react';
import type { HeadDetail } from '../../../core/inspection/index.ts';
import { formatFull, formatMagnitude, formatSignificant } from '../../../figures/format.ts';
import type { FigureTheme } from '../../../figures/palette.ts';
import { singularValueScene } from '../../../figures/singularValueScene.ts';
import { DetailFigure } from '../../figure/DetailFigure.tsx';
import { figurePlaceholder, type SectionProps } from './headModel.ts';
import { PerModel } from './PerModel.tsx';

const HEIGHT = 220;

/** The singular values of M, and how many of them count. */
export function SingularValueSection(props: SectionProps) {
  return <PerModel {...props}>{(detail) => <SingularValues detail={detail} />}</PerModel>;
}

function SingularValues({ detail }: { readonly detail: HeadDetail | null }) {
  const { singularValues, effectiveRank = null, stableRank = null } = detail ?? {};
  const draw = useCallback(
    (width: number, theme: FigureTheme) =>
      singularValueScene(
        { singularValues: singularValues!, effectiveRank: effectiveRank! },
        { width, theme, height: HEIGHT },
      ),
    [singularValues, effectiveRank],
  );
  const rows = [
    {
      name: 'effective rank',
      title: 'exp of the entropy of the shares σᵢ/Σσ',
      value: effectiveRank,
      text: formatSignificant(effectiveRank ?? Number.NaN),
    },
    {
      name: 'stable rank',
      title: '‖M‖²_F / σ₁²',
      value: stableRank,
      text: formatSignificant(stableRank ?? Number.NaN),
    },
    {
      name: 'largest, σ₁',
      title: 'the spectral norm of M',
      value: singularValues?.[0] ?? null,
      text: formatMagnitude(singularValues?.[0] ?? Number.NaN, 4),
    },
  ];
  return (
    <>
      <DetailFigure
        height={() => HEIGHT}
        draw={effectiveRank === null ? null : draw}
        placeholder={figurePlaceholder(detail, detail?.singularValuesReason)}
      />
      <dl className="head-facts">
        {rows.map(({ name, title, value, text }) => (
          <div key={name}>
            <dt title={title}>{name}</dt>
            <dd className="num" title={value === null ? '' : formatFull(value)}>
              {text}
              {name.endsWith('rank') && detail !== null && <span className="quiet"> of {detail.dHead}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
