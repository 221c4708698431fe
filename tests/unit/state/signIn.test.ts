import { describe, expect, it } from 'vitest';
import { clientIdOf, isReturning, type OAuthLibrary } from '../../../src/state/signIn.ts';
import { finishSignIn, signInUrl } from '../../../src/state/signingIn.ts';

const HUB = 'https://hub.example';

describe('signing in', () => {
  it('needs a client id that the page is served with', () => {
    expect(clientIdOf(undefined, undefined)).toBeNull();
    expect(clientIdOf('', {})).toBeNull();
    expect(clientIdOf('built', { OAUTH_CLIENT_ID: 'space' })).toBe('built');
    expect(clientIdOf(undefined, { OAUTH_CLIENT_ID: 'space' })).toBe('space');
  });

  it('asks for gated models alone, and comes back to the page without its query', async () => {
    const asked: unknown[] = [];
    const library: OAuthLibrary = {
      oauthLoginUrl: async (options) => {
        asked.push(options);
        return 'https://hub.example/oauth';
      },
      oauthHandleRedirectIfPresent: async () => false,
    };
    const url = await signInUrl(library, {
      clientId: 'id',
      hubUrl: HUB,
      pageUrl: 'https://page.example/a/?x=1#y',
    });
    expect(url).toBe('https://hub.example/oauth');
    expect(asked).toEqual([
      { clientId: 'id', hubUrl: HUB, scopes: 'openid gated-repos', redirectUrl: 'https://page.example/a/' },
    ]);
  });

  it('loads the library only for users who come back', () => {
    expect(isReturning('https://page.example/?code=1&state=2')).toBe(true);
    expect(isReturning('https://page.example/?error=access_denied&state=2')).toBe(true);
    expect(isReturning('https://page.example/?code=1')).toBe(false);
  });

  it('gives a token for this hub, or none', async () => {
    const accessTokenExpiresAt = new Date('2026-11-24T20:00:00Z');
    const library = (
      result: Awaited<ReturnType<OAuthLibrary['oauthHandleRedirectIfPresent']>>,
    ): OAuthLibrary => ({
      oauthLoginUrl: async () => '',
      oauthHandleRedirectIfPresent: async () => result,
    });
    expect(await finishSignIn(library({ accessToken: 'hf_x', accessTokenExpiresAt }), HUB)).toEqual({
      token: { value: 'hf_x', hubUrl: HUB },
      expiresAt: '2026-11-24T20:00:00.000Z',
    });
    expect(await finishSignIn(library(false), HUB)).toBeNull();
  });
});
