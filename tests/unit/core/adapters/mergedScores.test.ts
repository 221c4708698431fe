import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CONFIG,
  D,
  DH,
  dropped,
  expectRatios,
  HEADS,
  KV,
  LLAMA,
  llama,
  moduleOf,
  score,
} from '../../../support/adaptedLlama.ts';
import {
  jsonFile,
  randomMatrix,
  ratiosOf,
  weightFile,
  withLora,
  withMagnitudes,
} from '../../../support/adaptedModel.ts';
import { analyseLocal, lastOf } from '../../../support/analyseLocal.ts';
import { transpose } from '../../../support/explicitForm.ts';

describe('an adapter beside its base', () => {
  it('is merged into W + (α/r)·BA, which notes and tensors say', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 10_000 }),
        fc.integer({ min: 0, max: 40 }),
        async (seed, alpha) => {
          const { base, adapter, expected } = llama(seed);
          const { r } = await score(dropped(base, adapter, { ...CONFIG, lora_alpha: alpha }));
          expectRatios(
            r,
            expected(() => alpha / 3),
          );
        },
      ),
      { numRuns: 12 },
    );
    const { base, adapter } = llama(1);
    const { notes, layers, result } = await score(dropped(base, adapter, CONFIG));
    expect(notes).toContain(
      'adapter_model.safetensors was merged into the scored weights: W + (6/3)·BA on q_proj and k_proj of 2 layers.',
    );
    expect(layers[0]!.tensors.map(({ name }) => name)).toContain(
      'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight',
    );
    expect(result.model.dtype).toBe('F32 + LoRA');
  });

  it('divides by the root of the rank under use_rslora', async () => {
    const { base, adapter, expected } = llama(2);
    const { r } = await score(dropped(base, adapter, { ...CONFIG, use_rslora: true }));
    expectRatios(
      r,
      expected(() => 6 / Math.sqrt(3)),
    );
  });

  it('overrides lora_alpha by alpha_pattern, by the end of the module’s path or a pattern', async () => {
    const { base, adapter, expected } = llama(3);
    const { r, notes } = await score(
      dropped(base, adapter, {
        ...CONFIG,
        rank_pattern: { 'self_attn.k_proj': 3 },
        r: 3,
        alpha_pattern: { k_proj: 9, '^model\\.layers\\.1\\.self_attn\\.q_proj': 12 },
      }),
    );
    expectRatios(
      r,
      expected((layer, name) => (name === 'k' ? 9 : layer === 1 ? 12 : 6) / 3),
    );
    expect(notes).toMatch(/9\/3.*12\/3|12\/3.*9\/3/s);
  });

  it('gives every row of W + s·BA the stored norm under use_dora', async () => {
    const { base, adapter, expected } = llama(4);
    const m = (layer: number, name: 'q' | 'k') =>
      Array.from({ length: name === 'q' ? HEADS * DH : KV * DH }, (_, o) =>
        Math.fround(0.5 + ((o * 7 + layer) % 5)),
      );
    const magnitudes = Object.fromEntries(
      [0, 1].flatMap((layer) =>
        (['q', 'k'] as const).map((name) => [
          `base_model.model.${moduleOf(layer, `${name}_proj`)}.lora_magnitude_vector`,
          m(layer, name),
        ]),
      ),
    );
    const { r, notes } = await score(
      dropped(base, { ...adapter, ...magnitudes }, { ...CONFIG, use_dora: true }),
    );
    expectRatios(
      r,
      expected(
        () => 2,
        (w, layer, name) => withMagnitudes(w, m(layer, name)),
      ),
    );
    expect(notes).toMatch(/DoRA/);
  });

  it('changes a fused Conv1D by the transpose, whatever fan_in_fan_out says', async () => {
    const [d, heads] = [8, 2];
    const w = randomMatrix(d, 3 * d, 5);
    const [a, b] = [randomMatrix(2, d, 6), randomMatrix(3 * d, 2, 7)];
    const config = { model_type: 'gpt2', n_head: heads, n_embd: d, n_layer: 1 };
    const adapter = {
      'base_model.model.transformer.h.0.attn.c_attn.lora_A.weight': a,
      'base_model.model.transformer.h.0.attn.c_attn.lora_B.weight': b,
    };
    const whole = withLora(transpose(w.rows), a.rows, b.rows, 4);
    for (const turned of [true, false]) {
      const { r } = await score(
        dropped(
          { 'h.0.attn.c_attn.weight': w },
          adapter,
          { peft_type: 'LORA', r: 2, lora_alpha: 8, fan_in_fan_out: turned },
          config,
        ),
      );
      expectRatios(r, [ratiosOf(whole.slice(0, d), whole.slice(d, 2 * d), heads, heads)]);
    }
  });

  it('takes a square matrix’s orientation from its model’s modules, whatever fan_in_fan_out says', async () => {
    const [q, k] = [randomMatrix(8, 8, 61), randomMatrix(8, 8, 62)];
    const [a, b] = [randomMatrix(2, 8, 63), randomMatrix(8, 2, 64)];
    const config = {
      ...LLAMA,
      num_hidden_layers: 1,
      num_attention_heads: 2,
      num_key_value_heads: 2,
      hidden_size: 8,
    };
    const base = { [`${moduleOf(0, 'q_proj')}.weight`]: q, [`${moduleOf(0, 'k_proj')}.weight`]: k };
    const prefix = `base_model.model.${moduleOf(0, 'q_proj')}`;
    const adapter = { [`${prefix}.lora_A.weight`]: a, [`${prefix}.lora_B.weight`]: b };
    for (const turned of [true, false]) {
      const files = dropped(base, adapter, { ...CONFIG, r: 2, fan_in_fan_out: turned }, config);
      expectRatios((await score(files)).r, [ratiosOf(withLora(q.rows, a.rows, b.rows, 3), k.rows, 2, 2)]);
    }
  });

  it('changes only the modules that it has (layers_to_transform, target_modules without k)', async () => {
    const { base, adapter, expected } = llama(6);
    const some = Object.fromEntries(
      Object.entries(adapter).filter(([name]) => /layers\.1.*q_proj/.test(name)),
    );
    const { r, notes } = await score(dropped(base, some, { ...CONFIG, layers_to_transform: [1] }));
    expectRatios(
      r,
      expected((layer, name) => (layer === 1 && name === 'q' ? 2 : 0)),
    );
    expect(notes).toContain('on q_proj of 1 layer.');
  });

  it('replaces the base’s weight by a whole weight that it holds (modules_to_save)', async () => {
    const { base, layers } = llama(7);
    const own = randomMatrix(HEADS * DH, D, 999);
    const adapter = { [`base_model.model.${moduleOf(1, 'q_proj')}.weight`]: own };
    const { r, notes } = await score(dropped(base, adapter, { ...CONFIG, modules_to_save: ['q_proj'] }));
    expectRatios(r, [
      ratiosOf(layers[0]!.q.rows, layers[0]!.k.rows, HEADS, KV),
      ratiosOf(own.rows, layers[1]!.k.rows, HEADS, KV),
    ]);
    expect(notes).toMatch(/own weight in place of the base’s on q_proj of 1 layer/);
  });

  it('multiplies the rows under (IA)³', async () => {
    const { base, layers } = llama(8);
    const l = Array.from({ length: KV * DH }, (_, o) => Math.fround(1 + (o % 3)));
    const adapter = {
      [`base_model.model.${moduleOf(0, 'k_proj')}.ia3_l`]: {
        shape: [KV * DH, 1] as const,
        rows: l.map((value) => [value]),
      },
    };
    const { r } = await score(dropped(base, adapter, { peft_type: 'IA3' }));
    const k = layers[0]!.k.rows.map((row, o) => row.map((value) => value * l[o]!));
    expectRatios(r, [
      ratiosOf(layers[0]!.q.rows, k, HEADS, KV),
      ratiosOf(layers[1]!.q.rows, layers[1]!.k.rows, HEADS, KV),
    ]);
  });

  it('is merged from a separate folder, and the base alone is offered, never the adapter alone', async () => {
    const { base, adapter, expected } = llama(9);
    const files = [
      jsonFile('base/config.json', LLAMA),
      weightFile('base/model.safetensors', base),
      weightFile('tuned/adapter_model.safetensors', adapter),
      jsonFile('tuned/adapter_config.json', CONFIG),
    ];
    const { r } = await score(files);
    expectRatios(
      r,
      expected(() => 2),
    );
    const events = await analyseLocal(files);
    expect(lastOf(events, 'plan').weightsOptions.map(({ label, isCurrent }) => [label, isCurrent])).toEqual([
      ['base/model.safetensors with tuned/adapter_model.safetensors', true],
      ['base/model.safetensors', false],
    ]);
  });

  it('adds a note when its config names another base', async () => {
    const { base, adapter } = llama(10);
    const config = { ...LLAMA, _name_or_path: 'owner/base' };
    const named = (name: string) =>
      dropped(base, adapter, { ...CONFIG, base_model_name_or_path: name }, config);
    expect((await score(named('owner/other'))).notes).toMatch(/for owner\/other, but.*owner\/base/);
    expect((await score(named('Owner/Base'))).notes).not.toMatch(/says that the adapter is for/);
    expect((await score(named('/home/me/x'))).notes).not.toMatch(/says that the adapter is for/);
  });
});
