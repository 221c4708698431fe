import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHubRepo } from '../../../../src/core/repos/hubRepo.ts';
import { publishedAt } from '../../../../src/core/repos/publishedAt.ts';
import { corsFetch } from '../../../support/fixtureHub/corsFetch.ts';
import { fileOf } from '../../../support/fixtureHub/lazyFile.ts';
import { type FixtureHub, startFixtureHub } from '../../../support/fixtureHub/server.ts';

describe('when a repository was made', () => {
  let hub: FixtureHub;
  beforeAll(async () => {
    const revisions = { main: { 'model.safetensors': fileOf(new Uint8Array(100)) } };
    hub = await startFixtureHub([
      { id: 'o/dated', createdAt: '2023-07-13T16:16:13.000Z', revisions },
      { id: 'o/undated', revisions },
    ]);
  });
  afterAll(() => hub.close());
  const open = (repo: string) => openHubRepo({ repo, hubUrl: hub.hubUrl, fetch: corsFetch });

  it('is what the hub’s listing says', async () => {
    expect((await open('o/dated')).identity.published).toBe('2023-07-13T16:16:13.000Z');
    expect((await open('o/undated')).identity.published).toBeUndefined();
  });

  it('is unknown of those older than the hub’s records, to which it gives one date', () => {
    expect(publishedAt('2022-03-02T23:29:04.000Z')).toBeUndefined();
    expect(publishedAt('2022-03-02T23:29:05.000Z')).toBeUndefined();
    expect(publishedAt('2022-03-03T00:00:00.000Z')).toBe('2022-03-03T00:00:00.000Z');
  });

  it.each(['2023-13-02T00:00:00.000Z', 'last year', 1_689_264_973, null, {}])(
    'is unknown for %j',
    (createdAt) => {
      expect(publishedAt(createdAt)).toBeUndefined();
    },
  );
});
