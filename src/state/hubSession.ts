// The token that opens gated and private models, signing in, and the search for models on the hub.
import { toWire } from '../core/errors.ts';
import { type HubToken, loadHubSearch, type Suggestion } from '../core/repos/index.ts';
import type { HubAccess } from '../worker/protocol.ts';
import type { Context } from './context.ts';
import type { PageSlice } from './page.ts';
import type { SettingsSlice } from './settings.ts';
import { finishSignIn, signInError, signInUrl } from './signIn.ts';

export interface HubSessionSlice {
  /** Opens gated and private models. It is held in memory alone, and gone with the page. */
  readonly token: HubToken | null;
}

export const INITIAL_HUB_SESSION: HubSessionSlice = { token: null };

/** How the hub is reached, by the settings and the token as they are now. */
export function hubAccess({
  settings,
  token,
}: SettingsSlice & HubSessionSlice): Pick<HubAccess, 'hubUrl' | 'token'> {
  return { hubUrl: settings.hubUrl, token: token ?? undefined };
}

const MAX_SUGGESTIONS = 8;

export function hubSessionActions({
  store,
  loadOAuth,
}: Context<HubSessionSlice & SettingsSlice & PageSlice>) {
  return {
    /** Holds a token in memory, for the hub of the settings alone. */
    giveToken(value: string): void {
      const { hubUrl } = store.getState().settings;
      store.setState({ token: value.trim() === '' ? null : { value: value.trim(), hubUrl } });
    },
    forgetToken(): void {
      store.setState({ token: null });
    },
    async signIn(clientId: string, pageUrl: string, go: (url: string) => void): Promise<void> {
      const { hubUrl } = store.getState().settings;
      try {
        go(await signInUrl(await loadOAuth(), { clientId, hubUrl, pageUrl }));
      } catch (error) {
        store.setState({ notice: toWire(signInError(error, hubUrl)) });
      }
    },
    /** After the hub sent the user back. `cleanUrl` takes its answer out of the page's address, whatever comes of it. */
    async returnFromSignIn(cleanUrl: () => void): Promise<void> {
      const { hubUrl } = store.getState().settings;
      try {
        const signedIn = await finishSignIn(await loadOAuth(), hubUrl);
        if (signedIn === null) return;
        store.setState({ token: signedIn.token });
        const left = Date.parse(signedIn.expiresAt) - Date.now();
        // A token that has run out would only be refused. (setTimeout takes at most 2^31 − 1 ms.)
        if (left > 0 && left < 2 ** 31 - 1)
          setTimeout(() => {
            if (store.getState().token === signedIn.token) store.setState({ token: null });
          }, left);
      } catch (error) {
        store.setState({ notice: toWire(signInError(error, hubUrl)) });
      } finally {
        cleanUrl();
      }
    },
    /**
     * Finds the hub's models whose names hold the text. What searches is fetched with the first letters.
     * @throws QKError where the hub doesn't answer
     */
    async search(query: string, signal: AbortSignal): Promise<readonly Suggestion[]> {
      const hub = hubAccess(store.getState());
      const { searchHub } = await loadHubSearch();
      return searchHub({ ...hub, query, limit: MAX_SUGGESTIONS, fetch: (...args) => fetch(...args) }, signal);
    },
  };
}
