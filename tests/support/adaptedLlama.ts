import { expect } from 'vitest';
import type { LocalFile } from '../../src/core/repos/repo.ts';
import {
  jsonFile,
  type Matrix,
  randomMatrix,
  ratiosOf,
  type Tensors,
  weightFile,
  withLora,
} from './adaptedModel.ts';
import { analyseLocal, lastOf } from './analyseLocal.ts';
import type { Rows } from './explicitForm.ts';

export const D = 12;
export const [HEADS, KV, DH] = [4, 2, 4];
export const LLAMA = {
  model_type: 'llama',
  num_attention_heads: HEADS,
  num_key_value_heads: KV,
  head_dim: DH,
  hidden_size: D,
  num_hidden_layers: 2,
};
export const CONFIG = { peft_type: 'LORA', r: 3, lora_alpha: 6, target_modules: ['q_proj', 'k_proj'] };

export const moduleOf = (layer: number, name: string) => `model.layers.${layer}.self_attn.${name}`;

/** Two layers of grouped queries, and a LoRA of rank 3 on each projection. */
export function llama(seed: number) {
  const layers = [0, 1].map((layer) => {
    const at = seed + 100 * layer;
    return {
      q: randomMatrix(HEADS * DH, D, at),
      k: randomMatrix(KV * DH, D, at + 1),
      qA: randomMatrix(3, D, at + 2),
      qB: randomMatrix(HEADS * DH, 3, at + 3),
      kA: randomMatrix(3, D, at + 4),
      kB: randomMatrix(KV * DH, 3, at + 5),
    };
  });
  const base: Record<string, Matrix> = {};
  const adapter: Record<string, Matrix> = {};
  for (const [layer, { q, k, qA, qB, kA, kB }] of layers.entries()) {
    base[`${moduleOf(layer, 'q_proj')}.weight`] = q;
    base[`${moduleOf(layer, 'k_proj')}.weight`] = k;
    const prefix = 'base_model.model.';
    adapter[`${prefix}${moduleOf(layer, 'q_proj')}.lora_A.weight`] = qA;
    adapter[`${prefix}${moduleOf(layer, 'q_proj')}.lora_B.weight`] = qB;
    adapter[`${prefix}${moduleOf(layer, 'k_proj')}.lora_A.weight`] = kA;
    adapter[`${prefix}${moduleOf(layer, 'k_proj')}.lora_B.weight`] = kB;
  }
  const expected = (
    scale: (layer: number, name: 'q' | 'k') => number,
    reshape: (w: Rows, layer: number, name: 'q' | 'k') => Rows = (w) => w,
  ) =>
    layers.map(({ q, k, qA, qB, kA, kB }, layer) =>
      ratiosOf(
        reshape(withLora(q.rows, qA.rows, qB.rows, scale(layer, 'q')), layer, 'q'),
        reshape(withLora(k.rows, kA.rows, kB.rows, scale(layer, 'k')), layer, 'k'),
        HEADS,
        KV,
      ),
    );
  return { base, adapter, layers, expected };
}

export function dropped(
  base: Tensors,
  adapter: Tensors,
  adapterConfig: unknown,
  config: unknown = LLAMA,
): LocalFile[] {
  return [
    jsonFile('config.json', config),
    weightFile('model.safetensors', base),
    weightFile('adapter_model.safetensors', adapter),
    ...(adapterConfig === null ? [] : [jsonFile('adapter_config.json', adapterConfig)]),
  ];
}

export async function score(files: readonly LocalFile[]) {
  const { result } = lastOf(await analyseLocal(files), 'done');
  const [stack] = result.stacks;
  return {
    result,
    notes: result.notes.join('\n'),
    layers: stack!.layers,
    r: stack!.layers.map(({ heads }) => heads.map((head) => head.r!)),
  };
}

export function expectRatios(
  actual: readonly (readonly number[])[],
  expected: readonly (readonly number[])[],
) {
  expect(actual.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  for (const [layer, ratios] of expected.entries())
    for (const [head, r] of ratios.entries()) expect(actual[layer]![head]).toBeCloseTo(r, 7);
}

export const unmerged = () => 0;
