import type { StoreApi } from 'zustand/vanilla';
import type { HeadDetail, PartnersEvent } from '../core/inspection/index.ts';
import type { WorkerClient } from '../worker/client.ts';
import type { AppState, HeadDetailState } from './appState.ts';
import { scoredModel } from './scoredModel.ts';
import { createTask, type Task } from './task.ts';

/**
 * All pairs of the pinned head's layer, in the model whose detail has a key: asked for where the detail has the head's own pairs alone, since they
 * may take minutes. They end when the pin moves.
 */
export function pairActions(
  store: StoreApi<AppState>,
  client: WorkerClient,
  setDetail: (key: string, change: Partial<HeadDetailState>) => void,
  keep: (key: string, detail: HeadDetail) => void,
) {
  const tasks = new Map<string, Task<PartnersEvent>>();

  function end(key: string): void {
    tasks.get(key)?.dispose();
    tasks.delete(key);
  }

  function hear(key: string, event: PartnersEvent): void {
    if (event.type === 'progress') {
      setDetail(key, { pairs: { status: 'running', fraction: event.fraction } });
      return;
    }
    const known = store.getState().headDetails.find((detail) => detail.key === key)?.detail;
    if (!known) return;
    const detail = { ...known, partners: event.partners, engine: event.engine };
    setDetail(key, { detail, pairs: null });
    keep(key, detail);
  }

  return {
    start(key: string): void {
      const state = store.getState();
      const { models, headDetails, pinned } = state;
      const model = models[headDetails.findIndex((detail) => detail.key === key)];
      const scored = model === undefined ? null : scoredModel(model, state);
      if (model === undefined || scored === null || pinned === null || tasks.has(key)) return;
      setDetail(key, { pairs: { status: 'running', fraction: 0 } });
      const place = { stack: model.stackName, layer: pinned.layer };
      const task = createTask<PartnersEvent>();
      tasks.set(key, task);
      task.run((signal) => client.stream('partners', { ...scored, place }, signal), {
        onEvent: (event) => hear(key, event),
        onEnd(error) {
          tasks.delete(key);
          if (error !== null) setDetail(key, { pairs: { status: 'failed', error } });
        },
      });
    },
    cancel(key: string): void {
      end(key);
      setDetail(key, { pairs: null });
    },
    /** Those of heads that aren't looked at any more. */
    stopOthers(details: readonly HeadDetailState[]): void {
      for (const key of tasks.keys()) if (!details.some((detail) => detail.key === key)) end(key);
    },
  };
}
