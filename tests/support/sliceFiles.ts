import type { LocalFile } from '../../src/core/repos/repo.ts';
import { explicitRatios } from './explicitLlama.ts';
import { gaussian } from './random.ts';
import { f32, safetensorsBytes } from './safetensorsBytes.ts';
import { pickleOf, torchArchive } from './torchBytes.ts';

/** Heads of width 4 over d = heads · 4, two layers. */
const HEAD_DIM = 4;
const LAYERS = 2;

export interface MadeMatrix {
  readonly name: string;
  readonly shape: readonly [number, number];
  readonly values: readonly number[];
}

export interface MadeLlama {
  readonly tensors: readonly MadeMatrix[];
  readonly heads: number;
  readonly kvHeads: number;
  /** r of each head of each layer, from M written out in float64. */
  readonly ratios: readonly (readonly number[])[];
}

/** Names of a layer's Wq, Wk and Wo: Meta's, or the transformers library's. */
export const META = {
  q: 'attention.wq',
  k: 'attention.wk',
  o: 'attention.wo',
  norm: 'attention_norm',
  prefix: '',
};
export const LIBRARY = {
  q: 'self_attn.q_proj',
  k: 'self_attn.k_proj',
  o: 'self_attn.o_proj',
  norm: 'input_layernorm',
  prefix: 'model.',
};

/** A model of random weights that float32 holds, and its true scores. */
export function madeLlama(seed: number, heads: number, kvHeads: number, names = LIBRARY): MadeLlama {
  const random = gaussian(seed);
  const width = heads * HEAD_DIM;
  const matrix = (name: string, rows: number, cols: number): MadeMatrix => ({
    name,
    shape: [rows, cols],
    values: Array.from({ length: rows * cols }, () => Math.fround(random())),
  });
  const tensors: MadeMatrix[] = [];
  const ratios: number[][] = [];
  for (let layer = 0; layer < LAYERS; layer++) {
    const of = (role: string) => `${names.prefix}layers.${layer}.${role}.weight`;
    const q = matrix(of(names.q), width, width);
    const k = matrix(of(names.k), kvHeads * HEAD_DIM, width);
    tensors.push(q, k, matrix(of(names.o), width, width), matrix(of(names.norm), 1, width));
    const read = ({ shape, values }: MadeMatrix) => ({
      shape: [...shape],
      values: [...values],
    });
    ratios.push(explicitRatios(read(q), read(k), { heads, kvHeads }));
  }
  return { tensors, heads, kvHeads, ratios };
}

/**
 * What each of `count` devices holds: rows of Wq, rows of Wk (where there are fewer key heads than devices, neighbours hold the same),
 * columns of Wo, and the whole norm.
 */
export function slicesOf({ tensors, kvHeads }: MadeLlama, count: number): MadeMatrix[][] {
  return Array.from({ length: count }, (_, rank) =>
    tensors.map(({ name, shape: [rows, cols], values }): MadeMatrix => {
      if (/norm/.test(name)) return { name, shape: [rows, cols], values };
      if (/wo|o_proj/.test(name)) {
        const part = cols / count;
        const kept = values.filter((__, at) => Math.floor((at % cols) / part) === rank);
        return { name, shape: [rows, part], values: kept };
      }
      const isCopied = /wk|k_proj/.test(name) && kvHeads < count;
      const parts = isCopied ? kvHeads : count;
      const at = isCopied ? Math.floor((rank * kvHeads) / count) : rank;
      const part = rows / parts;
      return { name, shape: [part, cols], values: values.slice(at * part * cols, (at + 1) * part * cols) };
    }),
  );
}

/** As safetensors. Norms have one dimension. */
export function safetensorsOf(path: string, tensors: readonly MadeMatrix[]): LocalFile {
  const bytes = safetensorsBytes(
    tensors.map(({ name, shape, values }) => ({
      name,
      dtype: 'F32',
      shape: trimmed(shape),
      data: f32(values),
    })),
  );
  return { path, blob: new Blob([bytes as BlobPart]) };
}

/** As torch.save writes them. */
export function torchOf(path: string, tensors: readonly MadeMatrix[]): LocalFile {
  const specs = tensors.map(({ name, shape }, at) => ({ name, key: String(at), shape: trimmed(shape) }));
  const counts = Object.fromEntries(tensors.map(({ values }, at) => [String(at), values.length]));
  const data = Object.fromEntries(tensors.map(({ values }, at) => [String(at), new Float32Array(values)]));
  return { path, blob: new Blob([torchArchive(pickleOf(specs, counts), data) as BlobPart]) };
}

export function jsonFile(path: string, value: unknown): LocalFile {
  return { path, blob: new Blob([typeof value === 'string' ? value : JSON.stringify(value)]) };
}

/** config.json as the library writes it. */
export function configOf({ heads, kvHeads }: MadeLlama): Record<string, unknown> {
  return {
    model_type: 'llama',
    hidden_size: heads * HEAD_DIM,
    num_attention_heads: heads,
    num_key_value_heads: kvHeads,
    num_hidden_layers: LAYERS,
  };
}

/** params.json as Meta writes it. */
export function paramsOf({ heads, kvHeads }: MadeLlama): Record<string, unknown> {
  return { dim: heads * HEAD_DIM, n_heads: heads, n_kv_heads: kvHeads, n_layers: LAYERS, vocab_size: 20 };
}

function trimmed([rows, cols]: readonly [number, number]): readonly number[] {
  return rows === 1 ? [cols] : [rows, cols];
}
