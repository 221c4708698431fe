// Whether the page itself is saved in this browser, so that it opens without a network.
import type { Context } from './context.ts';

export type OfflineCopy =
  /** Not known yet; a development server and a page in a frame save none. */
  | { readonly kind: 'none' }
  | { readonly kind: 'saving' }
  | { readonly kind: 'saved'; readonly files: number; readonly bytes: number }
  | { readonly kind: 'failed'; readonly reason: string };

export interface OfflineSlice {
  readonly offlineCopy: OfflineCopy;
  /** A newer version of the page is saved; it opens once no page of this version is open. */
  readonly isUpdateWaiting: boolean;
  /** What couldn't be saved though the page is: a newer version of it, or a file that was used; null where nothing failed. */
  readonly unsaved: { readonly what: 'page' | 'file'; readonly reason: string } | null;
}

export const INITIAL_OFFLINE: OfflineSlice = {
  offlineCopy: { kind: 'none' },
  isUpdateWaiting: false,
  unsaved: null,
};

export function offlineActions({ store }: Pick<Context<OfflineSlice>, 'store'>) {
  return {
    /** Notes what the service worker says, or that there is none. */
    report(change: Partial<OfflineSlice>): void {
      store.setState(change);
    },
  };
}
