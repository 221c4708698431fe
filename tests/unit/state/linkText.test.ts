import { describe, expect, it } from 'vitest';
import { parseFragment } from '../../../src/core/links/fragment.ts';
import { unpackScores } from '../../../src/core/links/linkScores.ts';
import type { AnalysisResult } from '../../../src/core/result/result.ts';
import { createAppStore, INITIAL_STATE } from '../../../src/state/appState.ts';
import { fromCached } from '../../../src/state/cachedModel.ts';
import { makeLink } from '../../../src/state/linkText.ts';
import { openingModel } from '../../../src/state/modelState.ts';
import { mulberry32 } from '../../support/random.ts';
import { fakeResult } from '../figures/fakeResult.ts';
import { plannedOf } from './seriesSetUp.ts';

const ADDRESS = 'https://a-lab.example/tools/qkscope/?x=1#old';

/** The page with one scored model. */
function pageOf(result: AnalysisResult) {
  const store = createAppStore(INITIAL_STATE.settings);
  const model = {
    ...openingModel(1, { kind: 'hub', repo: result.model.id }, result.model.id),
    ...fromCached({ result, stacks: plannedOf(result), weightsOptions: [] }),
    stackName: 'self',
  };
  store.setState({ models: [model] });
  return store.getState();
}

/** A model of any shape whose scores are as hard to pack as any. */
function noisy(layers: number, heads: number): AnalysisResult {
  const random = mulberry32(layers * heads);
  return fakeResult({
    id: 'an-organisation/a-model-of-some-size',
    layers,
    heads,
    score: () => 2 * random() - 1,
  });
}

describe('a copied link', () => {
  it('is the page’s own address with the model and its commit, and says so', async () => {
    const { text, summary } = await makeLink(pageOf(noisy(2, 2)), ADDRESS, false);
    expect(text).toBe(
      'https://a-lab.example/tools/qkscope/#m=an-organisation/a-model-of-some-size@607a30d783df',
    );
    expect(summary).toContain(`${text.length} characters`);
  });

  it.each([
    [12, 12],
    [24, 16],
    [32, 32],
  ])(
    'with the scores of %i × %i heads has at most 1,990 characters, and holds each to the step that it states',
    async (layers, heads) => {
      const result = noisy(layers, heads);
      const { text, summary } = await makeLink(pageOf(result), ADDRESS, true);
      expect(text.length).toBeLessThanOrEqual(1990);
      const [model] = parseFragment(new URL(text).hash).link.models;
      const { stacks, tolerance } = unpackScores(model!.scores!);
      expect(summary).toContain(`${layers * heads} scores, each s within ±${tolerance}`);
      if (layers * heads <= 384) expect(tolerance).toBe(1e-4);
      for (const [layer, row] of result.stacks[0]!.layers.entries())
        for (const { head, s } of row.heads)
          expect(Math.abs(stacks[0]!.layers[layer]!.heads[head]!.s! - s!)).toBeLessThanOrEqual(
            tolerance + 1e-12,
          );
    },
  );

  it('with more scores than fit is refused, and the file is named as the better way', async () => {
    await expect(makeLink(pageOf(noisy(80, 64)), ADDRESS, true)).rejects.toMatchObject({
      code: 'link-invalid',
      message: expect.stringContaining('5120 heads'),
      hint: expect.stringContaining('PNG or the JSON'),
    });
  });

  it('is refused while nothing is open', async () => {
    await expect(makeLink(INITIAL_STATE, ADDRESS, false)).rejects.toMatchObject({ code: 'link-invalid' });
  });
});
