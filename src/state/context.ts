// What every slice's actions are made with: the store, the worker's client, the browser's places and the clock.
import type { StoreApi } from 'zustand/vanilla';
import type { WorkerClient } from '../worker/client.ts';
import type { Place } from './browserStorage.ts';
import type { Schedule } from './eventBatches.ts';
import type { ResultCache } from './resultCache.ts';
import type { SavedMappings } from './savedMappings.ts';
import type { OAuthLibrary } from './signIn.ts';
import type { Task } from './task.ts';

/** Everything that the actions reach outside the state; injected, so that tests play it. */
export interface Outside {
  readonly client: WorkerClient;
  now(): number;
  /** Calls back when scores that arrived are to be shown. */
  readonly schedule: Schedule;
  /** The folder of the bundled sample: an absolute URL with a slash at its end. */
  readonly sampleUrl: string;
  /** Where settings are saved. */
  readonly storage: Place;
  readonly results: ResultCache;
  readonly mappings: SavedMappings;
  readonly opfs: (() => Promise<FileSystemDirectoryHandle>) | undefined;
  /** Loads the hub's library when someone signs in. */
  loadOAuth(): Promise<OAuthLibrary>;
}

/** The context of a slice's actions, which names the part of the state that they know. */
export interface Context<State> extends Outside {
  readonly store: StoreApi<State>;
  /** What still runs for each opening, by its key. */
  readonly running: Map<number, Pick<Task<unknown>, 'cancel'>>;
  /** A key that no opening has had: a reload gets a new one, so that responses to the old one don't reach it. */
  nextKey(): number;
}

export function createContext<State>(store: StoreApi<State>, outside: Outside): Context<State> {
  let lastKey = 0;
  return { ...outside, store, running: new Map(), nextKey: () => ++lastKey };
}

/** Cancels what still runs for an opening. */
export function stopModel({ running }: Pick<Context<unknown>, 'running'>, key: number): void {
  running.get(key)?.cancel();
}
