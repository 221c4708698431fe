import type { SpectrumPValue } from '../../../core/analysis/headDetail.ts';
import { formatFull, formatMagnitude } from '../../../figures/format.ts';
import { headValue, metricFor } from '../../../figures/metric.ts';
import { EachModel } from '../EachModel.tsx';
import type { SectionProps } from '../headModel.ts';

const Z = metricFor('z');

/** How far the head lies from random orientations: z by the closed form, p by draws with the head's own spectrum. */
export function ChanceSection(props: SectionProps) {
  return (
    <EachModel {...props}>
      {(detail, { view }) => {
        const z = headValue(view, props.head, Z);
        return (
          <dl className="head-facts">
            <div>
              <dt title={Z.title}>{Z.label}</dt>
              <dd className="num" title={z === null ? '' : formatFull(z)}>
                {Z.format(z)}
                <span className="quiet"> sd from the mean 1/d</span>
              </dd>
            </div>
            <PValue pValue={detail?.pValue ?? null} isWaiting={detail === null || detail.r !== null} />
          </dl>
        );
      }}
    </EachModel>
  );
}

function PValue({
  pValue,
  isWaiting,
}: {
  readonly pValue: SpectrumPValue | null;
  readonly isWaiting: boolean;
}) {
  const count = (value: number) => value.toLocaleString('en');
  return (
    <>
      <div>
        <dt title="(1 + draws at least as far) / (1 + draws), two-sided">p</dt>
        <dd className="num" title={pValue === null ? '' : formatFull(pValue.p)}>
          {pValue === null ? (isWaiting ? 'drawing …' : '—') : formatMagnitude(pValue.p, 2)}
        </dd>
      </div>
      <p className="quiet head-note">
        {pValue === null
          ? 'Random orientations with this head’s own singular values are drawn.'
          : `${count(pValue.atLeast)} of ${count(pValue.draws)} random orientations with this head’s own singular values lie as far from 1/d.`}
      </p>
    </>
  );
}
