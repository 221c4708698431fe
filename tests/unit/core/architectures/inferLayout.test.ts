import { describe, expect, it } from 'vitest';
import { createCandidates } from '../../../../src/core/architectures/chooseArchitecture.ts';
import { fittingSplits, isFitting } from '../../../../src/core/architectures/headSplit.ts';
import { inferLayout, type LayoutInput } from '../../../../src/core/architectures/inferLayout.ts';
import { ARCHITECTURES, architectureIndex } from '../../../../src/core/architectures/registry.ts';
import type { Weight } from '../../../../src/core/quantisation/weight.ts';

function input(
  shapes: Record<string, readonly number[]>,
  config: Record<string, unknown> | null,
  refused?: string,
): LayoutInput {
  const weights = new Map(
    Object.entries(shapes).map(([name, shape]): [string, Weight] => [
      name,
      {
        name,
        shape,
        dtype: 'F32',
        isQuantised: false,
        parts: [],
        ...(refused === undefined ? {} : { refused: `${name} ${refused}` }),
      },
    ]),
  );
  const candidates = createCandidates(ARCHITECTURES, architectureIndex(), config);
  return {
    config,
    candidates,
    names: new Set(weights.keys()),
    weights,
    notes: [],
    configName: config === null ? null : 'config.json',
    configFault: null,
    isComplete: true,
  };
}

function llama(
  layers: readonly number[],
  q = [64, 64],
  k = [64, 64],
  more: Record<string, readonly number[]> = {},
) {
  return Object.fromEntries([
    ...layers.flatMap((n) => [
      [`model.layers.${n}.self_attn.q_proj.weight`, q] as const,
      [`model.layers.${n}.self_attn.k_proj.weight`, k] as const,
    ]),
    ...Object.entries(more),
  ]);
}

const layoutOf = (...args: Parameters<typeof inferLayout>) => {
  const answer = inferLayout(...args);
  if (answer.kind !== 'layout') throw new Error(`asked: ${answer.why}`);
  return answer.layout;
};

