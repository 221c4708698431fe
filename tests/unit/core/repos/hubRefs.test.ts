import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readHubRefs } from '../../../../src/core/repos/hubRefs.ts';
import { corsFetch } from '../../../support/fixtureHub/corsFetch.ts';
import { fileOf } from '../../../support/fixtureHub/lazyFile.ts';
import { TOKENS } from '../../../support/fixtureHub/listings.ts';
import { commitOf, type FixtureHub, startFixtureHub } from '../../../support/fixtureHub/server.ts';

const files = { 'README.md': fileOf('x') };
let hub: FixtureHub;
beforeAll(async () => {
  hub = await startFixtureHub(
    [
      { id: 'o/m', revisions: { main: files, step1: files, 'refs/pr/1': files, v1: files }, tags: ['v1'] },
      { id: 'gpt', revisions: { main: files } },
    ],
    { old: 'gpt' },
  );
});
beforeEach(() => {
  hub.log.length = 0;
  hub.faults = {};
});
afterAll(() => hub.close());

const waits: number[] = [];
const retry = { sleep: async (ms: number) => void waits.push(ms), random: () => 0.5 };
const read = (repo: string, more = {}) =>
  readHubRefs({ hubUrl: `${hub.hubUrl}/`, repo, fetch: corsFetch, retry, ...more });

describe('a repository’s branches and tags', () => {
  it('have their commits and leave out pull requests', async () => {
    const ref = (name: string, kind: string) => ({ name, kind, commit: commitOf('o/m', name) });
    expect(await read('o/m')).toEqual([ref('main', 'branch'), ref('step1', 'branch'), ref('v1', 'tag')]);
    expect(hub.log.map(({ path }) => path)).toEqual(['/api/models/o/m/refs']);
  });

  it('are read under a renamed model’s old name', async () => {
    expect(await read('old')).toHaveLength(1);
  });

  it('are read with the token at its own hub alone', async () => {
    hub.log.length = 0;
    await read('o/m', { token: { value: TOKENS.member, hubUrl: hub.hubUrl } });
    await read('o/m', { token: { value: TOKENS.member, hubUrl: 'https://other.example' } });
    expect(
      hub.log.filter(({ method }) => method === 'GET').map(({ authorization }) => authorization),
    ).toEqual([true, false]);
  });

  it('are read after a passing fault', async () => {
    hub.faults = { serverError: 1 };
    expect(await read('o/m')).toHaveLength(3);
    expect(waits.length).toBeGreaterThan(0);
  });

  it('are refused for a missing model and for another server', async () => {
    await expect(read('o/none')).rejects.toMatchObject({
      code: 'unauthorized',
      where: 'o/none, its branches',
    });
    const page: typeof fetch = async () => new Response('<p>');
    await expect(read('o/m', { fetch: page })).rejects.toMatchObject({ code: 'server-error' });
  });

  it('are no longer read once cancelled', async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(
      readHubRefs({ hubUrl: hub.hubUrl, repo: 'o/m', fetch: corsFetch, retry }, controller.signal),
    ).rejects.toBe(controller.signal.reason);
  });
});
