import type { NotebookComparison } from '../../core/notebook/notebookScores.ts';
import type { HeatmapView } from '../../figures/heatmapLayout.ts';
import type { ThemeName } from '../../figures/palette.ts';
import type { PanelName } from '../../state/appState.ts';
import { useActions, useAppState } from '../appContext.ts';
import {
  LaterCompare,
  LaterDistribution,
  LaterNotebook,
  LaterScatter,
  LaterSeries,
  LaterTable,
  LaterTiming,
  LaterTraining,
} from '../laterParts.ts';
import { type Tab, Tabs } from '../widgets/Tabs.tsx';

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
      {panel === 'training' && (hasSeries ? <LaterSeries theme={theme} /> : <LaterTraining theme={theme} />)}
      {panel === 'compare' && <LaterCompare views={views} theme={theme} />}
      {panel === 'timing' && <LaterTiming theme={theme} />}
      {panel === 'distribution' && <LaterDistribution views={views} theme={theme} />}
      {panel === 'scatter' && <LaterScatter views={views} theme={theme} />}
      {panel === 'notebook' && <LaterNotebook comparison={notebook} />}
      {panel === 'table' && <LaterTable views={views} />}
    </Tabs>
  );
}
