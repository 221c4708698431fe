import type { StoreApi } from 'zustand/vanilla';
import { type DomainEnds, lockedEndsOf } from '../figures/colourDomain.ts';
import { isSameHead } from '../figures/heatmapView.ts';
import type { AppState, HeadAt } from './appState.ts';

/** How the maps are looked at: what they show, on which scale, in which order, and which heads. */
export function viewActions(store: StoreApi<AppState>) {
  return {
    hover(hovered: HeadAt | null): void {
      store.setState({ hovered });
    },
    /** Keys lead to a head: it is looked at, and they go on from there. */
    moveCursor(head: HeadAt): void {
      store.setState({ hovered: head, cursor: head });
    },
    pin(pinned: HeadAt | null): void {
      store.setState(pinned === null ? { pinned } : { pinned, cursor: pinned });
    },
    /** Sets a head beside the others that are compared, or takes it away. */
    toggleCompared(head: HeadAt): void {
      store.setState(({ compared }) => {
        const others = compared.filter((other) => !isSameHead(other, head));
        return { compared: others.length < compared.length ? others : [...compared, head] };
      });
    },
    clearCompared(): void {
      store.setState({ compared: [] });
    },
    setMetric(metric: AppState['metric']): void {
      store.setState({ metric });
    },
    setScale(scale: AppState['scale']): void {
      store.setState({ scale });
    },
    /** Freezes these ends of the metric that is shown, also for the models that are opened next. */
    lockScale(ends: DomainEnds): void {
      store.setState(({ metric, lockedEnds }) => ({
        scale: 'locked',
        lockedEnds: { ...lockedEnds, ...lockedEndsOf(metric, ends) },
      }));
    },
    setSort(sort: AppState['sort']): void {
      store.setState({ sort });
    },
  };
}
