import { useMemo } from 'react';
import type { NotebookComparison } from '../../core/analysis/notebookScores.ts';
import { notebookFor } from '../../core/analysis/notebookTimes.ts';
import type { HeatmapView } from '../../figures/heatmapLayout.ts';
import { metricFor } from '../../figures/metric.ts';
import type { ThemeName } from '../../figures/palette.ts';
import type { ModelState, PanelName } from '../../state/appState.ts';
import { useActions, useAppState } from '../appContext.ts';
import { ComparePanel } from '../compare/ComparePanel.tsx';
import { DataTable } from '../heatmap/DataTable.tsx';
import { SeriesPanel } from '../series/SeriesPanel.tsx';
import { NotebookScores } from '../timing/NotebookScores.tsx';
import type { TimingPlace } from '../timing/PlaceInputs.tsx';
import { SweepPanel } from '../timing/SweepPanel.tsx';
import { TimingPanel } from '../timing/TimingPanel.tsx';
import { type Tab, Tabs } from '../widgets/Tabs.tsx';
import { DistributionPanel } from './DistributionPanel.tsx';
import { ScatterPanel } from './ScatterPanel.tsx';
import { TrainingPanel } from './TrainingPanel.tsx';

interface PanelsProps {
  readonly views: readonly HeatmapView[];
  readonly notebook: NotebookComparison | null;
  readonly theme: ThemeName;
}

/** What stands under the maps, one panel at a time. */
export function Panels({ views, notebook, theme }: PanelsProps) {
  const actions = useActions();
  const chosen = useAppState((state) => state.panel);
  const isSample = useAppState((state) => state.models.some(({ choice }) => choice.kind === 'sample'));
  const hasSeries = useAppState(
    ({ models: [first], folder }) =>
      first?.choice.kind === 'hub' || (first?.choice.kind === 'local' && folder !== null),
  );
  const metric = metricFor(useAppState((state) => state.metric));
  const pinned = useAppState((state) => state.pinned);
  const isPair = useAppState((state) => state.models.length > 1);
  const tabs: Tab<PanelName>[] = [
    ...(isSample || hasSeries ? [{ id: 'training', label: 'Training' } as const] : []),
    ...(isPair ? [{ id: 'compare', label: 'Compare' } as const] : []),
    { id: 'timing', label: 'Timing' },
    { id: 'distribution', label: 'Distribution' },
    { id: 'scatter', label: 'Scatter' },
    ...(notebook === null ? [] : [{ id: 'notebook', label: 'Notebook' } as const]),
    { id: 'table', label: 'Table' },
  ];
  const panel = tabs.some(({ id }) => id === chosen) ? chosen : 'timing';
  return (
    <Tabs label="Panels" tabs={tabs} value={panel} onChange={actions.setPanel}>
      {panel === 'training' && (hasSeries ? <SeriesPanel theme={theme} /> : <TrainingPanel theme={theme} />)}
      {panel === 'compare' && <ComparePanel views={views} theme={theme} />}
      {panel === 'timing' && <Timing theme={theme} />}
      {panel === 'distribution' && <DistributionPanel views={views} theme={theme} />}
      {panel === 'scatter' && <ScatterPanel views={views} theme={theme} />}
      {panel === 'notebook' && <NotebookScores comparison={notebook} />}
      {panel === 'table' &&
        views.map((view) => (
          <DataTable key={view.title} view={view} metric={metric} selection={pinned} onPin={actions.pin} />
        ))}
    </Tabs>
  );
}

/** What a comparison on the loaded model does beside timing it. */
function readNote(model: ModelState | undefined): { readNote?: string } {
  const notes = [
    ...(model?.model?.source === 'hub' ? ['Reads the layers it needs from the hub again.'] : []),
    ...((model?.stacks.length ?? 0) > 1 ? [`Times the layers of ${model?.stacks[0]?.name}.`] : []),
  ];
  return notes.length === 0 ? {} : { readNote: notes.join(' ') };
}

function Timing({ theme }: { readonly theme: ThemeName }) {
  const actions = useActions();
  const timing = useAppState((state) => state.timing);
  const sweep = useAppState((state) => state.sweep);
  const engines = useAppState((state) => state.engines);
  const model = useAppState((state) => state.models[0]);
  const stack = model?.stacks[0];
  const loaded = stack === undefined ? undefined : model;
  const id = loaded?.model?.id;
  const shape = stack?.shape;
  // A pin on another map is no head of the one that is timed.
  const pinned = useAppState((state) => (model?.shown === stack?.name ? state.pinned : null));
  const place = useMemo((): TimingPlace | null => {
    if (stack === undefined) return null;
    const layers = stack.layers.filter(
      ({ skipped }) => skipped === undefined || skipped.code === 'engine-failed',
    );
    return {
      layers: layers.map(({ layer }) => layer),
      headsOf: (wanted) => layers.find(({ layer }) => layer === wanted)?.shape?.heads ?? stack.shape.heads,
      pinned,
    };
  }, [stack, pinned]);
  const notebook = useMemo(() => (id !== undefined && shape ? notebookFor(id, shape) : null), [id, shape]);
  return (
    <>
      <TimingPanel
        {...timing}
        engines={engines}
        subject={loaded?.model?.id ?? null}
        {...readNote(loaded)}
        notebook={notebook}
        place={place}
        busy={
          sweep.status === 'running' ? 'Wait: the sweep is running, and both would slow each other.' : null
        }
        theme={theme}
        onRun={(run) => actions.compare(run)}
        onCancel={actions.cancelCompare}
        onConfirm={(run) => actions.compare({ ...run, confirmed: true })}
      />
      <SweepPanel
        {...sweep}
        engines={engines}
        busy={
          timing.status === 'running'
            ? 'Wait: the comparison is running, and both would slow each other.'
            : null
        }
        theme={theme}
        onRun={actions.sweep}
        onCancel={actions.cancelSweep}
      />
    </>
  );
}
