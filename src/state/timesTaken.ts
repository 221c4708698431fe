import type { StoreApi } from 'zustand/vanilla';
import type { AppState } from './appState.ts';
import { isBusy } from './selectors.ts';

/** What takes times: one worker does it, and whatever else it computes spoils them. */
type Timed = 'timing' | 'sweep';

const NAMES: Readonly<Record<Timed, string>> = { timing: 'the comparison', sweep: 'the sweep' };

/** What the worker computes beside times, in words; null where it rests. */
function otherWork(state: AppState): string | null {
  if (state.models.some(isBusy)) return 'a model is being scored';
  if (state.series?.status === 'running') return 'a series is being scored';
  if (state.measures.status === 'running') return 'layers are being measured';
  if (state.headDetails.some(({ status }) => status === 'running'))
    return 'the pinned head is being computed';
  return null;
}

/** Why no times can be taken now, in a sentence; null where they can. */
export function whyNoTimes(state: AppState, wanted: Timed): string | null {
  const other: Timed = wanted === 'timing' ? 'sweep' : 'timing';
  const reason = state[other].status === 'running' ? `${NAMES[other]} is running` : otherWork(state);
  return reason === null ? null : `Wait: ${reason}, and both would slow each other.`;
}

/** Notes what began while times were being taken: the page says so, and so does the report. */
export function noteDisturbance(store: StoreApi<AppState>, timed: Timed): void {
  store.subscribe((state) => {
    const { status, disturbed } = state[timed];
    if (status !== 'running' || disturbed !== null) return;
    const work = otherWork(state);
    if (work !== null) store.setState({ [timed]: { ...state[timed], disturbed: work } });
  });
}

/** What the report says of it: "a model was being scored". */
export function inReport<R>(report: R, disturbed: string | null): R {
  return disturbed === null
    ? report
    : {
        ...report,
        disturbed: disturbed.replace(/ (is|are) /, (_, be) => (be === 'is' ? ' was ' : ' were ')),
      };
}
