import type { ExpectedHead } from './generate.ts';
import type { RecordSplit } from './records.ts';
import type { Sizes } from './sizes.ts';

export interface Matrix {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
  readonly orientation: string;
}

type Tensors = ReadonlyMap<string, Matrix>;

/** Element of output feature `row` at input `column`, whichever way the tensor is stored. */
function element({ shape, values, orientation }: Matrix, row: number, column: number): number {
  if (orientation === 'out_in') return values[row * shape[1]! + column]!;
  // [in, out], and [in, heads, dh] read as [in, heads · dh].
  const width = shape.slice(1).reduce((a, b) => a * b, 1);
  return values[column * width + row]!;
}

/** The [d, dh] matrix of dh output features from `first` on. */
function head(matrix: Matrix, first: number, { d_in, dh }: Sizes): number[] {
  const out: number[] = [];
  for (let i = 0; i < d_in; i++) for (let c = 0; c < dh; c++) out.push(element(matrix, first + c, i));
  return out;
}

/**
 * Slices by the record's split in plain loops: nothing of it is taken from the code under test. Query head h meets key head
 * ⌊h·G/H⌋.
 */
export function sliceHeads(tensors: Tensors, split: RecordSplit, sizes: Sizes): ExpectedHead[] {
  const { H, G, dh } = sizes;
  const group = H / G;
  const key = (h: number) => Math.floor((h * G) / H);
  const fused = tensors.get('qkv');
  const [q, k] = [tensors.get('q') ?? fused!, tensors.get('k') ?? fused!];
  const at = (first: (h: number) => readonly [number, number]) =>
    Array.from({ length: H }, (_, h) => {
      const [fromQ, fromK] = first(h);
      return { q: head(q, fromQ, sizes), k: head(k, fromK, sizes) };
    });
  switch (split.type) {
    case 'separate':
    case 'head_tensor':
      return at((h) => [h * dh, key(h) * dh]);
    case 'separate_gated_q':
      return at((h) => [h * 2 * dh, key(h) * dh]);
    case 'fused_concat':
      return at((h) => [h * dh, H * dh + key(h) * dh]);
    case 'fused_per_head':
      return at((h) => [(h * 3 + 0) * dh, (h * 3 + 1) * dh]);
    case 'fused_per_group':
      return at((h) => [(key(h) * (group + 2) + (h % group)) * dh, (key(h) * (group + 2) + group) * dh]);
    case 'fused_mp_qvk': {
      // view [4, 3, H/4, dh], the second axis q, v, k
      const quarter = H / 4;
      const place = (h: number, slot: number) =>
        ((Math.floor(h / quarter) * 3 + slot) * quarter + (h % quarter)) * dh;
      return at((h) => [place(h, 0), place(h, 2)]);
    }
    default:
      throw new Error(`no slices for ${split.type}`);
  }
}

/** Wq_h = (q_b,h · diag(g_q) · q_a)ᵀ, or q's own rows; Wk_h = [kv_b,h[:nope] · diag(g_kv) · kv_a[:rank]; kv_a[rank:]]ᵀ. */
export function latentHeads(tensors: Tensors, sizes: Sizes): ExpectedHead[] {
  const { H, d_in, qk_nope, qk_rope, q_lora_rank, kv_lora_rank, v_head_dim } = sizes;
  const of = (role: string) => tensors.get(role)!;
  const dh = qk_nope + qk_rope;
  const chain = (b: Matrix, row: number, norm: Matrix, a: Matrix, rank: number, column: number) => {
    let sum = 0;
    for (let c = 0; c < rank; c++) sum += element(b, row, c) * norm.values[c]! * element(a, c, column);
    return sum;
  };
  return Array.from({ length: H }, (_, h) => {
    const [q, k]: [number[], number[]] = [[], []];
    for (let i = 0; i < d_in; i++) {
      for (let row = 0; row < dh; row++) {
        const direct = tensors.get('q_direct');
        q.push(
          direct === undefined
            ? chain(of('q_b'), h * dh + row, of('q_a_norm'), of('q_a'), q_lora_rank, i)
            : element(direct, h * dh + row, i),
        );
        k.push(
          row < qk_nope
            ? chain(
                of('kv_b'),
                h * (qk_nope + v_head_dim) + row,
                of('kv_a_norm'),
                of('kv_a'),
                kv_lora_rank,
                i,
              )
            : element(of('kv_a'), kv_lora_rank + row - qk_nope, i),
        );
      }
    }
    return { q, k };
  });
}
