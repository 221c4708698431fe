import type { StoreApi } from 'zustand/vanilla';
import type { MetricId } from '../figures/metric.ts';
import type { AppState, HeadAt } from './appState.ts';

/** What charts say to the maps, and what the scatter shows. */
export function contextActions(store: StoreApi<AppState>) {
  return {
    /** Heads that a bar or a dot stands for, by the title of their map; null: none. */
    mark(marked: ReadonlyMap<number, readonly HeadAt[]> | null): void {
      if (marked !== store.getState().marked) store.setState({ marked });
    },
    setScatter(axis: 'x' | 'y', metric: MetricId): void {
      store.setState(({ scatter }) => ({ scatter: { ...scatter, [axis]: metric } }));
    },
  };
}
