// Who can sign in at the hub, and who comes back from it: what the first view needs. The rest is signingIn.ts.

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

/** The client id that this page is served with: set when it was built, or by a Space that serves it. */
export function clientIdOf(
  built: string | undefined,
  space: { readonly OAUTH_CLIENT_ID?: string } | undefined,
): string | null {
  const id = built ?? space?.OAUTH_CLIENT_ID;
  return id === undefined || id === '' ? null : id;
}

/** True when the hub has sent the user back, with a code or a refusal: only then the library is worth loading. */
export function isReturning(pageUrl: string): boolean {
  const { searchParams } = new URL(pageUrl);
  return searchParams.has('state') && (searchParams.has('code') || searchParams.has('error'));
}
