import type { RecordSplit, RecordTower } from './records.ts';

/** What the shapes' formulas speak of. */
export interface Sizes {
  readonly d: number;
  readonly d_in: number;
  readonly H: number;
  readonly G: number;
  readonly dh: number;
  readonly qk_nope: number;
  readonly qk_rope: number;
  readonly q_lora_rank: number;
  readonly kv_lora_rank: number;
  readonly v_head_dim: number;
}

/** Small sizes that the record allows: grouped queries where it knows them, dh other than d / H where it has a key for it. */
export function sizesFor(tower: RecordTower, split: RecordSplit, kvHeads?: number): Sizes {
  const H = 4;
  // "3*d" leaves no room for grouped queries, nor for heads of another width.
  const isSquare = Object.values(tower.tensors).some(({ shape }) => shape.includes('3*d'));
  const hasOwnDim = (tower.config.head_dim?.keys.length ?? 0) > 0 && split.type !== 'mla' && !isSquare;
  const isGrouped = (tower.config.num_kv_heads?.keys.length ?? 0) > 0 && !isSquare;
  const isInterleaved = /fused_per_head|fused_mp_qvk|head_tensor|mla/.test(split.type);
  const dh = 6;
  const d = hasOwnDim ? 20 : H * dh;
  return {
    d,
    d_in: tower.input_dim ? 2 * d : d,
    H,
    G: isInterleaved ? H : (kvHeads ?? (isGrouped ? 2 : H)),
    dh,
    qk_nope: 6,
    qk_rope: 2,
    q_lora_rank: 9,
    kv_lora_rank: 7,
    v_head_dim: 5,
  };
}

/** "(H+2G)*dh": sums and products of names and numbers. */
export function evaluate(formula: string, sizes: Sizes): number {
  const tokens = formula.replace(/(\d)([A-Za-z])/g, '$1*$2').match(/[A-Za-z_]+|\d+|[()*+]/g) ?? [];
  let at = 0;
  const factor = (): number => {
    const token = tokens[at++]!;
    if (token !== '(') return /^\d+$/.test(token) ? Number(token) : sizeOf(token, sizes);
    const value = sum();
    at++;
    return value;
  };
  const product = (): number => {
    let value = factor();
    while (tokens[at] === '*') {
      at++;
      value *= factor();
    }
    return value;
  };
  const sum = (): number => {
    let value = product();
    while (tokens[at] === '+') {
      at++;
      value += product();
    }
    return value;
  };
  return sum();
}

function sizeOf(name: string, sizes: Sizes): number {
  const value = (sizes as unknown as Record<string, number>)[name];
  if (value === undefined) throw new Error(`a shape speaks of ${name}`);
  return value;
}
