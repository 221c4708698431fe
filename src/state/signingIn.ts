// Signing in at the hub, in terms of the library that does it.
import { isAbort, QKError } from '../core/errors.ts';
import type { HubToken } from '../core/repos/index.ts';
import type { Context } from './context.ts';
import type { HubSessionSlice } from './hubSession.ts';
import type { PageSlice } from './page.ts';
import type { SettingsSlice } from './settings.ts';
import type { OAuthLibrary } from './signIn.ts';
import { waitOutside } from './waits.ts';

type Ctx = Context<HubSessionSlice & SettingsSlice & PageSlice>;

/** Reads public gated models whose licence the user accepted; nothing private, nothing written. */
const SCOPES = 'openid gated-repos';

/** Sends the browser to the hub. @throws QKError that says what kept it */
export async function signIn(
  ctx: Ctx,
  options: { readonly clientId: string; readonly pageUrl: string },
  go: (url: string) => void,
): Promise<void> {
  go(await asking(ctx, (library, hubUrl) => signInUrl(library, { ...options, hubUrl })));
}

/** Takes the token that the hub gave, until it runs out. @throws as `signIn` */
export async function returnFromSignIn(ctx: Ctx): Promise<void> {
  const { store } = ctx;
  const signedIn = await asking(ctx, finishSignIn);
  if (signedIn === null) return;
  store.setState({ token: signedIn.token });
  const left = Date.parse(signedIn.expiresAt) - Date.now();
  // A token that has run out would only be refused. (setTimeout takes at most 2^31 − 1 ms.)
  if (left > 0 && left < 2 ** 31 - 1)
    setTimeout(() => {
      if (store.getState().token === signedIn.token) store.setState({ token: null });
    }, left);
}

async function asking<T>(ctx: Ctx, ask: (library: OAuthLibrary, hubUrl: string) => Promise<T>): Promise<T> {
  const { hubUrl } = ctx.store.getState().settings;
  const answer = async () => ask(await ctx.loadOAuth(), hubUrl);
  try {
    return await waitOutside(ctx, `${hubUrl} to answer for signing in`, answer);
  } catch (error) {
    throw isAbort(error) ? error : signInError(error, hubUrl);
  }
}

/** Where the browser goes to sign in. */
export async function signInUrl(
  library: OAuthLibrary,
  options: { readonly clientId: string; readonly hubUrl: string; readonly pageUrl: string },
): Promise<string> {
  const page = new URL(options.pageUrl);
  return library.oauthLoginUrl({
    clientId: options.clientId,
    hubUrl: options.hubUrl,
    scopes: SCOPES,
    redirectUrl: `${page.origin}${page.pathname}`,
  });
}

/** A failure of the library's, in the user's words. */
export function signInError(cause: unknown, hubUrl: string): QKError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new QKError('unauthorized', `Signing in at the hub didn't succeed: ${reason}.`, {
    where: hubUrl,
    hint: 'Try again, or enter an access token in the settings.',
    cause,
  });
}

export interface SignedIn {
  readonly token: HubToken;
  /** ISO date and time. */
  readonly expiresAt: string;
}

/** The token that signing in gave, or null where the user didn't. */
export async function finishSignIn(library: OAuthLibrary, hubUrl: string): Promise<SignedIn | null> {
  const result = await library.oauthHandleRedirectIfPresent({ hubUrl });
  if (result === false) return null;
  return {
    token: { value: result.accessToken, hubUrl },
    expiresAt: result.accessTokenExpiresAt.toISOString(),
  };
}
