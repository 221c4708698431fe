import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openHubRepo } from '../../../../src/core/repos/hubRepo.ts';
import { corsFetch } from '../../../support/fixtureHub/corsFetch.ts';
import { fileOf } from '../../../support/fixtureHub/lazyFile.ts';
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
  it('what main named when the model was opened is read, also when main moves', async () => {
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

  it('the converter’s branch too', async () => {
    const repo = await open('o/converted');
    expect(repo.identity).toMatchObject({ revision: 'refs/pr/1', sha: commitOf('o/converted', 'refs/pr/1') });
    expect(repo.identity.notes.join()).toContain('refs/pr/1');
    await repo.open('model.safetensors');
    const resolved = hub.log.filter(({ path }) => path.includes('/resolve/'));
    expect(resolved.every(({ path }) => path.includes(commitOf('o/converted', 'refs/pr/1')))).toBe(true);
  });

  it('by a commit; and of a renamed repository under its new name', async () => {
    const sha = commitOf('o/model', 'newer');
    expect((await open('o/model', sha)).identity).toMatchObject({ revision: sha, sha });
    const renamed = await open('old');
    expect(renamed.identity).toMatchObject({ id: 'o/model', notes: ['old is now o/model.'] });
    hub.log.length = 0;
    await renamed.open('model.safetensors');
    expect(hub.log.map(({ status }) => status)).toEqual([302, 206]);
  });

  it('any path is asked for as it is named', async () => {
    const source = await (await open('o/odd')).open('a folder/ü#1.safetensors');
    expect(source.size).toBe(300_000);
  });
});

describe('no safetensors', () => {
  it.each([
    ['no pull request', 'o/no-pr', undefined, /on main or refs\/pr\/1, only pytorch_model\.bin\./, /drop/],
    ['a pull request of another kind', 'o/other-pr', undefined, /only pytorch_model\.bin\./, /drop/],
    ['a revision that was asked for', 'o/converted', 'v1', /at v1, only pytorch_model\.bin\./, /drop/],
    ['quantised only', 'o/gguf', undefined, /only m-Q4_0\.gguf\./, /open the model that these .* made from/],
    ['no weights at all', 'o/dataless', undefined, /nor any other weights\./, /drop/],
  ])('%s: what there is instead, and what to do', async (_, repo, revision, message, hint) => {
    await expect(open(repo, revision)).rejects.toMatchObject({
      code: 'no-weights',
      where: repo,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });

  it('a hub that fails while refs/pr/1 is looked up is not taken for a model without weights', async () => {
    let asked = 0;
    const failing: typeof fetch = async (input, init) =>
      asked++ === 0 ? corsFetch(input, init) : new Response('', { status: 503 });
    await expect(
      openHubRepo({ repo: 'o/converted', hubUrl: hub.hubUrl, fetch: failing, retry }),
    ).rejects.toMatchObject({ code: 'server-error', permanent: false });
  });
});

describe('refusals', () => {
  it('gated, by its first file', async () => {
    const repo = await open('o/gated');
    await expect(repo.open('config.json')).rejects.toMatchObject({ code: 'gated' });
  });

  it('a file that is not there', async () => {
    const repo = await open('o/model');
    await expect(repo.open('nothing.json')).rejects.toMatchObject({
      code: 'file-not-found',
      where: 'o/model, nothing.json',
    });
  });

  it.each([
    ['a page', '<!doctype html><p>Welcome</p>'],
    ['other JSON', '{"ok":true}'],
  ])('an address where something else answers (%s): said so, without trying again', async (_, body) => {
    const other: typeof fetch = async () => new Response(body);
    await expect(
      openHubRepo({ repo: 'o/model', hubUrl: 'http://other.example', fetch: other, retry }),
    ).rejects.toMatchObject({ code: 'server-error', hint: expect.stringContaining('settings') });
    expect(tries).toBe(0);
  });

  it('cancelled while the listing is fetched', async () => {
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
