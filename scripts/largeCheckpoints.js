// Large checkpoints for measurements, with the shapes of well-known models. Only the bytes of Q and K take disk.
import { closeSync, ftruncateSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a safetensors file whose other tensors are holes: only the bytes of Q and K take disk. */
function writeSparse(path, tensors) {
  let at = 0;
  const header = {};
  for (const tensor of tensors) {
    tensor.begin = at;
    at += tensor.shape.reduce((product, size) => product * size, 1) * (tensor.dtype === 'F32' ? 4 : 2);
    header[tensor.name] = { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [tensor.begin, at] };
  }
  const json = Buffer.from(JSON.stringify(header));
  const file = openSync(path, 'w');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeSync(file, length, 0, 8, 0);
  writeSync(file, json, 0, json.length, 8);
  ftruncateSync(file, 8 + json.length + at);
  for (const { begin, data } of tensors)
    if (data) writeSync(file, data, 0, data.length, 8 + json.length + begin);
  closeSync(file);
}

/** Exponent bits of 16-bit weights of ordinary size, and which random bits are let through: sign and fraction. */
const BITS = { F16: [0x2800, 0x83ff], BF16: [0x3c00, 0x80ff] };

/** Random bits of finite weights; another seed, others. */
function weights(count, dtype, seed = 1) {
  const data = dtype === 'F32' ? new Float32Array(count) : new Uint16Array(count);
  let state = seed;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[i] = dtype === 'F32' ? state / 2 ** 32 - 0.5 : BITS[dtype][0] | ((state >>> 16) & BITS[dtype][1]);
  }
  return Buffer.from(data.buffer);
}

/** BERT-large's shape, F32, in `folder`. */
export function bertLarge(folder) {
  const [d, q, k] = [1024, weights(1024 * 1024, 'F32'), weights(1024 * 1024, 'F32')];
  const tensors = [{ name: 'bert.embeddings.word_embeddings.weight', dtype: 'F32', shape: [30522, d] }];
  for (let n = 0; n < 24; n++) {
    const at = `bert.encoder.layer.${n}`;
    for (const [name, data] of [
      ['query', q],
      ['key', k],
      ['value', null],
    ])
      tensors.push({ name: `${at}.attention.self.${name}.weight`, dtype: 'F32', shape: [d, d], data });
    tensors.push({ name: `${at}.output.dense.weight`, dtype: 'F32', shape: [d, 8 * d] });
  }
  const path = join(folder, 'bert', 'model.safetensors');
  return {
    name: 'BERT-large, F32',
    layerBytes: 2 * q.length,
    layers: 24,
    files: write(folder, 'bert', { model_type: 'bert', num_attention_heads: 16 }, { [path]: tensors }),
  };
}

/** A small Llama with grouped queries, F32, 8.5 MB in one file: its q is read by the reading threads, its k is too short for them. */
export function smallLlama(folder) {
  const [d, q, k] = [512, weights(512 * 512, 'F32', 3), weights(64 * 512, 'F32', 5)];
  const tensors = [{ name: 'model.embed_tokens.weight', dtype: 'F32', shape: [448, d] }];
  for (let n = 0; n < 6; n++)
    for (const [name, rows, data] of [
      ['k', 64, k],
      ['q', 512, q],
      ['v', 64, null],
    ])
      tensors.push({
        ...{ name: `model.layers.${n}.self_attn.${name}_proj.weight`, dtype: 'F32', shape: [rows, d], data },
      });
  const config = { model_type: 'llama', num_attention_heads: 8, num_key_value_heads: 1 };
  const path = join(folder, 'small', 'model.safetensors');
  return {
    name: 'a small Llama, F32',
    layers: 6,
    files: write(folder, 'small', config, { [path]: tensors }),
  };
}

/** Llama-2-7b's shape, in two shards in `folder`. */
export function llama(folder, layers, dtype = 'F16') {
  const [d, q, k] = [4096, weights(4096 * 4096, dtype), weights(4096 * 4096, dtype)];
  const shards = [[], []];
  for (let n = 0; n < layers; n++) {
    const at = `model.layers.${n}`;
    const shard = shards[n < layers / 2 ? 0 : 1];
    for (const [name, data] of [
      ['k', k],
      ['q', q],
      ['v', null],
      ['o', null],
    ])
      shard.push({ name: `${at}.self_attn.${name}_proj.weight`, dtype, shape: [d, d], data });
    shard.push({ name: `${at}.mlp.weight`, dtype, shape: [33024, d] });
  }
  const name = (at) => `model-0000${at + 1}-of-00002.safetensors`;
  const paths = Object.fromEntries(shards.map((tensors, at) => [join(folder, 'llama', name(at)), tensors]));
  const files = write(folder, 'llama', { model_type: 'llama', num_attention_heads: 32 }, paths);
  const index = join(folder, 'llama', 'model.safetensors.index.json');
  writeFileSync(
    index,
    JSON.stringify({
      weight_map: Object.fromEntries(
        shards.flatMap((tensors, at) => tensors.map((tensor) => [tensor.name, name(at)])),
      ),
    }),
  );
  return {
    name: `Llama-2-7b, ${dtype}, ${layers} layers`,
    layerBytes: 2 * q.length,
    layers,
    files: [...files, index],
  };
}

/** As many heads as Llama-3.1-405B has, 126 × 128, each of them tiny: for what the page does with the map. */
export function manyHeads(folder) {
  const [layers, heads, d, dHead] = [126, 128, 128, 2];
  const tensors = [];
  for (let n = 0; n < layers; n++)
    for (const [at, name] of ['q', 'k'].entries())
      tensors.push({
        name: `model.layers.${n}.self_attn.${name}_proj.weight`,
        dtype: 'F32',
        shape: [heads * dHead, d],
        data: weights(heads * dHead * d, 'F32', 1 + 2 * n + at),
      });
  const path = join(folder, 'many', 'model.safetensors');
  const config = {
    model_type: 'llama',
    num_attention_heads: heads,
    num_key_value_heads: heads,
    hidden_size: d,
    head_dim: dHead,
    num_hidden_layers: layers,
  };
  return {
    name: '126 × 128 heads',
    layers,
    heads,
    files: write(folder, 'many', config, { [path]: tensors }),
  };
}

function write(folder, name, config, files) {
  mkdirSync(join(folder, name), { recursive: true });
  const path = join(folder, name, 'config.json');
  writeFileSync(path, JSON.stringify(config));
  for (const [file, tensors] of Object.entries(files)) writeSparse(file, tensors);
  return [path, ...Object.keys(files)];
}
