import { formatFull } from '../../figures/format.ts';
import type { HeatmapView } from '../../figures/heatmapView.ts';
import { metricsOf } from '../../figures/metric.ts';
import { headValue } from '../../figures/metricValues.ts';
import { headRank } from '../heatmap/headRank.ts';
import { headState } from '../heatmap/headText.ts';
import type { SectionProps } from './sections/headModel.ts';

/** Shows a head's numbers as a small table: a row a quantity, a column a model; where there is no value, its reason. */
export function HeadFigures({ models, head }: SectionProps) {
  return (
    <>
      <table className="facts">
        {models.length > 1 && <ModelHeads models={models} />}
        <tbody>
          {metricsOf(models.map(({ view }) => view)).map((metric) => (
            <tr key={metric.id}>
              <th scope="row" title={metric.title}>
                {metric.label}
              </th>
              {models.map((model) => {
                const value = headValue(model.view, head, metric);
                return (
                  <td key={model.key} className="num" title={value === null ? '' : formatFull(value)}>
                    {metric.format(value)}
                  </td>
                );
              })}
            </tr>
          ))}
          <tr>
            <th scope="row" title="by s: 1 is the most symmetric head">
              rank
            </th>
            {models.map(({ key, view }) => {
              const place = headRank(view, head);
              return (
                <td key={key} className="num">
                  {place === null ? '—' : `${place.rank} of ${place.of}`}
                </td>
              );
            })}
          </tr>
        </tbody>
      </table>
      {models.map(({ key, view }) => (
        <NoValue key={key} view={view} head={head} isNamed={models.length > 1} />
      ))}
    </>
  );
}

function ModelHeads({ models }: Pick<SectionProps, 'models'>) {
  return (
    <thead>
      <tr>
        <td />
        {models.map(({ key, view, swatch }) => (
          <th key={key} scope="col">
            {swatch && <span className="swatch" style={{ background: swatch }} />}
            <ModelTitle title={view.title} />
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** Breaks after the owner's slash, if it must. */
function ModelTitle({ title }: { readonly title: string }) {
  const [owner = '', ...rest] = title.split('/');
  return rest.length === 0 ? (
    title
  ) : (
    <>
      {owner}/<wbr />
      {rest.join('/')}
    </>
  );
}

interface NoValueProps {
  readonly view: HeatmapView;
  readonly head: SectionProps['head'];
  readonly isNamed: boolean;
}

function NoValue({ view, head, isNamed }: NoValueProps) {
  const state = headState(view, head);
  if (state.kind === 'scored') return null;
  const text = state.kind === 'waiting' ? 'not scored yet.' : `no value: ${state.reason}`;
  return <p className="head-reason">{isNamed ? `${view.title}: ${text}` : text}</p>;
}
