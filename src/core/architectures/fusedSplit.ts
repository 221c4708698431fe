import type { HeadSplit, SplitOption } from './headSplit.ts';

/**
 * The ways in which a tensor that holds q, k and v divides its output features. From transformers' modelling files
 * (reshape, then split or index), with G key heads and R = H / G:
 * - concat: [Q: H·dh][K: G·dh][V: G·dh] (GPT-2, MPT, Phi-3, Falcon-7B, every GGUF attn_qkv)
 * - per-head: [H, 3, dh], each head its q, k, v (GPT-NeoX, BLOOM, DeBERTa)
 * - per-group: [G, R + 2, dh], each group its R queries, its k, its v (Falcon-40B, InternLM2)
 * - mp-qvk: [4, 3, H/4, dh] in the order q, v, k (CodeGen, whose training ran on four TPU cores)
 */
export type FusedSplit = 'concat' | 'per-head' | 'per-group' | 'mp-qvk';

export const FUSED_SPLITS: readonly FusedSplit[] = ['concat', 'per-head', 'per-group', 'mp-qvk'];

/** CodeGen's mp_num, which is the same for every size. */
const CODEGEN_PARTS = 4;

/** The places of heads among a tensor's output features. */
export interface HeadFeatures {
  /** The first feature of each query head and of each key head; dh features belong to each. */
  readonly q: readonly number[];
  readonly k: readonly number[];
  /** The number of all features. */
  readonly total: number;
}

/** Computes where each head's q and k begin in a fused tensor. */
export function fusedFeatures(split: FusedSplit, { heads, kvHeads }: HeadSplit, dHead: number): HeadFeatures {
  const total = (heads + 2 * kvHeads) * dHead;
  const at = (count: number, slot: (index: number) => number) =>
    Array.from({ length: count }, (_, index) => slot(index) * dHead);
  const group = heads / kvHeads;
  const part = heads / CODEGEN_PARTS;
  switch (split) {
    case 'concat':
      return { q: at(heads, (h) => h), k: at(kvHeads, (g) => heads + g), total };
    case 'per-head':
      return { q: at(heads, (h) => 3 * h), k: at(heads, (h) => 3 * h + 1), total };
    case 'per-group':
      return {
        q: at(heads, (h) => Math.floor(h / group) * (group + 2) + (h % group)),
        k: at(kvHeads, (g) => g * (group + 2) + group),
        total,
      };
    case 'mp-qvk':
      return {
        q: at(heads, (h) => Math.floor(h / part) * 3 * part + (h % part)),
        k: at(heads, (h) => Math.floor(h / part) * 3 * part + 2 * part + (h % part)),
        total,
      };
    default:
      return split satisfies never;
  }
}

/**
 * Tells whether the split can hold these heads: interleaved heads have no grouped queries, and CodeGen's four parts are
 * equal.
 */
export function splitAllows(split: FusedSplit, { heads, kvHeads }: HeadSplit): boolean {
  if (heads % kvHeads !== 0) return false;
  if (split === 'per-head') return kvHeads === heads;
  return split !== 'mp-qvk' || (kvHeads === heads && heads % CODEGEN_PARTS === 0);
}

/** Computes where heads begin in a separate tensor: one after the other, or each followed by its gate. */
export function separateFeatures(heads: number, dHead: number, gated = false): number[] {
  return Array.from({ length: heads }, (_, head) => head * dHead * (gated ? 2 : 1));
}

/** A longer list to choose from would be of no use. */
const MAX_SHARINGS = 200;

/**
 * Lists all ways to divide features among H query, G key and G value heads of dh, first those whose queries are as wide
 * as the model.
 */
export function fusedSharings(
  features: number,
  inputs: number,
  allows: (split: HeadSplit) => boolean,
): SplitOption[] {
  const found: SplitOption[] = [];
  for (let dHead = Math.floor(features / 3); dHead >= 2; dHead--) {
    if (features % dHead !== 0) continue;
    const count = features / dHead;
    for (let kvHeads = 1; 3 * kvHeads <= count; kvHeads++) {
      const split = { heads: count - 2 * kvHeads, kvHeads };
      if (split.heads % kvHeads === 0 && allows(split)) found.push({ ...split, dHead });
    }
  }
  const isWide = ({ heads, dHead }: SplitOption) => heads * dHead === inputs;
  return [...found.filter(isWide), ...found.filter((split) => !isWide(split))].slice(0, MAX_SHARINGS);
}
