import { SORT_MODES, type SortMode, sortText } from '../../figures/arrangement.ts';
import { type ColourDomain, type DomainMode, domainModes, Z_END } from '../../figures/colourDomain.ts';
import type { HeatmapView } from '../../figures/heatmapView.ts';
import { type Metric, metricsOf } from '../../figures/metric.ts';
import { useActions, useAppState } from '../appContext.ts';
import { useMetric } from '../figure/useMetric.ts';
import { Segmented } from '../widgets/Segmented.tsx';
import { JumpBox } from './JumpBox.tsx';

interface MapControlsProps {
  readonly views: readonly HeatmapView[];
  readonly domain: ColourDomain;
  /** The d of all models shown; undefined where they differ. */
  readonly dModel: number | undefined;
}

const SORT_NAMES: Readonly<Record<SortMode, string>> = {
  model: 'layer, head',
  score: 'value in layer',
  layers: 'layers by median',
  heads: 'heads by mean',
};

/** What the maps show, on which scale, in which order; and where to go. */
export function MapControls({ views, domain, dModel }: MapControlsProps) {
  const actions = useActions();
  const metric = useMetric();
  const sort = useAppState((state) => state.sort);
  const opened = useAppState((state) => state.models.map(({ key }) => key).join());
  return (
    <>
      <Segmented
        label="metric"
        options={metricsOf(views).map(({ id, label, title }) => ({ value: id, label, title }))}
        value={metric.id}
        onChange={actions.view.setMetric}
      />
      <Segmented
        label="scale"
        options={domainModes(metric, dModel).map((mode) => ({
          value: mode,
          label: mode === 'fixed' ? 'full' : mode,
          title: scaleTitle(mode, metric),
        }))}
        value={domain.mode}
        onChange={(mode) =>
          mode === 'locked' ? actions.view.lockScale(domain) : actions.view.setScale(mode)
        }
      />
      <label className="control">
        <span className="control-label">sort</span>
        <select
          className="select"
          value={sort}
          title={sortText(sort, metric) || 'as the model numbers them'}
          onChange={(event) => actions.view.setSort(event.currentTarget.value as SortMode)}
        >
          {SORT_MODES.map((mode) => (
            <option key={mode} value={mode}>
              {SORT_NAMES[mode]}
            </option>
          ))}
        </select>
      </label>
      {/* What was typed for other models goes with them. */}
      <JumpBox key={opened} views={views} />
    </>
  );
}

function scaleTitle(mode: DomainMode, { ends, label, kind }: Metric): string {
  switch (mode) {
    case 'auto':
      return kind === 'sequential' ? 'ends at the 2nd and 98th percentiles' : 'ends at the 98th percentile';
    case 'fixed':
      return ends === null ? '' : `${label} from ${ends[0]} to ${ends[1]}`.replaceAll('-', '−');
    case 'z':
      return `ends ${Z_END} standard deviations from the mean of random orientations`;
    case 'locked':
      return 'keeps the present ends, also for the models opened next';
    default:
      return mode satisfies never;
  }
}
