import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fileOf } from '../../../support/fixtureHub/lazyFile.ts';
import { TOKENS } from '../../../support/fixtureHub/listings.ts';
import { REPOS } from '../../../support/fixtureHub/repos.ts';
import { type FixtureHub, startFixtureHub } from '../../../support/fixtureHub/server.ts';

// The fixture itself: that it answers as the real hub was seen to.
const LARGE = fileOf(new Uint8Array(100_000));
let hub: FixtureHub;
beforeAll(async () => {
  const files = { 'config.json': fileOf('{}'), 'a/b.json': fileOf('{}'), 'model.safetensors': LARGE };
  hub = await startFixtureHub([
    { id: 'o/open', revisions: { main: files } },
    { id: 'o/closed', gated: true, revisions: { main: files } },
    { id: 'single', revisions: { main: { 'x.bin': LARGE } } },
  ]);
});
afterEach(() => {
  hub.faults = {};
  hub.log.length = 0;
});
afterAll(() => hub.close());

const get = (path: string, headers: Record<string, string> = {}, more: RequestInit = {}) =>
  fetch(new URL(path, hub.hubUrl), { headers, ...more });
const once = (path: string, headers: Record<string, string> = {}) =>
  get(path, headers, { redirect: 'manual' });
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

describe('the fixture hub', () => {
  it('sends CORS headers for the request’s origin at the hub and any at the CDN', async () => {
    const answer = await get('/api/models/single', { Origin: 'http://page.example' });
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('http://page.example');
    expect(answer.headers.get('Access-Control-Expose-Headers')).not.toMatch(/RateLimit|Content-Length/);
    expect(answer.headers.has('RateLimit')).toBe(true);
    const file = await get('/o/open/resolve/main/model.safetensors', { Range: 'bytes=0-9' });
    expect(file.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(file.headers.has('Access-Control-Allow-Credentials')).toBe(false);
    expect((await get('/o/open/resolve/main/x', {}, { method: 'OPTIONS' })).status).toBe(200);
    expect((await fetch(hub.cdnUrl, { method: 'OPTIONS' })).status).toBe(403);
    hub.faults = { cdnOptions: true };
    expect((await fetch(hub.cdnUrl, { method: 'OPTIONS' })).status).toBe(200);
  });

  it('lists models by search, author and filter, in pages by Link', async () => {
    const ids = async (answer: Response) => ((await answer.json()) as { id: string }[]).map(({ id }) => id);
    expect(await ids(await get('/api/models?search=OPEN'))).toEqual(['o/open']);
    expect(await ids(await get('/api/models?filter=safetensors&sort=id'))).toEqual(['o/closed', 'o/open']);
    const first = await get('/api/models?author=o&limit=1');
    expect(await ids(first)).toEqual(['o/open']);
    const next = /^<(http[^>]+)>; rel="next"$/.exec(first.headers.get('Link') ?? '')![1]!;
    const second = await get(next);
    expect(await ids(second)).toEqual(['o/closed']);
    expect(second.headers.has('Link')).toBe(false);
  });

  it('serves model info with blobs or expand, and the tree in pages', async () => {
    const info = await (await get('/api/models/o/open/revision/main?blobs=true')).json();
    expect(info).toMatchObject({ sha: expect.any(String), gated: false });
    expect(info.siblings).toContainEqual({ rfilename: 'model.safetensors', size: 100_000 });
    const few = await (await get('/api/models/o/closed?expand=gated')).json();
    expect(few).toEqual({ _id: 'fixture', id: 'o/closed', gated: 'manual' });
    expect((await get('/api/models/o/open?expand=sha&blobs=true')).status).toBe(400);
    hub.faults = { treePage: 2 };
    const tree = await get('/api/models/o/open/tree/main?recursive=true');
    expect(await tree.json()).toHaveLength(2);
    expect(tree.headers.get('Link')).toContain('cursor=2');
  });

  it('sends small files by a relative 307 and large ones by a 302 to a fresh signed URL', async () => {
    const small = await once('/o/open/resolve/main/config.json');
    expect(small.status).toBe(307);
    expect(small.headers.get('Location')).toMatch(/^\/api\/resolve-cache\/models\/o\/open\/[0-9a-f]{40}\//);
    const whole = await get('/o/open/resolve/main/config.json');
    expect(whole.headers.get('Content-Encoding')).toBe('gzip');
    expect(whole.headers.has('Content-Length')).toBe(false);
    expect(await whole.text()).toBe('{}');
    const large = await once('/o/open/resolve/main/model.safetensors');
    expect(large.status).toBe(302);
    expect(large.headers.get('X-Linked-Size')).toBe('100000');
    const again = await once('/o/open/resolve/main/model.safetensors');
    expect(again.headers.get('Location')).not.toBe(large.headers.get('Location'));
    const accept = { Accept: 'application/vnd.xet-fileinfo+json, */*' };
    hub.faults = { xetInfo: true };
    const xet = await once('/o/open/resolve/main/model.safetensors', accept);
    expect(xet.headers.get('Content-Type')).toBe('application/vnd.xet-fileinfo+json');
  });

  it('serves ranges at the CDN without a token and with a right signature alone', async () => {
    const url = (await once('/o/open/resolve/main/model.safetensors')).headers.get('Location')!;
    const last = await fetch(url, { headers: { Range: 'bytes=99990-200000' } });
    expect([last.status, last.headers.get('Content-Range')]).toEqual([206, 'bytes 99990-99999/100000']);
    const past = await fetch(url, { headers: { Range: 'bytes=100000-' } });
    expect([past.status, past.headers.get('Content-Range')]).toEqual([416, 'bytes */100000']);
    expect((await fetch(`${url}x`)).status).toBe(403);
    expect((await fetch(url, { headers: bearer(TOKENS.member) })).status).toBe(400);
    expect(hub.log.at(-1)).toMatchObject({ server: 'cdn', authorization: true, status: 400 });
  });

  it.each([
    ['/api/models/o/none', undefined, 401, null],
    ['/api/models/o/none', TOKENS.member, 404, 'RepoNotFound'],
    ['/api/models/o/open', 'hf_wrong', 401, null],
    ['/api/models/o/open/revision/nope', undefined, 404, 'RevisionNotFound'],
    ['/o/open/resolve/main/nope', undefined, 404, 'EntryNotFound'],
    ['/api/models/o/closed', undefined, 200, null],
    ['/o/closed/resolve/main/config.json', undefined, 401, 'GatedRepo'],
    ['/o/closed/resolve/main/config.json', TOKENS.stranger, 403, 'GatedRepo'],
    ['/o/closed/resolve/main/config.json', TOKENS.member, 200, null],
  ])('responds to %s by %s with %i %s', async (path, token, status, code) => {
    const answer = await get(path, token === undefined ? {} : bearer(token));
    expect([answer.status, answer.headers.get('X-Error-Code')]).toEqual([status, code]);
  });

  it('has models as large as the real ones', () => {
    const sizeOf = (id: string, revision = 'main') => {
      const files = REPOS.find((repo) => repo.id === id)!.revisions[revision]!;
      const weights = Object.entries(files).filter(([path]) => path.endsWith('.safetensors'));
      return weights.reduce((sum, [, { size }]) => sum + size, 0) / 1e6;
    };
    // MB, by the real checkpoints' parameter counts and buffers.
    expect(sizeOf('google-bert/bert-large-uncased')).toBeCloseTo(1345, 0);
    expect(sizeOf('openai-community/gpt2')).toBeCloseTo(548, 0);
    expect(sizeOf('roneneldan/TinyStories-8M', 'refs/pr/1')).toBeCloseTo(112, 0);
    expect(sizeOf('meta-llama/Llama-2-7b-hf')).toBeCloseTo(13_477, 0);
  });
});
