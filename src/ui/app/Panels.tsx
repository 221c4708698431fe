import type { NotebookComparison } from '../../core/notebook/notebookScores.ts';
import type { HeatmapView } from '../../figures/heatmapView.ts';
import type { PanelName } from '../../state/page.ts';
import { isBusy } from '../../state/selectors.ts';
import { useActions, useAppState } from '../appContext.ts';
import { type Tab, Tabs } from '../widgets/Tabs.tsx';
import {
  LazyCompare,
  LazyDistribution,
  LazyNotebook,
  LazyScatter,
  LazySeries,
  LazyTable,
  LazyTiming,
  LazyTraining,
} from './lazyPanels.ts';
import { usePaced } from './usePaced.ts';

interface PanelsProps {
  readonly views: readonly HeatmapView[];
  readonly notebook: NotebookComparison | null;
}

/** What stands under the maps, one panel at a time. */
export function Panels({ views: current, notebook }: PanelsProps) {
  const actions = useActions();
  const chosen = useAppState((state) => state.panel);
  const isSample = useAppState((state) =>
    state.models.some(({ choice, origin }) => choice.kind === 'sample' && origin === null),
  );
  const hasSeries = useAppState(
    ({ models: [first], folder }) =>
      first?.origin === null &&
      (first.choice.kind === 'hub' || (first.choice.kind === 'local' && folder !== null)),
  );
  const views = usePaced(
    current,
    useAppState((state) => state.models.some(isBusy)),
  );
  const isPair = useAppState((state) => state.models.length > 1);
  const tabs: Tab<PanelName>[] = [
    ...(isSample || hasSeries ? [{ id: 'training', label: 'Training' } as const] : []),
    ...(isPair ? [{ id: 'compare', label: 'Compare' } as const] : []),
    { id: 'distribution', label: 'Distribution' },
    { id: 'scatter', label: 'Scatter' },
    { id: 'timing', label: 'Timing' },
    ...(notebook === null ? [] : [{ id: 'notebook', label: 'Notebook' } as const]),
    { id: 'table', label: 'Table' },
  ];
  const panel = tabs.some(({ id }) => id === chosen) ? chosen : 'distribution';
  return (
    <Tabs label="Panels" tabs={tabs} value={panel} onChange={actions.page.setPanel}>
      {panel === 'training' && (hasSeries ? <LazySeries /> : <LazyTraining />)}
      {panel === 'compare' && <LazyCompare views={views} />}
      {panel === 'timing' && <LazyTiming />}
      {panel === 'distribution' && <LazyDistribution views={views} />}
      {panel === 'scatter' && <LazyScatter views={views} />}
      {panel === 'notebook' && <LazyNotebook comparison={notebook} />}
      {panel === 'table' && <LazyTable views={views} />}
    </Tabs>
  );
}
