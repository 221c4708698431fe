import type { StoreApi } from 'zustand/vanilla';
import type { AnalysisEvent } from '../core/analysis/index.ts';
import type { Ticket, WorkerClient } from '../worker/client.ts';
import type { AppState, ModelState } from './appState.ts';

/** Asks the worker to read and score a model, with the settings as they are now; all that it says comes as events. */
export type SendAnalysis = (
  opening: ModelState,
  onEvent: (event: AnalysisEvent) => void,
  onEnd: () => void,
) => Ticket;

export function analysisSender(store: StoreApi<AppState>, client: WorkerClient): SendAnalysis {
  return ({ choice, answers, convention }, onEvent, onEnd) => {
    const { settings, token } = store.getState();
    const { engine, hubUrl, keepsBytes } = settings;
    return client.send(
      { type: 'analyse', choice, answers, convention, engine, hubUrl, keepsBytes, token: token ?? undefined },
      (answer) => {
        if (answer.type === 'analysis') onEvent(answer.event);
        if (answer.type === 'failed') onEvent({ type: 'failed', error: answer.error });
        if (answer.type === 'end') onEnd();
      },
    );
  };
}
