import { fileOf, type LazyFile, type LazyTensor, lazySafetensors } from './lazyFile.ts';

export interface Shape {
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads?: number;
  readonly d: number;
  readonly dh: number;
  readonly vocabulary: number;
  /** Width of the feed-forward layer, 4 d unless told. */
  readonly ffn?: number;
  readonly dtype?: 'F32' | 'F16';
  /** How much of Wq there is in Wk, 0 … 1; a half unless told. */
  readonly mix?: number;
}

/** Element of a made-up matrix: a hash of its place, in ±0.05. */
export function noise(seed: number, index: number): number {
  let x = Math.imul(index + 0x9e3779b9, 0x85ebca6b) ^ Math.imul(seed + 1, 0xc2b2ae35);
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  x = Math.imul(x ^ (x >>> 12), 0x297a2d39);
  return ((x >>> 8) / 2 ** 24 - 0.5) / 10;
}

/** Wq and Wk have something in common, so that r isn't ½ everywhere. */
const query = (layer: number) => (index: number) => noise(2 * layer, index);
const key =
  (layer: number, mix = 0.5) =>
  (index: number) =>
    mix * noise(2 * layer, index) + (1 - mix) * noise(2 * layer + 1, index);
const other = (index: number) => noise(999, index);

type Files = Record<string, LazyFile>;
const json = (value: unknown) => fileOf(JSON.stringify(value, null, 2));

/** BERT: separate nn.Linear query and key, with biases and all the other tensors of a BertForPreTraining. */
export function bertFiles({ layers, heads, d, vocabulary, dtype = 'F32' }: Shape): Files {
  const tensor = tensorMaker(dtype);
  const tensors = [
    tensor('bert.embeddings.word_embeddings.weight', [vocabulary, d], other),
    tensor('bert.embeddings.position_embeddings.weight', [512, d], other),
    tensor('bert.embeddings.token_type_embeddings.weight', [2, d], other),
    tensor('bert.embeddings.LayerNorm.gamma', [d], other),
    tensor('bert.embeddings.LayerNorm.beta', [d], other),
    tensor('bert.pooler.dense.weight', [d, d], other),
    tensor('bert.pooler.dense.bias', [d], other),
    tensor('cls.predictions.bias', [vocabulary], other),
    tensor('cls.predictions.transform.dense.weight', [d, d], other),
    tensor('cls.predictions.transform.dense.bias', [d], other),
    tensor('cls.predictions.transform.LayerNorm.gamma', [d], other),
    tensor('cls.predictions.transform.LayerNorm.beta', [d], other),
    tensor('cls.seq_relationship.weight', [2, d], other),
    tensor('cls.seq_relationship.bias', [2], other),
  ];
  for (let n = 0; n < layers; n++) {
    const at = `bert.encoder.layer.${n}`;
    for (const [name, value] of [
      ['query', query(n)],
      ['key', key(n)],
      ['value', other],
    ] as const) {
      tensors.push(
        tensor(`${at}.attention.self.${name}.weight`, [d, d], value),
        tensor(`${at}.attention.self.${name}.bias`, [d], other),
      );
    }
    tensors.push(
      tensor(`${at}.attention.output.dense.weight`, [d, d], other),
      tensor(`${at}.attention.output.dense.bias`, [d], other),
      tensor(`${at}.attention.output.LayerNorm.gamma`, [d], other),
      tensor(`${at}.attention.output.LayerNorm.beta`, [d], other),
      tensor(`${at}.intermediate.dense.weight`, [4 * d, d], other),
      tensor(`${at}.intermediate.dense.bias`, [4 * d], other),
      tensor(`${at}.output.dense.weight`, [d, 4 * d], other),
      tensor(`${at}.output.dense.bias`, [d], other),
      tensor(`${at}.output.LayerNorm.gamma`, [d], other),
      tensor(`${at}.output.LayerNorm.beta`, [d], other),
    );
  }
  const config = {
    model_type: 'bert',
    hidden_size: d,
    num_hidden_layers: layers,
    num_attention_heads: heads,
  };
  return { 'config.json': json(config), 'model.safetensors': lazySafetensors(tensors) };
}

/** GPT-2: one Conv1D [d, 3d] a layer; the causal masks are tensors too. */
export function gpt2Files({ layers, heads, d, vocabulary, dtype = 'F32' }: Shape): Files {
  const tensor = tensorMaker(dtype);
  const tensors = [
    tensor('wte.weight', [vocabulary, d], other),
    tensor('wpe.weight', [1024, d], other),
    ...normOf(tensor, 'ln_f', d),
  ];
  for (let n = 0; n < layers; n++) {
    const fused = (index: number) => {
      const [row, column] = [Math.floor(index / (3 * d)), index % (3 * d)];
      const part = [query(n), key(n), other][Math.floor(column / d)]!;
      // The same feature of q and k shares its noise.
      return part(row * d + (column % d));
    };
    tensors.push(
      tensor(`h.${n}.attn.c_attn.weight`, [d, 3 * d], fused),
      tensor(`h.${n}.attn.c_attn.bias`, [3 * d], other),
      tensor(`h.${n}.attn.bias`, [1, 1, 1024, 1024], other),
      tensor(`h.${n}.attn.c_proj.weight`, [d, d], other),
      tensor(`h.${n}.attn.c_proj.bias`, [d], other),
      tensor(`h.${n}.mlp.c_fc.weight`, [d, 4 * d], other),
      tensor(`h.${n}.mlp.c_fc.bias`, [4 * d], other),
      tensor(`h.${n}.mlp.c_proj.weight`, [4 * d, d], other),
      tensor(`h.${n}.mlp.c_proj.bias`, [d], other),
      ...normOf(tensor, `h.${n}.ln_1`, d),
      ...normOf(tensor, `h.${n}.ln_2`, d),
    );
  }
  return {
    'config.json': json({ model_type: 'gpt2', n_embd: d, n_layer: layers, n_head: heads }),
    'model.safetensors': lazySafetensors(tensors),
  };
}

