import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TOKENS } from './listings.ts';

/** Codes that were given out, with the challenge that must be met for them (RFC 7636). */
const challenges = new Map<string, string>();

/** The hub's sign-in (OpenID Connect, authorization code with PKCE): everyone is signed in as the member. False: not its path. */
export function answerOAuth(
  url: URL,
  hubUrl: string,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const json = (body: unknown, status = 200) => {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    return true;
  };
  switch (url.pathname) {
    case '/.well-known/openid-configuration':
      return json({
        authorization_endpoint: `${hubUrl}/oauth/authorize`,
        token_endpoint: `${hubUrl}/oauth/token`,
        userinfo_endpoint: `${hubUrl}/oauth/userinfo`,
      });
    case '/oauth/authorize': {
      const back = new URL(url.searchParams.get('redirect_uri') ?? '');
      const code = `code-${challenges.size}`;
      challenges.set(code, url.searchParams.get('code_challenge') ?? '');
      back.searchParams.set('code', code);
      back.searchParams.set('state', url.searchParams.get('state') ?? '');
      response.writeHead(302, { Location: back.href }).end();
      return true;
    }
    case '/oauth/token': {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        const form = new URLSearchParams(body);
        const met = createHash('sha256')
          .update(form.get('code_verifier') ?? '')
          .digest('base64url');
        if (challenges.get(form.get('code') ?? '') !== met) json({ error: 'invalid_grant' }, 400);
        else
          json({
            access_token: TOKENS.member,
            expires_in: 3600,
            id_token: '',
            scope: 'openid',
            token_type: 'bearer',
          });
      });
      return true;
    }
    case '/oauth/userinfo':
      return json({ sub: '1', name: 'Member' });
    default:
      return false;
  }
}
