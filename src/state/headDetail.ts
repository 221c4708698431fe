// The pinned head in detail, for each model on the page, and all pairs of its layer's heads.
import { delay } from '../core/delay.ts';
import type { WireError } from '../core/errors.ts';
import type { HeadDetail, PartnersEvent } from '../core/inspection/index.ts';
import type { HeadRef } from '../figures/heatmapView.ts';
import type { Context } from './context.ts';
import type { HubSessionSlice } from './hubSession.ts';
import { mergeHeadDetail } from './mergeMetrics.ts';
import type { ModelState, ModelsSlice } from './modelState.ts';
import { scoredModel, unreadBytes, weightsKey } from './scoredModel.ts';
import type { SelectionSlice } from './selection.ts';
import { shownStack } from './selectors.ts';
import type { SettingsSlice } from './settings.ts';
import { createTask, type Task } from './task.ts';

/** The pinned head of one model in detail. */
export interface HeadDetailState {
  readonly status: 'idle' | 'running' | 'done' | 'failed';
  /** Names the opening, the stack and the head that it is of; null when idle. */
  readonly key: string | null;
  /** It is there while running too: parts come one after the other (pValue and partners last). */
  readonly detail: HeadDetail | null;
  readonly error: WireError | null;
  /** The computation of all pairs of the layer's heads, where the detail has the head's own alone; null where none runs. */
  readonly pairs: PairsState | null;
}

export type PairsState =
  | { readonly status: 'running'; readonly fraction: number }
  | { readonly status: 'failed'; readonly error: WireError };

export interface HeadDetailSlice {
  /** One for each model on the page, in their order: the pinned head in each. */
  readonly headDetails: readonly HeadDetailState[];
}

export const IDLE_DETAIL: HeadDetailState = {
  status: 'idle',
  key: null,
  detail: null,
  error: null,
  pairs: null,
};

export const INITIAL_HEAD_DETAIL: HeadDetailSlice = { headDetails: [] };

type State = HeadDetailSlice & ModelsSlice & SelectionSlice & SettingsSlice & HubSessionSlice;

/** A detail begins so long after the pin, ms: who pins on the way over the map doesn't start a read at each step. */
const DELAY_MS = 150;
/** So many details are cached, of the heads pinned last; each holds three dh × dh matrices and two H × H ones. */
const MAX_CACHED = 8;

/** Computes the pinned head in detail, for each model on the page: begun when a head is pinned, dropped when the pin moves. */
export function headDetailActions({ store, client }: Context<State>) {
  /** By model key. */
  const tasks = new Map<number, Task<HeadDetail>>();
  const cached = new Map<string, HeadDetail>();

  function setDetail(key: string, change: Partial<HeadDetailState>): void {
    store.setState((state) => ({
      headDetails: state.headDetails.map((detail) =>
        detail.key === key ? { ...detail, ...change } : detail,
      ),
    }));
  }

  const pairs = headPairs({ store, client }, setDetail, cache);

  function drop(modelKey: number): void {
    tasks.get(modelKey)?.dispose();
    tasks.delete(modelKey);
  }

  function cache(key: string, detail: HeadDetail): void {
    // Last in order: a Map keeps that in which keys were set.
    cached.delete(key);
    cached.set(key, detail);
    for (const old of cached.keys()) if (cached.size > MAX_CACHED) cached.delete(old);
  }

  async function* details(model: ModelState, head: HeadRef, signal: AbortSignal): AsyncGenerator<HeadDetail> {
    await delay(DELAY_MS, signal);
    const scored = scoredModel(model, store.getState());
    const place = { stack: model.stackName, ...head };
    if (scored !== null) yield* client.stream('headDetail', { ...scored, place }, signal);
  }

  function begin(model: ModelState, head: HeadRef, key: string): HeadDetailState {
    const known = cached.get(key);
    if (known !== undefined) {
      cache(key, known);
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
        if (error === null && found?.detail) cache(key, found.detail);
      },
    });
    return { ...IDLE_DETAIL, status: 'running', key };
  }

  /** Merges the details into the rows, also after the model is done or its rows came from elsewhere. */
  function mergeIntoRows(): void {
    const { models, headDetails } = store.getState();
    const next = models.map((model, at) => {
      const { detail = null } = headDetails[at] ?? {};
      return detail === null ? model : mergeHeadDetail(model, detail);
    });
    if (next.some((model, at) => model !== models[at])) store.setState({ models: next });
  }

  function follow(): void {
    const { models, pinned, isLinkedPin, headDetails } = store.getState();
    for (const modelKey of tasks.keys()) if (!models.some(({ key }) => key === modelKey)) drop(modelKey);
    const next = models.map((model): HeadDetailState => {
      const key = unreadBytes(model, isLinkedPin) === undefined ? keyOf(model, pinned) : null;
      const current = headDetails.find((detail) => detail.key !== null && detail.key === key);
      if (current !== undefined) return current;
      drop(model.key);
      return key === null || pinned === null ? IDLE_DETAIL : begin(model, pinned, key);
    });
    pairs.stopOthers(next);
    const isSame = next.length === headDetails.length && next.every((detail, i) => detail === headDetails[i]);
    if (!isSame) store.setState({ headDetails: next });
    else mergeIntoRows();
  }

  store.subscribe((state, before) => {
    if (
      state.models !== before.models ||
      state.pinned !== before.pinned ||
      state.isLinkedPin !== before.isLinkedPin ||
      state.headDetails !== before.headDetails
    )
      follow();
  });

  return {
    pairs: { start: pairs.start, cancel: pairs.cancel },
    /** Asks again where a detail failed. */
    retry(): void {
      store.setState((state) => ({
        headDetails: state.headDetails.map((detail) => (detail.status === 'failed' ? IDLE_DETAIL : detail)),
      }));
    },
  };
}

/** Returns the key of a detail; null where the model has no such head, or it isn't scored yet. */
function keyOf(model: ModelState, pinned: HeadRef | null): string | null {
  const weights = weightsKey(model);
  if (pinned === null || weights === null) return null;
  const row = shownStack(model)?.layers.find(({ layer }) => layer === pinned.layer);
  if (row?.heads.some(({ head }) => head === pinned.head) !== true) return null;
  return `${weights} ${model.stackName} L${pinned.layer}H${pinned.head}`;
}

/**
 * Compares all heads of the pinned head's layer in pairs, in the model whose detail has a key: on request, since they may take
 * minutes where the detail has the head's own pairs alone. They end when the pin moves.
 */
export function headPairs(
  { store, client }: Pick<Context<State>, 'store' | 'client'>,
  setDetail: (key: string, change: Partial<HeadDetailState>) => void,
  cache: (key: string, detail: HeadDetail) => void,
) {
  const tasks = new Map<string, Task<PartnersEvent>>();

  function end(key: string): void {
    tasks.get(key)?.dispose();
    tasks.delete(key);
  }

  function onEvent(key: string, event: PartnersEvent): void {
    if (event.type === 'progress') {
      setDetail(key, { pairs: { status: 'running', fraction: event.fraction } });
      return;
    }
    const known = store.getState().headDetails.find((detail) => detail.key === key)?.detail;
    if (!known) return;
    const detail = { ...known, partners: event.partners, engine: event.engine };
    setDetail(key, { detail, pairs: null });
    cache(key, detail);
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
        onEvent: (event) => onEvent(key, event),
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
    /** Ends those of heads that aren't pinned any more. */
    stopOthers(details: readonly HeadDetailState[]): void {
      for (const key of tasks.keys()) if (!details.some((detail) => detail.key === key)) end(key);
    },
  };
}
