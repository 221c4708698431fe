import { afterEach, describe, expect, it, vi } from 'vitest';
import { httpError, networkError } from '../../../../src/core/bytes/httpErrors.ts';

const context = { where: 'a/b, model.safetensors', page: 'https://hub.example/a/b' };

describe('httpError', () => {
  it.each([
    [401, null, 'unauthorized', true],
    [401, 'GatedRepo', 'gated', true],
    [403, 'GatedRepo', 'gated', true],
    [403, null, 'forbidden', true],
    [404, 'RepoNotFound', 'repo-not-found', true],
    [404, null, 'repo-not-found', true],
    [404, 'RevisionNotFound', 'revision-not-found', true],
    [404, 'EntryNotFound', 'file-not-found', true],
    [416, null, 'range-outside-file', true],
    [429, null, 'rate-limited', false],
    [500, null, 'server-error', false],
    [503, null, 'server-error', false],
    [418, null, 'server-error', false],
  ] as const)('%i %s is %s', (status, errorCode, code, permanent) => {
    const error = httpError(status, errorCode, context);
    expect(error).toMatchObject({ code, permanent, where: context.where });
    for (const sentence of [error.message, error.hint]) expect(sentence).toMatch(/^[A-Z].{15,}\.$/);
  });

  it('describes each outcome in its own words', () => {
    const outcomes: [number, string | null][] = [
      [401, null],
      [401, 'GatedRepo'],
      [403, null],
      [404, null],
      [404, 'RevisionNotFound'],
      [404, 'EntryNotFound'],
      [416, null],
      [429, null],
      [503, null],
    ];
    const signedIn = { ...context, isSignedIn: true };
    const messages = outcomes.map(([status, code]) => httpError(status, code, context).message);
    for (const [status, code] of [
      [401, null],
      [403, 'GatedRepo'],
      [404, null],
    ] as const)
      messages.push(httpError(status, code, signedIn).message);
    messages.push(networkError(context, null).message);
    expect(new Set(messages).size).toBe(messages.length);
  });

  it('says where a gated model’s licence is and that files can be dropped', () => {
    expect(httpError(401, 'GatedRepo', context).hint).toMatch(/licence.*hub\.example\/a\/b.*drop them here/);
  });
});

describe('a mirror that can’t be reached', () => {
  afterEach(() => void vi.unstubAllGlobals());
  const errorOf = (page: string) => networkError({ where: 'a/b', page }, null);

  it('by plain http on another machine: a page names its policy, and three ways on', () => {
    vi.stubGlobal('location', {});
    const { code, message, hint } = errorOf('http://nas.lan:8080/a/b');
    expect([code, message]).toEqual(['network', "http://nas.lan:8080 couldn't be reached from this page."]);
    for (const word of ['Content-Security-Policy', 'connect-src', 'https', 'ssh -L', 'drop the files'])
      expect(hint).toContain(word);
  });

  it.each(['https://nas.lan/a/b', 'http://localhost:8080/a/b', 'http://127.0.0.1/a/b'])(
    'at %s: the policy isn’t blamed',
    (page) => {
      vi.stubGlobal('location', {});
      expect(errorOf(page).hint).not.toContain('Policy');
    },
  );

  it('from Node: the policy isn’t blamed', () => {
    expect(errorOf('http://nas.lan:8080/a/b').hint).not.toContain('Policy');
  });
});
