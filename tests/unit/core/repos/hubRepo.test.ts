import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openHubRepo } from '../../../../src/core/repos/hubRepo.ts';
import { corsFetch } from '../../../support/fixtureHub/corsFetch.ts';
import { fileOf } from '../../../support/fixtureHub/lazyFile.ts';
import { TOKENS } from '../../../support/fixtureHub/listings.ts';
import { commitOf, type FixtureHub, startFixtureHub } from '../../../support/fixtureHub/server.ts';

const README = { '.gitattributes': fileOf('x'), 'README.md': fileOf('x'), 'config.json': fileOf('{}') };
const weights = (fill: number) => fileOf(new Uint8Array(300_000).fill(fill));
const BIN = { ...README, 'tokenizer.json': fileOf('{}'), 'pytorch_model.bin': weights(9) };

let hub: FixtureHub;
let tries = 0;
const retry = {
  sleep: async () => {
    tries++;
  },
  random: () => 0,
};

beforeAll(async () => {
  hub = await startFixtureHub(
    [
      {
        id: 'o/model',
        revisions: {
          main: { ...README, 'model.safetensors': weights(1) },
          newer: { ...README, 'model.safetensors': weights(2) },
        },
      },
      {
        id: 'o/converted',
        revisions: { main: BIN, v1: BIN, 'refs/pr/1': { ...README, 'model.safetensors': weights(3) } },
      },
      { id: 'o/no-pr', revisions: { main: BIN } },
      { id: 'o/other-pr', revisions: { main: BIN, 'refs/pr/1': { ...BIN, 'LICENSE.md': fileOf('x') } } },
      { id: 'o/gguf', revisions: { main: { ...README, 'm-Q4_0.gguf': weights(9) } } },
      { id: 'o/dataless', revisions: { main: README } },
      { id: 'o/gated', gated: true, revisions: { main: { ...README, 'model.safetensors': weights(1) } } },
      { id: 'o/odd', revisions: { main: { 'a folder/ü#1.safetensors': weights(5) } } },
    ],
    { old: 'o/model' },
  );
});
afterEach(() => {
  hub.faults = {};
  hub.log.length = 0;
  tries = 0;
});
afterAll(() => hub.close());

const open = (repo: string, revision?: string) =>
  openHubRepo({ repo, revision, hubUrl: hub.hubUrl, fetch: corsFetch, retry });

describe('pinning', () => {
  it('reads main’s commit at the time of opening, even when main moves', async () => {
    const repo = await open('o/model');
    expect(repo.identity).toMatchObject({
      id: 'o/model',
      revision: 'main',
      sha: commitOf('o/model', 'main'),
      notes: [],
    });
    hub.faults = { mainMovedTo: 'newer' };
    const source = await repo.open('model.safetensors');
    expect(await source.read(0, 2)).toEqual(new Uint8Array([1, 1]));
    expect(await source.read(200_000, 200_001)).toEqual(new Uint8Array([1]));
    const later = await open('o/model');
    expect(later.identity.sha).toBe(commitOf('o/model', 'newer'));
    expect(await (await later.open('model.safetensors')).read(0, 1)).toEqual(new Uint8Array([2]));
  });

  it('pins the converter’s branch too', async () => {
    const repo = await open('o/converted');
    expect(repo.identity).toMatchObject({ revision: 'refs/pr/1', sha: commitOf('o/converted', 'refs/pr/1') });
    expect(repo.identity.notes.join()).toContain('refs/pr/1');
    await repo.open('model.safetensors');
    const resolved = hub.log.filter(({ path }) => path.includes('/resolve/'));
    expect(resolved.every(({ path }) => path.includes(commitOf('o/converted', 'refs/pr/1')))).toBe(true);
  });

  it('reads a commit as its own revision', async () => {
    const sha = commitOf('o/model', 'newer');
    expect((await open('o/model', sha)).identity).toMatchObject({ revision: sha, sha });
  });

  it('reads a renamed repository under its new name', async () => {
    const renamed = await open('old');
    expect(renamed.identity).toMatchObject({ id: 'o/model', notes: ['old is now o/model.'] });
    hub.log.length = 0;
    await renamed.open('model.safetensors');
    expect(hub.log.map(({ status }) => status)).toEqual([302, 206]);
  });

  it('requests any path as it is named', async () => {
    const source = await (await open('o/odd')).open('a folder/ü#1.safetensors');
    expect(source.size).toBe(300_000);
  });
});