/** GPT-Neo: separate nn.Linear without bias; masks as bytes. */
export function gptNeoFiles({ layers, heads, d, vocabulary, dtype = 'F32' }: Shape): Files {
  const tensor = tensorMaker(dtype);
  const tensors = [
    tensor('transformer.wte.weight', [vocabulary, d], other),
    tensor('transformer.wpe.weight', [2048, d], other),
    ...normOf(tensor, 'transformer.ln_f', d),
  ];
  for (let n = 0; n < layers; n++) {
    const block = `transformer.h.${n}`;
    const at = `${block}.attn.attention`;
    tensors.push(
      { name: `${at}.bias`, dtype: 'BOOL', shape: [1, 1, 2048, 2048], value: other },
      tensor(`${at}.masked_bias`, [], other),
      tensor(`${at}.out_proj.bias`, [d], other),
      tensor(`${block}.mlp.c_fc.weight`, [4 * d, d], other),
      tensor(`${block}.mlp.c_fc.bias`, [4 * d], other),
      tensor(`${block}.mlp.c_proj.weight`, [d, 4 * d], other),
      tensor(`${block}.mlp.c_proj.bias`, [d], other),
      ...normOf(tensor, `${block}.ln_1`, d),
      ...normOf(tensor, `${block}.ln_2`, d),
    );
    for (const [name, value] of [
      ['q_proj', query(n)],
      ['k_proj', key(n)],
      ['v_proj', other],
      ['out_proj', other],
    ] as const)
      tensors.push(tensor(`${at}.${name}.weight`, [d, d], value));
  }
  return {
    'config.json': json({ model_type: 'gpt_neo', hidden_size: d, num_layers: layers, num_heads: heads }),
    'model.safetensors': lazySafetensors(tensors),
  };
}

/** Llama: grouped queries, in shards with an index. */
export function llamaFiles(
  { layers, heads, kvHeads = heads, d, dh, vocabulary, ffn = 4 * d, dtype = 'F16', mix }: Shape,
  shards: number,
): Files {
  const tensor = tensorMaker(dtype);
  const parts: LazyTensor[][] = Array.from({ length: shards }, () => []);
  parts[0]!.push(tensor('model.embed_tokens.weight', [vocabulary, d], other));
  parts
    .at(-1)!
    .push(tensor('model.norm.weight', [d], other), tensor('lm_head.weight', [vocabulary, d], other));
  for (let n = 0; n < layers; n++) {
    const part = parts[Math.floor((n * shards) / layers)]!;
    const at = `model.layers.${n}`;
    part.push(
      tensor(`${at}.self_attn.q_proj.weight`, [heads * dh, d], query(n)),
      tensor(`${at}.self_attn.k_proj.weight`, [kvHeads * dh, d], key(n, mix)),
      tensor(`${at}.self_attn.v_proj.weight`, [kvHeads * dh, d], other),
      tensor(`${at}.self_attn.o_proj.weight`, [d, heads * dh], other),
      { name: `${at}.self_attn.rotary_emb.inv_freq`, dtype: 'F32', shape: [dh / 2], value: other },
      tensor(`${at}.mlp.gate_proj.weight`, [ffn, d], other),
      tensor(`${at}.mlp.up_proj.weight`, [ffn, d], other),
      tensor(`${at}.mlp.down_proj.weight`, [d, ffn], other),
      tensor(`${at}.input_layernorm.weight`, [d], other),
      tensor(`${at}.post_attention_layernorm.weight`, [d], other),
    );
  }
  const name = (at: number) =>
    `model-${String(at + 1).padStart(5, '0')}-of-${String(shards).padStart(5, '0')}.safetensors`;
  const files: Files = {
    'config.json': json({
      model_type: 'llama',
      hidden_size: d,
      num_hidden_layers: layers,
      num_attention_heads: heads,
      num_key_value_heads: kvHeads,
      head_dim: dh,
    }),
    'model.safetensors.index.json': json({
      metadata: {},
      weight_map: Object.fromEntries(
        parts.flatMap((part, at) => part.map((entry) => [entry.name, name(at)])),
      ),
    }),
  };
  parts.forEach((part, at) => {
    files[name(at)] = lazySafetensors(part);
  });
  return files;
}

/** A head's Wq and Wk as float64 [d, dh], for expected values: by the formulas above, not by reading files. */
export function headOf(
  { d, dh, mix }: { d: number; dh: number; mix?: number },
  layer: number,
  head: number,
  layout: 'linear' | 'conv1d' = 'linear',
): { q: number[]; k: number[] } {
  const at = (i: number, j: number) =>
    layout === 'linear' ? (head * dh + j) * d + i : i * d + head * dh + j;
  const matrix = (value: (index: number) => number) =>
    Array.from({ length: d * dh }, (_, n) => Math.fround(value(at(Math.floor(n / dh), n % dh))));
  return { q: matrix(query(layer)), k: matrix(key(layer, mix)) };
}

function normOf(tensor: ReturnType<typeof tensorMaker>, name: string, d: number): LazyTensor[] {
  return [tensor(`${name}.weight`, [d], other), tensor(`${name}.bias`, [d], other)];
}

function tensorMaker(dtype: 'F32' | 'F16') {
  return (name: string, shape: readonly number[], value: (index: number) => number): LazyTensor => ({
    name,
    dtype,
    shape,
    value,
  });
}