describe('inferLayout', () => {
  it('takes the heads from config.json, and key heads from the shapes', () => {
    const layout = layoutOf(
      input(llama([0, 1], [64, 64], [32, 64]), { model_type: 'llama', num_attention_heads: 8 }),
    );
    expect(layout.stacks[0]!.shape).toMatchObject({ heads: 8, kvHeads: 4, dHead: 8, dModel: 64 });
  });

  it('accepts heads wider than d / H', () => {
    const layout = layoutOf(
      input(llama([0], [128, 64], [64, 64]), {
        model_type: 'llama',
        num_attention_heads: 4,
        head_dim: 32,
      }),
    );
    expect(layout.stacks[0]!.shape).toMatchObject({ heads: 4, kvHeads: 2, dHead: 32, dModel: 64 });
  });

  it.each([
    ['no config', null],
    ['a config of an unknown model without a head count', { model_type: 'some_new_llama' }],
    ['a head count that does not divide', { model_type: 'llama', num_attention_heads: 7 }],
    ['a head_dim that contradicts the shapes', { model_type: 'llama', num_attention_heads: 8, head_dim: 16 }],
    [
      'key heads that contradict the shapes',
      { model_type: 'llama', num_attention_heads: 8, num_key_value_heads: 2 },
    ],
  ])('asks rather than guesses: %s', (_, config) => {
    const answer = inferLayout(input(llama([0, 1]), config));
    expect(answer).toMatchObject({ kind: 'question', dModel: 64, layers: 2 });
    if (answer.kind === 'question')
      expect(answer.splits.map(({ heads, dHead }) => `${heads}×${dHead}`)).toEqual([
        '1×64',
        '2×32',
        '4×16',
        '8×8',
        '16×4',
        '32×2',
      ]);
  });

  it('takes the library’s own default for the model type, and says so', () => {
    const layout = layoutOf(input(llama([0]), { model_type: 'llama' }));
    expect(layout.stacks[0]!.shape).toMatchObject({ heads: 32, dHead: 2 });
    expect(layout.notes.join()).toMatch(/32 is the transformers library's default for llama/);
  });

  it('takes the heads from a tensor whose length is dh', () => {
    const frequencies = { 'model.layers.0.self_attn.rotary_emb.inv_freq': [8] };
    expect(layoutOf(input(llama([0], [64, 64], [32, 64], frequencies), null)).stacks[0]!.shape).toMatchObject(
      {
        heads: 4,
        kvHeads: 2,
      },
    );
    const norms = {
      'model.layers.0.self_attn.q_norm.weight': [16],
      'model.layers.0.self_attn.k_norm.weight': [16],
    };
    expect(layoutOf(input(llama([0], [64, 64], [32, 64], norms), null)).stacks[0]!.shape).toMatchObject({
      heads: 4,
      kvHeads: 2,
    });
  });

  it('takes no heads from a norm over the full width', () => {
    const norms = {
      'model.layers.0.self_attn.q_norm.weight': [64],
      'model.layers.0.self_attn.k_norm.weight': [64],
    };
    expect(inferLayout(input(llama([0], [64, 64], [64, 64], norms), null)).kind).toBe('question');
  });

  it('takes the user’s split over the config’s, and says so', () => {
    const layout = layoutOf(input(llama([0]), { model_type: 'llama', num_attention_heads: 16 }), {
      splits: { num_attention_heads: { heads: 4, kvHeads: 4 } },
    });
    expect(layout.stacks[0]!.shape).toMatchObject({ heads: 4, dHead: 16 });
    expect(layout.notes.join()).toMatch(/chosen by you: 4 × 16; by config.json it is 16 × 4/);
    expect(() =>
      inferLayout(input(llama([0]), { model_type: 'llama', num_attention_heads: 16 }), {
        splits: { num_attention_heads: { heads: 5, kvHeads: 5 } },
      }),
    ).toThrow(/5 heads/);
  });

  it('opens a config of another model type through matching names, with a note', () => {
    const layout = layoutOf(input(llama([0]), { model_type: 'some_new_llama', num_attention_heads: 8 }));
    expect(layout.modelType).toBe('some_new_llama');
    expect(layout.architecture).toBe('llama');
    expect(layout.notes.join()).toMatch(/some_new_llama.*llama/);
  });

  it('refuses a Wq with a gate beside the queries, by the output projection', () => {
    const gated = llama([0], [128, 64], [64, 64], { 'model.layers.0.self_attn.o_proj.weight': [64, 64] });
    expect(() => inferLayout(input(gated, { model_type: 'llama', num_attention_heads: 8 }))).toThrow(
      /besides the queries/,
    );
  });

  it('skips layers that lack a tensor or differ in shape, keeping the true numbers', () => {
    const tensors = {
      ...llama([1, 3]),
      'model.layers.0.self_attn.q_proj.weight': [64, 64],
      'model.layers.2.self_attn.q_proj.weight': [32, 64],
      'model.layers.2.self_attn.k_proj.weight': [32, 64],
    };
    const layout = layoutOf(
      input(tensors, { model_type: 'llama', num_attention_heads: 8, num_hidden_layers: 5 }),
    );
    expect(layout.stacks[0]!.layers.map(({ layer }) => layer)).toEqual([1, 3]);
    expect(layout.stacks[0]!.skipped.map(({ layer, code }) => [layer, code])).toEqual([
      [0, 'missing-tensor'],
      [2, 'layout-mismatch'],
      [4, 'missing-tensor'],
    ]);
  });

  it('never reads a Linear c_attn as a Conv1D', () => {
    const linear = input({ 'h.0.attn.c_attn.weight': [192, 64] }, { model_type: 'gpt2', n_head: 4 });
    expect(() => inferLayout(linear)).toThrow(/nn\.Linear/);
  });

  it('matches whole names only, never their ends', () => {
    const vision = {
      'vision_tower.layers.0.self_attn.q_proj.weight': [64, 64],
      'vision_tower.layers.0.self_attn.k_proj.weight': [64, 64],
    };
    expect(inferLayout(input(vision, null))).toMatchObject({
      kind: 'mapping',
      why: expect.stringMatching(/No tensor here has a name/),
    });
  });

  it('refuses quantised weights by dtype', () => {
    expect(() =>
      inferLayout(input(llama([0]), { model_type: 'llama', num_attention_heads: 8 }, 'is stored as I8.')),
    ).toThrow(/stored as I8/);
  });
});

describe('head splits', () => {
  it('offers only what divides, and accepts only what is offered (dh ≥ 2)', () => {
    for (const rows of [
      { qRows: 96, kRows: 32 },
      { qRows: 64, kRows: 64 },
      { qRows: 30, kRows: 20 },
    ]) {
      const offered = fittingSplits(rows);
      for (let heads = 1; heads <= rows.qRows / 2; heads++) {
        for (let kvHeads = 1; kvHeads <= heads; kvHeads++) {
          expect(isFitting(rows, { heads, kvHeads })).toBe(
            offered.some((split) => split.heads === heads && split.kvHeads === kvHeads),
          );
        }
      }
    }
  });
});
