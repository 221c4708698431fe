import type { HeatmapView } from '../figures/heatmapView.ts';
import { metricsOf } from '../figures/metric.ts';
import { knownValues } from '../figures/metricValues.ts';
import { useAppState, useMapActions } from '../ui/appContext.ts';
import { StandaloneMaps } from '../ui/heatmap/StandaloneMaps.tsx';
import { Notice } from '../ui/widgets/Notice.tsx';
import { Segmented } from '../ui/widgets/Segmented.tsx';

/** The maps of an exported page, and the choice among what was measured. */
export function FileMaps({ views }: { readonly views: readonly HeatmapView[] }) {
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