describe('the weights that are taken', () => {
  it.each([
    [
      'PyTorch, where there is no pull request',
      'o/no-pr',
      undefined,
      'pytorch_model.bin',
      /no safetensors at main/,
    ],
    [
      'PyTorch, where the pull request is of another kind',
      'o/other-pr',
      undefined,
      'pytorch_model.bin',
      /no safe/,
    ],
    ['PyTorch at the revision that was asked for', 'o/converted', 'v1', 'pytorch_model.bin', /at v1/],
    ['the one quantised file', 'o/gguf', undefined, 'm-Q4_0.gguf', /so m-Q4_0\.gguf was read/],
  ])('have a note: %s', async (_, id, revision, path, note) => {
    const repo = await open(id, revision);
    expect(repo.chosen.id).toBe(path);
    expect(repo.identity.notes.join()).toMatch(note);
  });

  it('are the user’s choice, even main’s PyTorch beside the converter’s safetensors', async () => {
    const own = await open('o/converted');
    expect(own.weightSets.map(({ set, revision }) => `${set.id}@${revision}`)).toEqual([
      'pytorch_model.bin@main',
      'model.safetensors@refs/pr/1',
    ]);
    const chosen = await openHubRepo({
      repo: 'o/converted',
      weights: { path: 'pytorch_model.bin', revision: 'main' },
      hubUrl: hub.hubUrl,
      fetch: corsFetch,
      retry,
    });
    expect(chosen.chosen.id).toBe('pytorch_model.bin');
    expect(chosen.identity).toMatchObject({ revision: 'main', sha: commitOf('o/converted', 'main') });
    await expect(
      openHubRepo({
        repo: 'o/converted',
        weights: { path: 'other.gguf' },
        hubUrl: hub.hubUrl,
        fetch: corsFetch,
        retry,
      }),
    ).rejects.toMatchObject({ code: 'file-not-found' });
  });

  it('are refused where there are none, with what can be done', async () => {
    await expect(open('o/dataless')).rejects.toMatchObject({
      code: 'no-weights',
      where: 'o/dataless',
      message: expect.stringContaining('on main or refs/pr/1'),
      hint: expect.stringMatching(/drop/),
    });
  });

  it('are not missing where the hub fails while refs/pr/1 is looked up', async () => {
    let asked = 0;
    const failing: typeof fetch = async (input, init) =>
      asked++ === 0 ? corsFetch(input, init) : new Response('', { status: 503 });
    await expect(
      openHubRepo({ repo: 'o/converted', hubUrl: hub.hubUrl, fetch: failing, retry }),
    ).rejects.toMatchObject({ code: 'server-error', permanent: false });
  });
});

