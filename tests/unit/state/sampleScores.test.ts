import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { reduceModel } from '../../../src/state/modelReducer.ts';
import { openingModel } from '../../../src/state/modelState.ts';
import { precomputedSample } from '../../../src/state/sampleScores.ts';
import { resultOf } from '../../../src/state/selectors.ts';

const { runs } = JSON.parse(readFileSync('public/sample/training.json', 'utf8')) as {
  runs: { kind: string; bundled: boolean; steps: { r: number[][] }[] }[];
};

function opening() {
  const choice = { kind: 'sample', name: 'masked', baseUrl: 'http://page/sample/' } as const;
  return { ...openingModel(1, choice, 'sample/masked'), ...precomputedSample('masked') };
}

describe('the sample’s precomputed scores', () => {
  it.each(['masked', 'causal'] as const)(
    'are those of the last step of the training record of %s',
    (name) => {
      const want = runs.find(({ kind, bundled }) => bundled && kind === name)!.steps.at(-1)!.r;
      const layers = precomputedSample(name).stacks[0]!.layers;
      expect(layers.map(({ heads }) => heads.length)).toEqual(want.map((heads) => heads.length));
      for (const { layer, heads } of layers)
        for (const { head, r } of heads) expect(Math.abs(r! - want[layer]![head]!)).toBeLessThanOrEqual(5e-7);
    },
  );

  it('stay until a layer is scored, are marked as long as one of them is shown, and are gone when all are', () => {
    const before = opening();
    const stack = before.stacks[0]!;
    const empty = { ...stack, layers: stack.layers.map((layer) => ({ ...layer, heads: [] })) };
    const { model, bytes, engine, convention } = before;
    const plan = {
      type: 'plan',
      shape: stack.shape,
      stacks: [empty],
      notes: [],
      weightsOptions: [],
    } as const;
    const planned = reduceModel(
      before,
      { ...plan, model: model!, bytes: bytes!, engine: engine!, convention },
      0,
    );
    expect(planned.stacks[0]!.layers).toEqual(stack.layers);
    expect(planned.isPrecomputed).toBe(true);
    const heads = [{ head: 0, kvHead: 0, r: 0.25, s: -0.5 }];
    const scored = reduceModel(
      planned,
      { type: 'layer', engine: 'wasm', stack: 'self', layer: { layer: 1, tensors: [], heads } },
      0,
    );
    expect(scored.stacks[0]!.layers[1]!.heads).toEqual(heads);
    expect(scored.stacks[0]!.layers[2]).toEqual(stack.layers[2]);
    const result = { notes: [] } as never;
    expect(reduceModel(scored, { type: 'done', result, elapsedMs: 1 }, 0).isPrecomputed).toBe(false);
  });

  it('are named in what is exported while some of them are shown', () => {
    const [note] = resultOf(opening(), 'test', () => '')!.notes;
    expect(note).toContain('came with the page');
    const scored = { ...opening(), isPrecomputed: false };
    expect(resultOf(scored, 'test', () => '')!.notes).toEqual([]);
  });
});
