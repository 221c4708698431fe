import { describe, expect, it } from 'vitest';
import {
  CONFIG,
  D,
  dropped,
  expectRatios,
  LLAMA,
  llama,
  moduleOf,
  score,
  unmerged,
} from '../../../support/adaptedLlama.ts';
import { jsonFile, type Matrix, randomMatrix, weightFile } from '../../../support/adaptedModel.ts';
import { analyseLocal, lastOf } from '../../../support/analyseLocal.ts';

describe('an adapter that can’t be merged is named while the base is scored', () => {
  it.each([
    ['no config', null, /no adapter_config\.json/],
    ['another peft_type', { ...CONFIG, peft_type: 'ADALORA' }, /peft_type "ADALORA"/],
    [
      'an initialisation that changed the base',
      { ...CONFIG, init_lora_weights: 'pissa_niter_4' },
      /pissa_niter_4/,
    ],
    ['activated LoRA', { ...CONFIG, alora_invocation_tokens: [1, 2] }, /aLoRA/],
    ['repeated layers', { ...CONFIG, layer_replication: [[0, 2]] }, /repeats layers/],
    ['a pattern that could take for ever', { ...CONFIG, alpha_pattern: { '(a+)+': 1 } }, /pattern "\(a/],
    ['an alpha that isn’t a number', { ...CONFIG, lora_alpha: '6' }, /lora_alpha .* is "6"/],
    ['no alpha', { peft_type: 'LORA', r: 3 }, /lora_alpha .* is missing/],
    ['a flag that isn’t true or false', { ...CONFIG, use_rslora: 'yes' }, /use_rslora.*"yes"/],
  ])('%s', async (_, config, words) => {
    const { base, adapter, expected } = llama(20);
    const { r, notes } = await score(dropped(base, adapter, config));
    expectRatios(r, expected(unmerged));
    expect(notes).toMatch(words);
    expect(notes).toMatch(/isn’t merged/);
  });

  it.each([
    ['LoHa', 'hada_w1_a'],
    ['LoKr', 'lokr_w1'],
    ['VeRA', 'vera_lambda_b'],
    ['OFT', 'oft_r'],
    ['AdaLoRA', 'lora_E'],
    ['LoRA \\(in names other than peft’s\\)', 'lora_down.weight'],
  ])('%s', async (kind, part) => {
    const { base, expected } = llama(21);
    const adapter = { [`base_model.model.${moduleOf(0, 'q_proj')}.${part}`]: randomMatrix(3, D, 1) };
    const { r, notes } = await score(dropped(base, adapter, { peft_type: 'X' }));
    expectRatios(r, expected(unmerged));
    expect(notes).toMatch(new RegExp(`The ${kind} adapter in .* isn’t merged`));
  });

  it('leaves Wq and Wk as they are for prompt tuning', async () => {
    const { base, expected } = llama(22);
    const { r, notes } = await score(dropped(base, { prompt_embeddings: randomMatrix(3, D, 1) }, {}));
    expectRatios(r, expected(unmerged));
    expect(notes).toMatch(/prompt adapter .* doesn’t change Wq or Wk/);
  });

  it('leaves Wq and Wk as they are for an adapter on other modules', async () => {
    const { base, expected } = llama(23);
    const name = `base_model.model.${moduleOf(0, 'v_proj')}`;
    const adapter = {
      [`${name}.lora_A.weight`]: randomMatrix(3, D, 1),
      [`${name}.lora_B.weight`]: randomMatrix(8, 3, 2),
    };
    const withValues = { ...base, [`${moduleOf(0, 'v_proj')}.weight`]: randomMatrix(8, D, 3) };
    const { r, notes } = await score(dropped(withValues, adapter, CONFIG));
    expectRatios(r, expected(unmerged));
    expect(notes).toMatch(/changes neither Wq nor Wk/);
  });

  it('refuses another model’s names and layers that the base lacks', async () => {
    const { base, adapter, expected } = llama(24);
    const renamed = Object.fromEntries(
      Object.entries(adapter).map(([name, value]) => [name.replace('self_attn', 'attention'), value]),
    );
    const other = await score(dropped(base, renamed, CONFIG));
    expectRatios(other.r, expected(unmerged));
    expect(other.notes).toMatch(
      /isn’t merged: the base model has no module named .*attention\.q_proj, nor 3 others/,
    );

    const deeper = Object.fromEntries(
      Object.entries(adapter).map(([name, value]) => [name.replace('layers.1.', 'layers.7.'), value]),
    );
    const partly = await score(dropped(base, deeper, CONFIG));
    expectRatios(
      partly.r,
      expected((layer) => (layer === 0 ? 2 : 0)),
    );
    expect(partly.notes).toMatch(/A part of the adapter .* isn’t merged: .*layers\.7/);
  });

  it('lists the base’s modules that an ambiguous name fits', async () => {
    const [rows, width] = [12, 12];
    const modules = [
      'encoder.layers.0.self_attn',
      'decoder.layers.0.self_attn',
      'decoder.layers.0.encoder_attn',
    ];
    const matrices = modules.flatMap((module, at) =>
      ['q_proj', 'k_proj'].map((name, k) => [
        `model.${module}.${name}.weight`,
        randomMatrix(rows, width, 2 * at + k),
      ]),
    );
    const base = Object.fromEntries(matrices) as Record<string, Matrix>;
    const lora = (module: string) => ({
      [`${module}.lora_A.weight`]: randomMatrix(3, width, 7),
      [`${module}.lora_B.weight`]: randomMatrix(rows, 3, 8),
    });
    const config = {
      model_type: 'bart',
      d_model: width,
      encoder_layers: 1,
      decoder_layers: 1,
      encoder_attention_heads: 4,
      decoder_attention_heads: 4,
    };
    const ambiguous = lora('base_model.model.layers.0.self_attn.q_proj');
    const sure = lora('base_model.model.model.decoder.layers.0.encoder_attn.k_proj');
    const alone = await score(dropped(base, ambiguous, CONFIG, config));
    expect(alone.notes).toMatch(
      /^The adapter in .* isn’t merged: its module \S*layers\.0\.self_attn\.q_proj may be any of .*model\.encoder\.layers\.0\.self_attn\.q_proj\.weight, model\.decoder\.layers\.0\.self_attn\.q_proj\.weight; its name doesn’t say which\. The scores of these layers are the base model’s/m,
    );
    const partly = await score(dropped(base, { ...ambiguous, ...sure }, CONFIG, config));
    expect(partly.notes).toMatch(/A part of the adapter .* may be any of/);
    expect(partly.notes).toMatch(/was merged into the scored weights: .* on k_proj of 1 layer/);
    const plain = await score([jsonFile('config.json', config), weightFile('model.safetensors', base)]);
    expect(alone.r).toEqual(plain.r);
  });

  it('scores the base alone beside several adapters, and offers each', async () => {
    const { base, adapter, expected } = llama(25);
    const files = [
      jsonFile('config.json', LLAMA),
      weightFile('model.safetensors', base),
      ...['checkpoint-1', 'checkpoint-2'].flatMap((folder) => [
        weightFile(`${folder}/adapter_model.safetensors`, adapter),
        jsonFile(`${folder}/adapter_config.json`, CONFIG),
      ]),
    ];
    const { r, notes } = await score(files);
    expectRatios(r, expected(unmerged));
    expect(notes).toMatch(/scored without the adapters beside .*checkpoint-1.*checkpoint-2/);
  });
});

describe('an adapter that contradicts its base skips the layer, naming both sides', () => {
  const q = `base_model.model.${moduleOf(0, 'q_proj')}`;
  it.each([
    ['B without A', { [`${q}.lora_A.weight`]: null }, CONFIG, /lora_B without its lora_A/],
    [
      'factors of another width',
      { [`${q}.lora_A.weight`]: randomMatrix(3, 10, 1) },
      CONFIG,
      /lora_A\.weight is \[3, 10\].*q_proj\.weight is \[16, 12\]/,
    ],
    [
      'factors of other ranks',
      { [`${q}.lora_A.weight`]: randomMatrix(2, D, 1) },
      CONFIG,
      /lora_A\.weight is \[2, 12\] and .*lora_B\.weight is \[16, 3\]/,
    ],
    [
      'a rank unlike the pattern’s',
      {},
      { ...CONFIG, rank_pattern: { 'layers.0.self_attn.q_proj': 4 } },
      /rank_pattern.* is 4, but .*lora_A\.weight is \[3, 12\]/,
    ],
    [
      'an alpha that is no number',
      {},
      { ...CONFIG, alpha_pattern: { 'layers.0.self_attn.q_proj': '6' } },
      /alpha_pattern .* is "6"/,
    ],
    [
      'magnitudes without use_dora',
      { [`${q}.lora_magnitude_vector`]: [1, 2] },
      CONFIG,
      /lora_magnitude_vector belongs to DoRA/,
    ],
  ] as const)('%s', async (_, changes, config, words) => {
    const { base, adapter, expected } = llama(30);
    const tensors: Record<string, Matrix | readonly number[]> = { ...adapter };
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) delete tensors[name];
      else tensors[name] = value as Matrix;
    }
    const { layers, r } = await score(dropped(base, tensors, config));
    expect(layers[0]!.skipped?.reason).toMatch(words);
    expectRatios([r[1]!], [expected(() => 2)[1]!]);
  });

  it('refuses a rank that the whole config gets wrong', async () => {
    const { base, adapter } = llama(31);
    const events = await analyseLocal(dropped(base, adapter, { ...CONFIG, r: 8 }));
    const { code, message, hint } = lastOf(events, 'failed').error;
    expect(message).toMatch(/r in adapter_config\.json is 8, but .*\(rank 3\)/);
    expect(code).toBe('layout-mismatch');
    expect(hint).toMatch(/adapter that was trained on this base/);
  });
});
