// Isolation by the service worker: when the page is loaded once more for it, and how the user switches it off.
import { isolationOffName } from '../serviceWorker/requests.ts';

export interface IsolationFacts {
  readonly isIsolated: boolean;
  /** The user's setting. */
  readonly isolates: boolean;
  /** This tab was reloaded for isolation before; true too where that can't be remembered. */
  readonly hasReloaded: boolean;
  /** The user has begun something that a reload would lose. */
  readonly isInUse: boolean;
}

/**
 * True where one reload, answered by the service worker, isolates a page that its host doesn't. A page in use is isolated from its
 * next visit on; one in a frame never asks.
 */
export function shouldReload(facts: IsolationFacts): boolean {
  const { isIsolated, isolates, hasReloaded, isInUse } = facts;
  return isolates && !isIsolated && !hasReloaded && !isInUse;
}

const RELOADED_KEY = 'qkscope:reloaded-for-isolation';

/** Whether this tab was reloaded before, by what sessionStorage says. */
export function hasReloaded(storage: () => Pick<Storage, 'getItem'>): boolean {
  try {
    return storage().getItem(RELOADED_KEY) !== null;
  } catch {
    // Closed storage can't stop a second reload, so there is no first one.
    return true;
  }
}

/** Remembers the reload in this tab; false where that fails, and the page mustn't reload. */
export function noteReload(storage: () => Pick<Storage, 'setItem'>): boolean {
  try {
    storage().setItem(RELOADED_KEY, '1');
    return true;
  } catch {
    return false;
  }
}

/** Lets the service worker know, which reads no settings: from the next load on it isolates the page, or doesn't. */
export async function setIsolation(caches: CacheStorage, scope: string, isolates: boolean): Promise<void> {
  const name = isolationOffName(scope);
  if (isolates) await caches.delete(name);
  else await caches.open(name);
}
