// Shapes of well-known models' tensors, as their files list them.
import type { TensorShape } from '../../src/core/formats/checkpoint.ts';
import type { Dtype } from '../../src/core/formats/dtype.ts';

export const tensor = (name: string, dtype: Dtype, ...shape: number[]): TensorShape => ({
  name,
  dtype,
  shape,
});

const layersOf = (count: number, of: (layer: number) => TensorShape[]) =>
  Array.from({ length: count }, (_, layer) => of(layer)).flat();

const module = (name: string, ...weight: number[]) => [
  tensor(`${name}.weight`, 'F32', ...weight),
  tensor(`${name}.bias`, 'F32', weight.at(-1)!),
];

/** openai-community/gpt2's model.safetensors, its causal masks included. */
export function gpt2Shapes(): TensorShape[] {
  return [
    tensor('wte.weight', 'F32', 50257, 768),
    tensor('wpe.weight', 'F32', 1024, 768),
    ...module('ln_f', 768),
    ...layersOf(12, (layer) => [
      tensor(`h.${layer}.attn.bias`, 'F32', 1, 1, 1024, 1024),
      ...module(`h.${layer}.ln_1`, 768),
      ...module(`h.${layer}.attn.c_attn`, 768, 2304),
      ...module(`h.${layer}.attn.c_proj`, 768, 768),
      ...module(`h.${layer}.ln_2`, 768),
      ...module(`h.${layer}.mlp.c_fc`, 768, 3072),
      ...module(`h.${layer}.mlp.c_proj`, 3072, 768),
    ]),
  ];
}

/** meta-llama/Llama-2-7b-hf, with the frequencies that its PyTorch files hold; its linear layers as `linear` stores them. */
export function llamaShapes(
  linear: (module: string, out: number, inputs: number) => TensorShape[] = (name, out, inputs) => [
    tensor(`${name}.weight`, 'F16', out, inputs),
  ],
): TensorShape[] {
  return [
    tensor('model.embed_tokens.weight', 'F16', 32000, 4096),
    tensor('model.norm.weight', 'F16', 4096),
    tensor('lm_head.weight', 'F16', 32000, 4096),
    ...layersOf(32, (layer) => [
      ...['q', 'k', 'v', 'o'].flatMap((name) =>
        linear(`model.layers.${layer}.self_attn.${name}_proj`, 4096, 4096),
      ),
      ...linear(`model.layers.${layer}.mlp.gate_proj`, 11008, 4096),
      ...linear(`model.layers.${layer}.mlp.up_proj`, 11008, 4096),
      ...linear(`model.layers.${layer}.mlp.down_proj`, 4096, 11008),
      tensor(`model.layers.${layer}.input_layernorm.weight`, 'F16', 4096),
      tensor(`model.layers.${layer}.post_attention_layernorm.weight`, 'F16', 4096),
      tensor(`model.layers.${layer}.self_attn.rotary_emb.inv_freq`, 'F32', 64),
    ]),
  ];
}

/** google-t5/t5-small, with the copies of its embedding that some files hold. */
export function t5Shapes(): TensorShape[] {
  const attention = (name: string) =>
    ['q', 'k', 'v', 'o'].map((part) => tensor(`${name}.${part}.weight`, 'F32', 512, 512));
  const norm = (name: string) => tensor(`${name}.layer_norm.weight`, 'F32', 512);
  const forward = (name: string) => [
    tensor(`${name}.DenseReluDense.wi.weight`, 'F32', 2048, 512),
    tensor(`${name}.DenseReluDense.wo.weight`, 'F32', 512, 2048),
  ];
  const stack = (name: string, subLayers: readonly string[]) => [
    tensor(`${name}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`, 'F32', 32, 8),
    tensor(`${name}.final_layer_norm.weight`, 'F32', 512),
    ...layersOf(6, (layer) =>
      subLayers.flatMap((kind, at) => [
        norm(`${name}.block.${layer}.layer.${at}`),
        ...attention(`${name}.block.${layer}.layer.${at}.${kind}`),
      ]),
    ),
    ...layersOf(6, (layer) => [
      norm(`${name}.block.${layer}.layer.${subLayers.length}`),
      ...forward(`${name}.block.${layer}.layer.${subLayers.length}`),
    ]),
  ];
  return [
    tensor('shared.weight', 'F32', 32128, 512),
    tensor('encoder.embed_tokens.weight', 'F32', 32128, 512),
    tensor('decoder.embed_tokens.weight', 'F32', 32128, 512),
    tensor('lm_head.weight', 'F32', 32128, 512),
    ...stack('encoder', ['SelfAttention']),
    ...stack('decoder', ['SelfAttention', 'EncDecAttention']),
  ];
}
