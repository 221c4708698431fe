// How the maps and charts show the scores: metric, scale, order, and the scatter's axes.
import type { SortMode } from '../figures/arrangement.ts';
import { type DomainEnds, type DomainMode, lockedEndsOf } from '../figures/colourDomain.ts';
import type { MetricId } from '../figures/metric.ts';
import type { Context } from './context.ts';

export interface ViewSlice {
  readonly metric: MetricId;
  readonly scale: DomainMode;
  /** The ends that were frozen, for each metric: they hold for whatever is opened next. */
  readonly lockedEnds: Readonly<Partial<Record<MetricId, DomainEnds>>>;
  readonly sort: SortMode;
  /** What the head scatter shows. */
  readonly scatter: { readonly x: MetricId; readonly y: MetricId };
}

export const INITIAL_VIEW: ViewSlice = {
  metric: 's',
  scale: 'auto',
  lockedEnds: {},
  sort: 'model',
  scatter: { x: 's', y: 'norm' },
};

export function viewActions({ store }: Pick<Context<ViewSlice>, 'store'>) {
  return {
    setMetric(metric: MetricId): void {
      store.setState({ metric });
    },
    setScale(scale: DomainMode): void {
      store.setState({ scale });
    },
    /** Freezes these ends of the metric that is shown, also for the models that are opened next. */
    lockScale(ends: DomainEnds): void {
      store.setState(({ metric, lockedEnds }) => ({
        scale: 'locked',
        lockedEnds: { ...lockedEnds, ...lockedEndsOf(metric, ends) },
      }));
    },
    setSort(sort: SortMode): void {
      store.setState({ sort });
    },
    /** Back to the automatic scale and the model's own order. */
    reset(): void {
      store.setState({ scale: INITIAL_VIEW.scale, sort: INITIAL_VIEW.sort });
    },
    setScatter(axis: 'x' | 'y', metric: MetricId): void {
      store.setState(({ scatter }) => ({ scatter: { ...scatter, [axis]: metric } }));
    },
  };
}