describe('access tokens', () => {
  const openWith = (value: string, hubUrl = hub.hubUrl) =>
    openHubRepo({
      repo: 'o/gated',
      hubUrl: hub.hubUrl,
      fetch: corsFetch,
      retry,
      token: { value, hubUrl },
    });

  it('open a gated model and never reach the file server', async () => {
    const repo = await openWith(TOKENS.member);
    const source = await repo.open('model.safetensors');
    expect(await source.read(0, 200_000)).toHaveLength(200_000);
    expect(hub.log.filter(({ server }) => server === 'cdn').length).toBeGreaterThan(1);
    expect(hub.log.filter(({ server, authorization }) => server === 'cdn' && authorization)).toEqual([]);
    expect(hub.log.filter(({ server }) => server === 'hub').every((entry) => entry.authorization)).toBe(true);
  });

  it('are not sent to another hub than they were given for', async () => {
    const repo = await openWith(TOKENS.member, 'https://other.example');
    await expect(repo.open('config.json')).rejects.toMatchObject({ code: 'gated' });
    expect(hub.log.some(({ authorization }) => authorization)).toBe(false);
  });

  it('follow a redirect of the hub to itself, and no further', async () => {
    const asked: [url: string, authorization: string | null][] = [];
    const redirecting: typeof fetch = async (input, init) => {
      const url = String(input);
      asked.push([url, new Headers(init?.headers).get('Authorization')]);
      if (url.includes('/api/models/'))
        return Response.json({
          id: 'o/m',
          sha: 'a'.repeat(40),
          siblings: [{ rfilename: 'model.safetensors' }],
        });
      const [begin, end] = /=(\d+)-(\d+)/
        .exec(new Headers(init?.headers).get('Range')!)!
        .slice(1)
        .map(Number);
      const last = Math.min(end!, 299_999);
      const response = new Response(new Uint8Array(last - begin! + 1), {
        status: 206,
        headers: { 'Content-Range': `bytes ${begin}-${last}/300000` },
      });
      const target = url.includes('resolve-cache') || url.includes('cdn') ? url : `${to}/model`;
      return Object.defineProperties(response, { redirected: { value: true }, url: { value: target } });
    };
    let to = '';
    for (const [where, wanted] of [
      ['https://hub.example/api/resolve-cache', 'Bearer hf_x'],
      ['https://cdn.example', null],
    ] as const) {
      to = where;
      asked.length = 0;
      const token = { value: 'hf_x', hubUrl: 'https://hub.example' };
      const repo = await openHubRepo({
        repo: 'o/m',
        hubUrl: 'https://hub.example',
        fetch: redirecting,
        retry,
        token,
      });
      const source = await repo.open('model.safetensors');
      await source.read(200_000, 200_010);
      expect(asked.at(-1)).toEqual([`${where}/model`, wanted]);
    }
  });

  it('are never in the message of a refusal', async () => {
    const stranger = await openWith(TOKENS.stranger);
    await expect(stranger.open('config.json')).rejects.toMatchObject({
      code: 'gated',
      message: expect.stringContaining('list'),
    });
    const failure = await openWith('hf_wrong').catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'unauthorized', message: expect.stringContaining('token') });
    expect(JSON.stringify(failure) + String(failure)).not.toContain('hf_wrong');
  });
});

describe('a refusal', () => {
  it('says that a model is gated by its first file', async () => {
    const repo = await open('o/gated');
    await expect(repo.open('config.json')).rejects.toMatchObject({ code: 'gated' });
  });

  it('names a missing file', async () => {
    const repo = await open('o/model');
    await expect(repo.open('nothing.json')).rejects.toMatchObject({
      code: 'file-not-found',
      where: 'o/model, nothing.json',
    });
  });

  it.each([
    ['a page', '<!doctype html><p>Welcome</p>'],
    ['other JSON', '{"ok":true}'],
  ])('names an address where something else responds, asked once more (%s)', async (_, body) => {
    const other: typeof fetch = async () => new Response(body);
    await expect(
      openHubRepo({ repo: 'o/model', hubUrl: 'http://other.example', fetch: other, retry }),
    ).rejects.toMatchObject({ code: 'server-error', hint: expect.stringContaining('settings') });
    expect(tries).toBe(1);
  });

  it('is a cancellation while the listing is fetched', async () => {
    const controller = new AbortController();
    const reason = new Error('another model was chosen');
    const opening = openHubRepo(
      { repo: 'o/model', hubUrl: hub.hubUrl, fetch: corsFetch, retry },
      controller.signal,
    );
    controller.abort(reason);
    await expect(opening).rejects.toBe(reason);
    expect(tries).toBe(0);
  });
});
