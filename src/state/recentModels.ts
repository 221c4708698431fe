// The models that were opened last, listed under the input: their names and links, in this browser alone.
import * as v from 'valibot';
import { formatFragment } from '../core/links/index.ts';
import { modelTitle } from '../figures/format.ts';
import type { AppState } from './appState.ts';
import type { Place } from './browserStorage.ts';
import type { Context } from './context.ts';
import { linkOfPage } from './linkOfPage.ts';
import type { ModelState } from './modelState.ts';

const KEY = 'qkscope:recent';
/** More than a list of two lines holds is no help. */
const MAX_LISTED = 8;

const Recent = v.object({
  /** "gpt2@607a30d", or what a local model is called. */
  title: v.pipe(v.string(), v.minLength(1), v.maxLength(300)),
  /** The link to it, which is checked as any link is when it is followed. */
  fragment: v.pipe(v.string(), v.startsWith('#m='), v.maxLength(2000)),
  /** Its file must be chosen again: neither its bytes nor its place are kept. */
  isLocal: v.boolean(),
});
export type RecentModel = v.InferOutput<typeof Recent>;

/** Returns the models that were opened last, the newest first; what another version wrote is left out. */
export function recentModels(storage: Place): readonly RecentModel[] {
  try {
    const list: unknown = JSON.parse(storage.getItem(KEY) ?? '[]');
    return Array.isArray(list) ? list.filter((each) => v.is(Recent, each)).slice(0, MAX_LISTED) : [];
  } catch {
    return [];
  }
}

export function clearRecentModels(storage: Place): void {
  save(storage, []);
}

/** Lists each model of the hub and each local file once its map is there. */
export function followRecentModels({ store, storage }: Pick<Context<AppState>, 'store' | 'storage'>): void {
  const listed = new WeakSet<object>();
  const look = (state: AppState) => {
    for (const model of state.models) {
      if (model.result === null || listed.has(model.result)) continue;
      listed.add(model.result);
      const recent = recentOf(state, model);
      if (recent === null) continue;
      const others = recentModels(storage).filter(
        ({ fragment }) => sourceOf(fragment) !== sourceOf(recent.fragment),
      );
      save(storage, [recent, ...others].slice(0, MAX_LISTED));
    }
  };
  look(store.getState());
  store.subscribe((state, before) => {
    if (state.models !== before.models) look(state);
  });
}

/** Null for the sample, for a checkpoint of a folder, for figures of others, and for what no link can name. */
function recentOf(state: AppState, model: ModelState): RecentModel | null {
  const { choice, origin } = model;
  const isListed = choice.kind === 'hub' || (choice.kind === 'local' && choice.isCheckpoint !== true);
  if (!isListed || model.model === null || (origin !== null && origin.kind !== 'browser')) return null;
  const link = linkOfPage({ ...state, models: [model] });
  if (link === null) return null;
  const { convention } = link.view;
  return {
    title: modelTitle(model.model),
    fragment: formatFragment({ ...link, view: convention === undefined ? {} : { convention } }),
    isLocal: choice.kind === 'local',
  };
}

/** A local file is listed once, whatever it was called: its fingerprint is before the name. */
function sourceOf(fragment: string): string {
  return /^#m=local:[0-9a-f]+/.exec(decodeURIComponent(fragment))?.[0] ?? fragment;
}

function save(storage: Place, list: readonly RecentModel[]): void {
  try {
    storage.setItem(KEY, JSON.stringify(list));
  } catch {
    // Storage is closed: nothing is listed next time.
  }
}
