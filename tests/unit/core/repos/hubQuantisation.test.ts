import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHubRepo } from '../../../../src/core/repos/hubRepo.ts';
import { corsFetch } from '../../../support/fixtureHub/corsFetch.ts';
import { fileOf } from '../../../support/fixtureHub/lazyFile.ts';
import { type FixtureHub, startFixtureHub } from '../../../support/fixtureHub/server.ts';

let hub: FixtureHub;
const file = fileOf('x');

beforeAll(async () => {
  hub = await startFixtureHub([
    {
      id: 'o/gguf',
      revisions: {
        main: {
          'm-Q4_K.gguf': file,
          'm-Q4_K_M.gguf': file,
          'mmproj-Q4_K.gguf': file,
          'a/m-Q8_0.gguf': file,
          'b/m-Q8_0.gguf': file,
        },
      },
    },
    { id: 'o/model', revisions: { main: { 'model.safetensors': file } } },
  ]);
});
afterAll(() => hub.close());

describe('a quantisation in place of a file (owner/model:Q4_K_M)', () => {
  const choose = (quantisation: string, repo = 'o/gguf') =>
    openHubRepo({ repo, weights: { path: `*${quantisation}*.gguf` }, hubUrl: hub.hubUrl, fetch: corsFetch });

  it.each([
    ['Q4_K_M', 'm-Q4_K_M.gguf'],
    ['q4_k', 'm-Q4_K.gguf'],
  ])('selects the file for %s', async (quantisation, id) => {
    expect((await choose(quantisation)).chosen.id).toBe(id);
  });

  it('is refused for none or several files, naming those that are there', async () => {
    await expect(choose('Q5_0')).rejects.toThrow(/no GGUF file with the quantisation Q5_0\. It has .*m-Q4_K/);
    await expect(choose('Q8_0')).rejects.toThrow(
      /2 GGUF files with the quantisation Q8_0: a\/m-Q8_0\.gguf, b\//,
    );
    await expect(choose('Q8_0', 'o/model')).rejects.toThrow(/, or with any other/);
  });
});
