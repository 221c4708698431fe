// The token that opens gated and private models, signing in, and the search for models on the hub.
import { type HubToken, loadHubSearch, type Suggestion } from '../core/repos/index.ts';
import type { HubAccess } from '../worker/protocol.ts';
import type { Context } from './context.ts';
import { needed } from './lazyCode.ts';
import { type PageSlice, showProblem } from './page.ts';
import type { SettingsSlice } from './settings.ts';

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

export function hubSessionActions(ctx: Context<HubSessionSlice & SettingsSlice & PageSlice>) {
  const { store } = ctx;
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
      try {
        const { signIn } = await needed(import('./signingIn.ts'));
        await signIn(ctx, { clientId, pageUrl }, go);
      } catch (error) {
        showProblem(ctx, error);
      }
    },
    /** After the hub sent the user back. `cleanUrl` takes its answer out of the page's address, whatever comes of it. */
    async returnFromSignIn(cleanUrl: () => void): Promise<void> {
      try {
        const { returnFromSignIn } = await needed(import('./signingIn.ts'));
        await returnFromSignIn(ctx);
      } catch (error) {
        showProblem(ctx, error);
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
