import type { SpectrumPValue } from '../../../core/inspection/index.ts';
import { formatFull } from '../../../figures/format.ts';
import { metricFor } from '../../../figures/metric.ts';
import { headValue } from '../../../figures/metricValues.ts';
import type { HeadDetailState } from '../../../state/headDetail.ts';
import type { SectionProps } from './headModel.ts';
import { pText } from './headNumbers.ts';
import { PerModel } from './PerModel.tsx';

const Z = metricFor('z');

/** How far the head lies from random orientations: z by the closed form, p by draws with the head's own spectrum. */
export function ChanceSection(props: SectionProps) {
  return (
    <PerModel {...props}>
      {(detail, { view, detail: state }) => {
        const z = headValue(view, props.head, Z);
        const pValue = detail?.pValue ?? null;
        return (
          <>
            <dl className="head-facts">
              <div>
                <dt title={Z.title}>{Z.label}</dt>
                <dd className="num" title={z === null ? '' : formatFull(z)}>
                  {Z.format(z)}
                  {z !== null && <span className="quiet"> sd from the mean 1/d</span>}
                </dd>
              </div>
              <div>
                <dt title="(1 + draws at least as far) / (1 + draws), two-sided">p</dt>
                <dd className="num" title={pValue === null ? '' : formatFull(pValue.p)}>
                  {pValue === null ? (isDrawing(state) ? 'drawing …' : '—') : pText(pValue)}
                </dd>
              </div>
            </dl>
            <p className="quiet head-draws">
              {view.nullReason !== undefined
                ? `No z and no p: ${view.nullReason}.`
                : pValue === null
                  ? (detail?.pReason ?? '')
                  : drawsText(pValue)}
            </p>
          </>
        );
      }}
    </PerModel>
  );
}

function isDrawing(state: HeadDetailState | undefined): boolean {
  if (state?.status !== 'running' || state.detail?.pReason !== undefined) return false;
  return state.detail === null || state.detail.r !== null;
}

/** "0 of 999 random orientations …" */
function drawsText({ atLeast, draws }: SpectrumPValue): string {
  const count = (value: number) => value.toLocaleString('en');
  return `${count(atLeast)} of ${count(draws)} random orientations with this head’s own singular values lie as far from 1/d.`;
}
