import type { StoreApi } from 'zustand/vanilla';
import type { AnalysisEvent } from '../core/analysis/index.ts';
import type { WorkerClient } from '../worker/client.ts';
import type { AppState, ModelState } from './appState.ts';

/** Asks the worker to read and score a model, with the settings as they are now. */
export type SendAnalysis = (opening: ModelState, signal: AbortSignal) => AsyncIterable<AnalysisEvent>;

export function analysisSender(store: StoreApi<AppState>, client: WorkerClient): SendAnalysis {
  return ({ choice, layoutOverrides, convention }, signal) => {
    const { settings, token } = store.getState();
    const { engine, hubUrl, keepsBytes } = settings;
    return client.stream(
      'analyse',
      {
        choice,
        layoutOverrides: layoutOverrides,
        convention,
        engine,
        hubUrl,
        keepsBytes,
        token: token ?? undefined,
      },
      signal,
    );
  };
}
