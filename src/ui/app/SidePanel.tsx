import { type KeyboardEvent, useEffect } from 'react';
import { headName } from '../../figures/format.ts';
import type { HeatmapView } from '../../figures/heatmapView.ts';
import { unreadBytes, weightsKey } from '../../state/scoredModel.ts';
import { useActions, useAppState, useAppStore } from '../appContext.ts';
import { useFigureTheme } from '../figure/useFigureTheme.ts';
import { HeadPanel } from '../head/HeadPanel.tsx';
import { focusGrid, HEAD_PANEL_ID } from '../heatmap/focus.ts';
import { viewsOfModels } from '../modelViews.ts';
import { lazyWithPreload } from '../widgets/lazyWithPreload.tsx';
import './sidePanel.css';

const LazyComparedHeads = lazyWithPreload(() => import('../head/ComparedHeads.tsx'), 'ComparedHeads', 0);
const LazyHeadStrip = lazyWithPreload(() => import('./HeadStrip.tsx'), 'HeadStrip', 0);

/** A pointer that hovers would have the strip come and go. */
const IS_TOUCH = matchMedia('(hover: none)');
/** The panel stands under the map. */
const IS_NARROW = matchMedia('(max-width: 900px)');

interface SidePanelProps {
  readonly views: readonly HeatmapView[];
}

/** The pinned head, or the one looked at, and the heads that are compared. Escape gives the keys back to the map. */
export function SidePanel({ views }: SidePanelProps) {
  const actions = useActions();
  const theme = useFigureTheme();
  const pinned = useAppState((state) => state.pinned);
  // While a head is pinned the panel shows that one: what the pointer passes over changes nothing here.
  const shown = useAppState((state) => state.pinned ?? state.hovered);
  const opened = useAppState((state) => state.models);
  const hasCompared = useAppState((state) => state.compared.length > 0);
  const headDetails = useAppState((state) => state.headDetails);
  useUnpinOutside();
  // A model without a plan has no view yet.
  const all = viewsOfModels(opened);
  const hasView = (_: unknown, index: number) => (all[index] ?? null) !== null;
  const details = headDetails.filter(hasView);
  const isLinkedPin = useAppState((state) => state.isLinkedPin);
  const shownModels = opened.filter(hasView);
  const weights = shownModels.map(weightsKey);
  const unread = shownModels.map((model) => unreadBytes(model, isLinkedPin));
  const models = views.map((view, index) => ({
    key: index === 0 ? 'first' : 'second',
    view,
    ...(views.length > 1 ? { swatch: theme.series[index === 0 ? 0 : 1] } : {}),
    ...(details[index] ? { detail: details[index] } : {}),
    hasWeights: weights[index] !== null && unread[index] === undefined,
    unreadBytes: unread[index],
  }));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    actions.selection.pin(null);
    focusGrid();
  };
  return (
    <section
      id={HEAD_PANEL_ID}
      className="side"
      aria-label={shown === null ? 'Heads worth a look' : headName(shown.layer, shown.head)}
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      {shown !== null && (pinned !== null || IS_TOUCH.matches) && IS_NARROW.matches && (
        <LazyHeadStrip models={models} head={shown} pinned={pinned !== null} />
      )}
      <HeadPanel models={models} head={shown} pinned={pinned !== null} />
      {hasCompared && <LazyComparedHeads models={models} />}
    </section>
  );
}

/** Elements that a click may hit without unpinning: everything that can be operated, and what shows its outcome. */
const KEEPS_PIN =
  '[role=grid], [role=tabpanel], aside, dialog, details, a, button, input, select, textarea, label, table, summary, .notice';

/** Unpins by a click on the bare page. */
function useUnpinOutside(): void {
  const store = useAppStore();
  const actions = useActions();
  useEffect(() => {
    const onClick = (event: MouseEvent) => {
      const isBare = event.target instanceof Element && event.target.closest(KEEPS_PIN) === null;
      if (isBare && store.getState().pinned !== null) actions.selection.pin(null);
    };
    document.addEventListener('click', onClick);
    return () => document.removeEventListener('click', onClick);
  }, [store, actions]);
}
