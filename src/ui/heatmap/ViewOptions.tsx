import { SORT_MODES, type SortMode, sortText } from '../../figures/arrangement.ts';
import {
  type ColourDomain,
  type DomainMode,
  domainModes,
  Z_END,
  Z_OWN_END,
} from '../../figures/colourDomain.ts';
import type { Metric } from '../../figures/metric.ts';
import { PALETTES, type PaletteName, paletteFor } from '../../figures/palette.ts';
import { DEFAULT_PALETTE } from '../../state/settings.ts';
import { useActions, useAppState } from '../appContext.ts';
import { useMetric } from '../figure/useMetric.ts';
import { Button } from '../widgets/Button.tsx';
import { Segmented } from '../widgets/Segmented.tsx';

interface ViewOptionsProps {
  readonly domain: ColourDomain;
  /** The d of all models shown; undefined where they differ. */
  readonly dModel: number | undefined;
  /** How many of them differ from the default. */
  readonly changes: number;
}

const SORT_NAMES: Readonly<Record<SortMode, string>> = {
  model: 'layer, head',
  score: 'value in layer',
  layers: 'layers by median',
  heads: 'heads by mean',
};

/** What the metric means, and the scale, the order and the colours of the maps. */
export function ViewOptions({ domain, dModel, changes }: ViewOptionsProps) {
  const actions = useActions();
  const metric = useMetric();
  const sort = useAppState((state) => state.sort);
  const palette = useAppState((state) => state.settings.palette);
  return (
    <>
      <p className="quiet">{metric.title}.</p>
      <Segmented
        label="scale"
        options={domainModes(metric, dModel).map((mode) => ({
          value: mode,
          label: scaleName(mode, metric),
          title: scaleTitle(mode, metric),
        }))}
        value={domain.mode}
        onChange={(mode) =>
          mode === 'locked' ? actions.view.lockScale(domain) : actions.view.setScale(mode)
        }
      />
      <p className="quiet">Now: {scaleTitle(domain.mode, metric)}.</p>
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
      <label className="control">
        <span className="control-label">colours</span>
        <select
          className="select"
          value={paletteFor(domain.kind, palette)}
          disabled={domain.kind === 'sequential'}
          title={domain.kind === 'sequential' ? 'values without a middle are shown in cividis' : ''}
          onChange={(event) => actions.settings.set({ palette: event.currentTarget.value as PaletteName })}
        >
          {PALETTES.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <Button
        aria-disabled={changes === 0}
        onClick={() => {
          actions.view.reset();
          actions.settings.set({ palette: DEFAULT_PALETTE });
        }}
      >
        Reset view
      </Button>
    </>
  );
}

function scaleName(mode: DomainMode, { id }: Metric): string {
  if (mode === 'z') return `±${Z_END} s.d.`;
  if (id === 'z' && mode === 'auto') return `±${Z_OWN_END}`;
  if (mode !== 'fixed') return mode;
  return id === 'z' ? 'all values' : 'full';
}

function scaleTitle(mode: DomainMode, { id, ends, label, kind }: Metric): string {
  switch (mode) {
    case 'auto':
      if (id === 'z') return `z from −${Z_OWN_END} to ${Z_OWN_END}, for every model`;
      return kind === 'sequential' ? 'ends at the 2nd and 98th percentiles' : 'ends at the 98th percentile';
    case 'fixed':
      if (id === 'z') return 'ends at the 98th percentile';
      return ends === null ? '' : `${label} from ${ends[0]} to ${ends[1]}`.replaceAll('-', '−');
    case 'z':
      return `ends ${Z_END} standard deviations from the mean of random weights`;
    case 'log':
      return 'a log scale, where all values are positive';
    case 'locked':
      return 'keeps these ends, also for the models opened next';
    default:
      return mode satisfies never;
  }
}
