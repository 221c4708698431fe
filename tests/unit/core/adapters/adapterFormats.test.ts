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
  unmerged,
} from '../../../support/adaptedLlama.ts';
import {
  jsonFile,
  type Matrix,
  randomMatrix,
  ratiosOf,
  type Tensors,
  weightFile,
  withLora,
} from '../../../support/adaptedModel.ts';
import { multiply } from '../../../support/explicitForm.ts';
import { ggufBytes } from '../../../support/ggufBytes.ts';
import { f32, safetensorsBytes } from '../../../support/safetensorsBytes.ts';
import { pickleOf, torchArchive } from '../../../support/torchBytes.ts';

/** A PyTorch file of float32 matrices, each in a storage of its own. */
function torchFile(path: string, tensors: Readonly<Record<string, Matrix>>) {
  const all = Object.entries(tensors).map(([name, { shape, rows }], at) => ({
    name,
    key: String(at),
    shape,
    values: Float32Array.from(rows.flat()),
  }));
  const pickle = pickleOf(all, Object.fromEntries(all.map(({ key, values }) => [key, values.length])));
  const bytes = torchArchive(pickle, Object.fromEntries(all.map(({ key, values }) => [key, values])));
  return { path, blob: new Blob([bytes.slice()]) };
}

describe('adapters in other files', () => {
  it('merges adapter_model.bin into safetensors', async () => {
    const { base, adapter, expected } = llama(40);
    const { r, notes } = await score([
      jsonFile('config.json', LLAMA),
      weightFile('model.safetensors', base),
      torchFile('adapter_model.bin', adapter),
      jsonFile('adapter_config.json', CONFIG),
    ]);
    expectRatios(
      r,
      expected(() => 2),
    );
    expect(notes).toMatch(/adapter_model\.bin was merged/);
  });

  it('merges a LoRA in a safetensors file of any name that is dropped with its base', async () => {
    const { base, adapter, expected } = llama(41);
    const { r, notes } = await score([
      jsonFile('config.json', LLAMA),
      weightFile('base.safetensors', base),
      weightFile('my_lora.safetensors', adapter),
      jsonFile('adapter_config.json', CONFIG),
    ]);
    expectRatios(
      r,
      expected(() => 2),
    );
    expect(notes).toMatch(/was merged/);
  });

  it('opens the shards of a wrapped model’s dump that hold its adapter', async () => {
    const { base, adapter, expected } = llama(42);
    const wrapped: Tensors = Object.fromEntries(
      Object.entries(base).map(([name, value]) => [name.replace('.weight', '.base_layer.weight'), value]),
    );
    const named: Tensors = Object.fromEntries(
      Object.entries(adapter).map(([name, value]) => [
        name.replace('base_model.model.', '').replace(/\.weight$/, '.default.weight'),
        value,
      ]),
    );
    const shards = [wrapped, named].map((tensors, at) => ({
      name: `model-0000${at + 1}-of-00002.safetensors`,
      tensors,
    }));
    const weight_map = Object.fromEntries(
      shards.flatMap(({ name, tensors }) => Object.keys(tensors).map((tensor) => [tensor, name])),
    );
    const { r } = await score([
      jsonFile('config.json', LLAMA),
      ...shards.map(({ name, tensors }) => weightFile(name, tensors)),
      jsonFile('model.safetensors.index.json', { weight_map }),
      jsonFile('adapter_config.json', CONFIG),
    ]);
    expectRatios(
      r,
      expected(() => 2),
    );
  });

  it('changes the dequantised weights of an 8-bit base (bitsandbytes)', async () => {
    const { adapter, layers } = llama(43);
    const codes = (rows: number, seed: number) =>
      Array.from({ length: rows }, (_, o) =>
        Array.from({ length: D }, (_, i) => ((o * 37 + i * 11 + seed) % 255) - 127),
      );
    const scales = (rows: number) => Array.from({ length: rows }, (_, o) => Math.fround(1 + (o % 4) / 4));
    const tensors = [0, 1].flatMap((layer) =>
      (['q', 'k'] as const).flatMap((name) => {
        const rows = (name === 'q' ? HEADS : KV) * DH;
        const module = moduleOf(layer, `${name}_proj`);
        return [
          {
            name: `${module}.weight`,
            dtype: 'I8',
            shape: [rows, D],
            data: new Uint8Array(Int8Array.from(codes(rows, layer).flat()).buffer),
          },
          { name: `${module}.SCB`, dtype: 'F32', shape: [rows], data: f32(scales(rows)) },
        ];
      }),
    );
    const values = (rows: number, layer: number) =>
      codes(rows, layer).map((row, o) => row.map((code) => (code * scales(rows)[o]!) / 127));
    const quantised = { ...LLAMA, quantization_config: { quant_method: 'bitsandbytes', load_in_8bit: true } };
    const { r } = await score([
      jsonFile('config.json', quantised),
      { path: 'model.safetensors', blob: new Blob([safetensorsBytes(tensors).slice()]) },
      weightFile('adapter_model.safetensors', adapter),
      jsonFile('adapter_config.json', CONFIG),
    ]);
    const expected = layers.map(({ qA, qB, kA, kB }, layer) =>
      ratiosOf(
        withLora(values(HEADS * DH, layer), qA.rows, qB.rows, 2),
        withLora(values(KV * DH, layer), kA.rows, kB.rows, 2),
        HEADS,
        KV,
      ),
    );
    for (const [layer, ratios] of expected.entries())
      for (const [head, ratio] of ratios.entries()) expect(r[layer]![head]).toBeCloseTo(ratio, 6);
  });

  it('changes the factors of multi-head latent attention before they are multiplied', async () => {
    const [d, heads, nope, rope, v, rank] = [10, 2, 3, 2, 3, 4];
    const module = (name: string) => `model.layers.0.self_attn.${name}`;
    const q = randomMatrix(heads * (nope + rope), d, 1);
    const kvA = randomMatrix(rank + rope, d, 2);
    const kvB = randomMatrix(heads * (nope + v), rank, 3);
    const [a, b] = [randomMatrix(2, rank, 4), randomMatrix(heads * (nope + v), 2, 5)];
    const config = {
      model_type: 'deepseek_v2',
      ...{ num_attention_heads: heads, num_hidden_layers: 1, hidden_size: d, q_lora_rank: null },
      ...{ kv_lora_rank: rank, qk_nope_head_dim: nope, qk_rope_head_dim: rope, v_head_dim: v },
    };
    const base: Tensors = {
      [`${module('q_proj')}.weight`]: q,
      [`${module('kv_a_proj_with_mqa')}.weight`]: kvA,
      [`${module('kv_a_layernorm')}.weight`]: [1, 1, 1, 1],
      [`${module('kv_b_proj')}.weight`]: kvB,
    };
    const prefix = `base_model.model.${module('kv_b_proj')}`;
    const adapter = { [`${prefix}.lora_A.weight`]: a, [`${prefix}.lora_B.weight`]: b };
    const { r, notes } = await score(dropped(base, adapter, { ...CONFIG, r: 2, lora_alpha: 3 }, config));
    const merged = withLora(kvB.rows, a.rows, b.rows, 1.5);
    const keys = Array.from({ length: heads }, (_, head) => [
      ...multiply(merged.slice(head * (nope + v), head * (nope + v) + nope), kvA.rows.slice(0, rank)),
      ...kvA.rows.slice(rank),
    ]);
    const expected = ratiosOf(q.rows, keys.flat(), heads, heads);
    for (const [head, ratio] of expected.entries()) expect(r[0]![head]).toBeCloseTo(ratio, 6);
    expect(notes).toContain('W + (3/2)·BA on kv_b_proj of 1 layer');
  });

  it('says that an adapter can’t be merged into a GGUF file', async () => {
    const { adapter, layers } = llama(44);
    const [q, k] = [layers[0]!.q, layers[0]!.k];
    const metadata = {
      'general.architecture': 'qwen2',
      'qwen2.block_count': 1,
      'qwen2.embedding_length': D,
      'qwen2.attention.head_count': HEADS,
      'qwen2.attention.head_count_kv': KV,
      'qwen2.attention.key_length': DH,
    };
    const gguf = ggufBytes(metadata, [
      { name: 'blk.0.attn_q.weight', shape: [HEADS * DH, D], type: 0, data: f32(q.rows.flat()) },
      { name: 'blk.0.attn_k.weight', shape: [KV * DH, D], type: 0, data: f32(k.rows.flat()) },
    ]);
    const { r, notes } = await score([
      { path: 'm.gguf', blob: new Blob([gguf.slice()]) },
      weightFile('adapter_model.safetensors', adapter),
      jsonFile('adapter_config.json', CONFIG),
    ]);
    expectRatios(r, [ratiosOf(q.rows, k.rows, HEADS, KV)]);
    expect(notes).toMatch(
      /These weights were scored without the adapter beside them \(adapter_model\.safetensors\)/,
    );
  });

  it('doesn’t take for a model what LLaVA trained beside its LoRA', async () => {
    const { base, adapter, expected } = llama(45);
    const beside = torchFile('non_lora_trainables.bin', {
      'base_model.model.mm_projector.weight': randomMatrix(2, 2, 1),
    });
    const { r, notes } = await score([...dropped(base, adapter, CONFIG), beside]);
    expectRatios(
      r,
      expected(() => 2),
    );
    expect(notes).toMatch(/non_lora_trainables\.bin wasn’t read/);
    const alone = await score([
      ...dropped(base, adapter, CONFIG).filter(({ path }) => !path.startsWith('adapter')),
      beside,
    ]);
    expectRatios(alone.r, expected(unmerged));
  });
});
