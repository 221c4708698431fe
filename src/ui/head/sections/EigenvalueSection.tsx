import { useCallback } from 'react';
import type { HeadDetail } from '../../../core/inspection/index.ts';
import { eigenvalueHeight, eigenvalueScene } from '../../../figures/eigenvalueScene.ts';
import { formatFull, formatMagnitude } from '../../../figures/format.ts';
import type { FigureTheme } from '../../../figures/palette.ts';
import { DetailFigure } from '../../figure/DetailFigure.tsx';
import { figurePlaceholder, type SectionProps } from './headModel.ts';
import { leadingEigenvalues } from './headNumbers.ts';
import { PerModel } from './PerModel.tsx';

/** So many eigenvalues are listed, for every head, so that nothing moves from head to head. */
const LEADING = 4;

/** The eigenvalues of M in the complex plane, and the largest as numbers. */
export function EigenvalueSection(props: SectionProps) {
  return <PerModel {...props}>{(detail) => <Eigenvalues detail={detail} />}</PerModel>;
}

function Eigenvalues({ detail }: { readonly detail: HeadDetail | null }) {
  const eigenvalues = detail?.eigenvalues.length ? detail.eigenvalues : null;
  const draw = useCallback(
    (width: number, theme: FigureTheme) => eigenvalueScene(eigenvalues!, { width, theme }),
    [eigenvalues],
  );
  const leading = leadingEigenvalues(eigenvalues ?? [], LEADING);
  return (
    <>
      <DetailFigure
        height={eigenvalueHeight}
        draw={eigenvalues === null ? null : draw}
        placeholder={figurePlaceholder(detail, detail?.eigenvaluesReason)}
      />
      <dl className="head-facts" style={{ minHeight: 20 * (LEADING + 1) }}>
        <div>
          <dt>Σ λ = tr M</dt>
          <dd className="num" title={detail?.traceM == null ? '' : formatFull(detail.traceM)}>
            {formatMagnitude(detail?.traceM ?? Number.NaN, 4)}
          </dd>
        </div>
        {leading.map(({ name, text, whole }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="num" title={whole}>
              {text}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
