import { metricsOf } from '../../figures/metric.ts';
import { knownValues } from '../../figures/metricValues.ts';
import { useAppState, useMapActions } from '../appContext.ts';
import { Notice } from '../widgets/Notice.tsx';
import { Segmented } from '../widgets/Segmented.tsx';
import { StandaloneMaps, type StandaloneMapsProps } from './StandaloneMaps.tsx';

/** The maps of a result, and the choice among what was measured: in an exported page, or in somebody else's. */
export function MetricMaps({ views, ...around }: Pick<StandaloneMapsProps, 'views' | 'element'>) {
  const { view, page } = useMapActions();
  const metric = useAppState((state) => state.metric);
  const notice = useAppState((state) => state.notice);
  const known = metricsOf(views).filter(
    (each) => each.id === metric || views.some((map) => knownValues(map, each).length > 0),
  );
  return (
    <>
      {notice !== null && <Notice kind="error" message={notice.message} hint={notice.hint} />}
      <StandaloneMaps
        maps={views.map((map, index) => ({
          key: index === 0 ? 'first' : 'second',
          view: map,
          label: map.title,
        }))}
        views={views}
        {...around}
        tools={
          <Segmented
            label="metric"
            isLabelHidden
            options={known.map(({ id, label, title }) => ({ value: id, label, title }))}
            value={metric}
            onChange={(id) => {
              if (notice !== null) page.dismissNotice();
              view.setMetric(id);
            }}
          />
        }
      />
    </>
  );
}
