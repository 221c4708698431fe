import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { searchHub } from '../../../../src/core/repos/hubSearch.ts';
import { corsFetch } from '../../../support/fixtureHub/corsFetch.ts';
import { TOKENS } from '../../../support/fixtureHub/listings.ts';
import { REPOS } from '../../../support/fixtureHub/repos.ts';
import { type FixtureHub, startFixtureHub } from '../../../support/fixtureHub/server.ts';

let hub: FixtureHub;
beforeAll(async () => {
  hub = await startFixtureHub(REPOS);
});
beforeEach(() => {
  hub.log.length = 0;
  hub.faults = {};
});
afterAll(() => hub.close());

const search = (query: string, more = {}) =>
  searchHub({ hubUrl: `${hub.hubUrl}/`, query, limit: 3, fetch: corsFetch, ...more });

describe('suggestions', () => {
  it('are the hub’s models with such names, gated ones marked', async () => {
    expect((await search('LLAMA')).map(({ id, isGated }) => [id, isGated])).toEqual([
      ['meta-llama/Llama-2-7b-hf', true],
      ['test/llama-gqa', false],
    ]);
    expect(await search('nothing like it')).toEqual([]);
  });

  it('take one request, with the token only where it is this hub’s', async () => {
    await search('bert', { token: { value: TOKENS.member, hubUrl: hub.hubUrl } });
    await search('bert', { token: { value: TOKENS.member, hubUrl: 'https://other.example' } });
    expect(
      hub.log.filter(({ method }) => method === 'GET').map(({ authorization }) => authorization),
    ).toEqual([true, false]);
  });

  it('fail in words for a failing hub and for an address that is no hub', async () => {
    hub.faults = { tooMany: 1 };
    await expect(search('bert')).rejects.toMatchObject({ code: 'rate-limited' });
    const page: typeof fetch = async () => new Response('<p>');
    await expect(search('bert', { fetch: page })).rejects.toMatchObject({ code: 'server-error' });
  });
});
