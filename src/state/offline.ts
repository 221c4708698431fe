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
  /** Why a file that was used isn't saved, though the page is; null where nothing failed. */
  readonly unsavedReason: string | null;
}

export const INITIAL_OFFLINE: OfflineSlice = {
  offlineCopy: { kind: 'none' },
  isUpdateWaiting: false,
  unsavedReason: null,
};

export function offlineActions({ store }: Pick<Context<OfflineSlice>, 'store'>) {
  return {
    /** Notes what the service worker says, or that there is none. */
    report(change: Partial<OfflineSlice>): void {
      store.setState(change);
    },
  };
}
