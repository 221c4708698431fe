import { headName } from '../../figures/format.ts';
import type { HeadRef, HeatmapView } from '../../figures/heatmapView.ts';
import type { Metric } from '../../figures/metric.ts';
import { metricBand } from '../../figures/nullBand.ts';
import { useActions } from '../appContext.ts';
import { useMetric } from '../figure/useMetric.ts';
import { extremeHeads } from './sections/headFacts.ts';
import type { HeadPanelModel } from './sections/headModel.ts';

interface OverviewProps {
  readonly models: readonly HeadPanelModel[];
}

/** Shown while no head is pinned: the ends of the ranking, one click away. */
export function Overview({ models }: OverviewProps) {
  const metric = useMetric();
  const isSymmetry = isSymmetryMetric(metric);
  return (
    <>
      {models.map(({ key, view, swatch }) => {
        const ends = extremeHeads(view, metric, models.length > 1 ? 3 : 5);
        if (ends.highest.length === 0) return null;
        return (
          <section key={key} className="extremes">
            {models.length > 1 && (
              <h3>
                {swatch && <span className="swatch" style={{ background: swatch }} />}
                {view.title}
              </h3>
            )}
            <HeadList
              heading={models.length > 1 ? 'h4' : 'h3'}
              title={isSymmetry ? 'Most symmetric' : 'Highest'}
              metric={metric}
              entries={ends.highest}
            />
            <HeadList
              heading={models.length > 1 ? 'h4' : 'h3'}
              title={isSymmetry ? lowestTitle(view, metric, ends.lowest[0]?.value) : 'Lowest'}
              metric={metric}
              entries={ends.lowest}
            />
          </section>
        );
      })}
    </>
  );
}

function isSymmetryMetric({ id }: Metric): boolean {
  return id === 's' || id === 'r';
}

/** Heads are antisymmetric below what random weights give; above it the lowest are only less symmetric than others. */
function lowestTitle({ shape }: HeatmapView, metric: Metric, lowest = metric.centre): string {
  const end = metricBand(metric, shape.dModel)?.low ?? metric.centre;
  return lowest < Math.min(end, metric.centre) ? 'Most antisymmetric' : 'Least symmetric';
}

interface HeadListProps {
  /** Under the model's name, where there are two models. */
  readonly heading: 'h3' | 'h4';
  readonly title: string;
  readonly metric: Metric;
  readonly entries: readonly { readonly ref: HeadRef; readonly value: number }[];
}

function HeadList({ heading: Heading, title, metric, entries }: HeadListProps) {
  const actions = useActions();
  return (
    <div>
      <Heading className="head-list-title">
        {isSymmetryMetric(metric) ? title : `${title} ${metric.label}`}
      </Heading>
      <ul className="head-list">
        {entries.map(({ ref, value }) => (
          <li key={headName(ref.layer, ref.head)}>
            <button type="button" className="head-link num" onClick={() => actions.selection.pin(ref)}>
              <span>{headName(ref.layer, ref.head)}</span> <span>{metric.format(value)}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
