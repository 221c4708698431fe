import type { StoreApi } from 'zustand/vanilla';
import { delay } from '../core/delay.ts';
import type { HeadDetail } from '../core/inspection/index.ts';
import type { WorkerClient } from '../worker/client.ts';
import {
  type AppState,
  type HeadAt,
  type HeadDetailState,
  IDLE_DETAIL,
  type ModelState,
} from './appState.ts';
import { mergeHeadDetail } from './measuredModel.ts';
import { pairActions } from './pairActions.ts';
import { scoredModel, weightsKey } from './scoredModel.ts';
import { shownStack } from './selectors.ts';
import { createTask, type Task } from './task.ts';

/** Who walks over the map with the keys and pins on the way doesn't start a read at each step. */
const DELAY_MS = 150;
/** Details of the heads that were looked at last; each holds three dh × dh matrices and two H × H ones. */
const KEPT = 8;

/** The pinned head in detail, for each model on the page: asked for when a head is pinned, dropped when the pin moves. */
export function headActions(store: StoreApi<AppState>, client: WorkerClient) {
  /** By the model's opening. */
  const tasks = new Map<number, Task<HeadDetail>>();
  const kept = new Map<string, HeadDetail>();

  function setDetail(key: string, change: Partial<HeadDetailState>): void {
    store.setState((state) => ({
      headDetails: state.headDetails.map((detail) =>
        detail.key === key ? { ...detail, ...change } : detail,
      ),
    }));
  }

  const pairs = pairActions(store, client, setDetail, keep);

  function drop(modelKey: number): void {
    tasks.get(modelKey)?.dispose();
    tasks.delete(modelKey);
  }

  function keep(key: string, detail: HeadDetail): void {
    // Last in order: a Map keeps that in which keys were set.
    kept.delete(key);
    kept.set(key, detail);
    for (const old of kept.keys()) if (kept.size > KEPT) kept.delete(old);
  }

  async function* details(model: ModelState, head: HeadAt, signal: AbortSignal): AsyncGenerator<HeadDetail> {
    await delay(DELAY_MS, signal);
    const scored = scoredModel(model, store.getState());
    const place = { stack: model.stackName, ...head };
    if (scored !== null) yield* client.stream('headDetail', { ...scored, place }, signal);
  }

  function begin(model: ModelState, head: HeadAt, key: string): HeadDetailState {
    const known = kept.get(key);
    if (known !== undefined) {
      keep(key, known);
      return { ...IDLE_DETAIL, status: 'done', key, detail: known };
    }
    const task = createTask<HeadDetail>();
    tasks.set(model.key, task);
    task.run((signal) => details(model, head, signal), {
      onEvent: (detail) => setDetail(key, { detail }),
      onEnd(error) {
        tasks.delete(model.key);
        setDetail(key, error === null ? { status: 'done' } : { status: 'failed', error });
        const found = store.getState().headDetails.find((detail) => detail.key === key);
        if (error === null && found?.detail) keep(key, found.detail);
      },
    });
    return { ...IDLE_DETAIL, status: 'running', key };
  }

  /** Also after the model is done, or its rows came from elsewhere: what was told of the head is in them. */
  function addToRows(): void {
    const { models, headDetails } = store.getState();
    const next = models.map((model, at) => {
      const { detail = null } = headDetails[at] ?? {};
      return detail === null ? model : mergeHeadDetail(model, detail);
    });
    if (next.some((model, at) => model !== models[at])) store.setState({ models: next });
  }

  function follow(): void {
    const { models, pinned, headDetails } = store.getState();
    for (const modelKey of tasks.keys()) if (!models.some(({ key }) => key === modelKey)) drop(modelKey);
    const next = models.map((model): HeadDetailState => {
      const key = keyOf(model, pinned);
      const current = headDetails.find((detail) => detail.key !== null && detail.key === key);
      if (current !== undefined) return current;
      drop(model.key);
      return key === null || pinned === null ? IDLE_DETAIL : begin(model, pinned, key);
    });
    pairs.stopOthers(next);
    const isSame = next.length === headDetails.length && next.every((detail, i) => detail === headDetails[i]);
    if (!isSame) store.setState({ headDetails: next });
    else addToRows();
  }

  store.subscribe((state, before) => {
    if (
      state.models !== before.models ||
      state.pinned !== before.pinned ||
      state.headDetails !== before.headDetails
    )
      follow();
  });

  return {
    pairs: { start: pairs.start, cancel: pairs.cancel },
    /** Asks anew where a detail failed. */
    retry(): void {
      store.setState((state) => ({
        headDetails: state.headDetails.map((detail) => (detail.status === 'failed' ? IDLE_DETAIL : detail)),
      }));
    },
  };
}

/** Null where there is no such head, or it isn't scored yet. */
function keyOf(model: ModelState, pinned: HeadAt | null): string | null {
  const weights = weightsKey(model);
  if (pinned === null || weights === null) return null;
  const row = shownStack(model)?.layers.find(({ layer }) => layer === pinned.layer);
  if (row?.heads.some(({ head }) => head === pinned.head) !== true) return null;
  return `${weights} ${model.stackName} L${pinned.layer}H${pinned.head}`;
}
