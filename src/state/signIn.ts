// Signing in at the hub, in terms of the library that does it.
import { QKError } from '../core/errors.ts';
import type { HubToken } from '../core/repos/index.ts';

/** What the hub's own library does of OAuth; injected, so that it is loaded only when someone signs in. */
export interface OAuthLibrary {
  oauthLoginUrl(options: {
    clientId: string;
    hubUrl: string;
    scopes: string;
    redirectUrl: string;
  }): Promise<string>;
  oauthHandleRedirectIfPresent(options: { hubUrl: string }): Promise<
    | {
        readonly accessToken: string;
        readonly accessTokenExpiresAt: Date;
      }
    | false
  >;
}

/** Reads public gated models whose licence the user accepted; nothing private, nothing written. */
const SCOPES = 'openid gated-repos';

/** The client id that this page is served with: set when it was built, or by a Space that serves it. */
export function clientIdOf(
  built: string | undefined,
  space: { readonly OAUTH_CLIENT_ID?: string } | undefined,
): string | null {
  const id = built ?? space?.OAUTH_CLIENT_ID;
  return id === undefined || id === '' ? null : id;
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

/** True when the hub has sent the user back, with a code or a refusal: only then the library is worth loading. */
export function isReturning(pageUrl: string): boolean {
  const { searchParams } = new URL(pageUrl);
  return searchParams.has('state') && (searchParams.has('code') || searchParams.has('error'));
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
