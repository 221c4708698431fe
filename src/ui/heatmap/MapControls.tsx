import type { ColourDomain } from '../../figures/colourDomain.ts';
import type { HeatmapView } from '../../figures/heatmapView.ts';
import { metricsOf } from '../../figures/metric.ts';
import { useActions } from '../appContext.ts';
import { useMetric } from '../figure/useMetric.ts';
import { Segmented } from '../widgets/Segmented.tsx';
import { ViewMenu } from './ViewMenu.tsx';

interface MapControlsProps {
  readonly views: readonly HeatmapView[];
  readonly domain: ColourDomain;
  /** The d of all models shown; undefined where they differ. */
  readonly dModel: number | undefined;
}

/** Which metric the maps show, and how. */
export function MapControls({ views, domain, dModel }: MapControlsProps) {
  const actions = useActions();
  const metric = useMetric();
  return (
    <>
      <Segmented
        label="metric"
        isLabelHidden
        options={metricsOf(views).map(({ id, label, title }) => ({ value: id, label, title }))}
        value={metric.id}
        onChange={(id) => {
          actions.view.setMetric(id);
          // What isn't measured yet is measured now, with its bytes and Cancel beside the map's title.
          if (id === 'directionality') actions.layerMetrics.start(id);
        }}
      />
      <ViewMenu domain={domain} dModel={dModel} />
    </>
  );
}
