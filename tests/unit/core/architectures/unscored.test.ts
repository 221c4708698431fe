import { describe, expect, it } from 'vitest';
import { layersOf, layoutFor, type Shapes, stacksOf } from '../../../support/architectures/answerFor.ts';
import { checkpointsOf } from '../../../support/architectures/checkpointOf.ts';
import { RECORDS } from '../../../support/architectures/records.ts';

const CONFIG = { model_type: 'llama', num_attention_heads: 8, hidden_size: 64, num_hidden_layers: 2 };
const OWN = layersOf([0, 1], {
  'model.layers.{layer}.self_attn.q_proj.weight': [64, 64],
  'model.layers.{layer}.self_attn.k_proj.weight': [32, 64],
});

function unscored(shapes: Shapes, config: Record<string, unknown> | null = CONFIG): string[] {
  const layout = layoutFor(shapes, config);
  return layout.notes.filter((note) => note.includes("aren't scored"));
}

describe('query and key weights that no stack uses', () => {
  it.each([
    [
      'Meta’s names',
      {
        'layers.{layer}.attention.wq.weight': [64, 64],
        'layers.{layer}.attention.wk.weight': [32, 64],
      },
      ['layers.{layer}.attention.wq.weight (2 layers)', 'layers.{layer}.attention.wk.weight (2 layers)'],
    ],
    [
      'a fused copy in the same module',
      { 'model.layers.{layer}.self_attn.qkv_proj.weight': [128, 64] },
      ['model.layers.{layer}.self_attn.qkv_proj.weight'],
    ],
    [
      'another module beside it',
      {
        'model.layers.{layer}.attn.k_proj.weight': [32, 64],
        'model.layers.{layer}.attn.q_proj.weight': [64, 64],
      },
      ['model.layers.{layer}.attn.k_proj.weight', 'model.layers.{layer}.attn.q_proj.weight'],
    ],
    [
      'a name that no row knows',
      { 'adapter.{layer}.mixer.wq.weight': [64, 64] },
      ['adapter.{layer}.mixer.wq.weight (2 layers)'],
    ],
    [
      'a moving average whose names lost their dots',
      { 'model_ema.modellayers{layer}self_attnq_projweight': [64, 64] },
      ['model_ema.modellayers0self_attnq_projweight'],
    ],
    [
      'a moving average below a path',
      {
        'ema_model.model.layers.{layer}.self_attn.q_proj.weight': [64, 64],
        'ema_model.model.layers.{layer}.self_attn.k_proj.weight': [32, 64],
      },
      ['Below ema_model.model there are queries and keys'],
    ],
    [
      'half of a moving average',
      { 'ema.model.layers.{layer}.self_attn.q_proj.weight': [64, 64] },
      ['ema.model.layers.{layer}.self_attn.q_proj.weight'],
    ],
  ])('are named for %s', (_, other, named) => {
    const shapes = { ...OWN, ...layersOf([0, 1], other) };
    const text = unscored(shapes).join('\n');
    for (const name of named) expect(text).toContain(name);
    expect(stacksOf(layoutFor(shapes, CONFIG))).toEqual(['self 8/4×8']);
  });

  it('are named by the tensor’s own name where it is alone', () => {
    const text = unscored({ ...OWN, 'layers.1.attention.wk.weight': [32, 64] }).join();
    expect(text).toContain('layers.1.attention.wk.weight.');
    expect(text).toContain('model.layers.0.self_attn.q_proj.weight');
  });

  it('are named without a config', () => {
    const other = layersOf([0, 1], { 'layers.{layer}.attention.wq.weight': [64, 64] });
    const config = { num_attention_heads: 8, hidden_size: 64 };
    expect(unscored({ ...OWN, ...other }, config).join()).toContain('attention.wq.weight (2 layers)');
  });

  it('are left out with a reason for a stack without a readable layer', () => {
    const shapes = {
      ...layersOf([0, 1], {
        'text_model.encoder.layers.{layer}.self_attn.q_proj.weight': [64, 64],
        'text_model.encoder.layers.{layer}.self_attn.k_proj.weight': [64, 64],
        'vision_model.encoder.layers.{layer}.self_attn.q_proj.weight': [64, 64],
        'vision_model.encoder.layers.{layer}.self_attn.k_proj.weight': [64, 60],
      }),
    };
    const numbers = { num_attention_heads: 8, hidden_size: 64, num_hidden_layers: 2 };
    const layout = layoutFor(shapes, { model_type: 'clip', text_config: numbers, vision_config: numbers });
    expect(stacksOf(layout)).toEqual(['text.self 8/8×8']);
    expect(layout.notes.join()).toMatch(/vision\.self isn't scored\. Layer 0: .* takes 64 inputs and .* 60/);
  });

  it('exclude biases, norms and values', () => {
    const beside = layersOf([0, 1], {
      'model.layers.{layer}.self_attn.q_proj.bias': [64],
      'model.layers.{layer}.self_attn.v_proj.weight': [32, 64],
      'model.layers.{layer}.self_attn.q_norm.weight': [8],
      'model.layers.{layer}.mlp.up_proj.weight': [128, 64],
    });
    expect(unscored({ ...OWN, ...beside })).toEqual([]);
  });

  it('are absent from every type’s own checkpoint', () => {
    const wrong = RECORDS.filter(({ status }) => status === 'supported').flatMap((record) =>
      checkpointsOf(record).flatMap(({ tensors, config, label }) => {
        const shapes = Object.fromEntries(tensors.map(({ name, shape }) => [name, shape]));
        return unscored(shapes, config).map((note) => `${label}: ${note}`);
      }),
    );
    expect(wrong).toEqual([]);
  });
});
