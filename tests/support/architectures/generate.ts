import { gaussian } from '../random.ts';
import type { RecordSplit, RecordTower } from './records.ts';
import { evaluate, type Sizes } from './sizes.ts';
import { latentHeads, type Matrix, sliceHeads } from './slices.ts';

/** Wq and Wk of one head, each [d, dh], as the record says that they lie in the tensors. */
export interface ExpectedHead {
  readonly q: readonly number[];
  readonly k: readonly number[];
}

export interface ExpectedLayer {
  readonly d: number;
  readonly dh: number;
  readonly kvHeads: number;
  /** One per query head, its own key head's k beside it. */
  readonly heads: readonly ExpectedHead[];
}

export interface GeneratedTower {
  readonly layers: readonly ExpectedLayer[];
  readonly tensors: readonly Matrix[];
}

export interface TowerPlan {
  readonly tower: RecordTower;
  readonly split: RecordSplit;
  readonly sizes: Sizes;
  readonly prefix: string;
  /** In place of the record's own names (transformers 5). */
  readonly names?: Readonly<Record<string, string>>;
  /** Latent attention whose queries aren't compressed (DeepSeek-V2-Lite). */
  readonly direct?: boolean;
  readonly seed: number;
}

/** Two layers of a tower, or one in each of two stages: the record's true names and shapes, made-up weights. */
export function generateTower(plan: TowerPlan): GeneratedTower {
  const isStaged = plan.tower.tensors.q?.key.includes('{stage}') ?? false;
  const blocks = [0, 1].map((index) => {
    const sizes = isStaged && index === 0 ? { ...plan.sizes, H: 2, G: 2, d: 12, d_in: 12 } : plan.sizes;
    const numbers = isStaged ? { stage: index, layer: 0 } : { layer: index, group: index, inner: 0 };
    return generateBlock({ ...plan, sizes, seed: plan.seed + 1000 * index }, numbers);
  });
  return { layers: blocks.map(({ layer }) => layer), tensors: blocks.flatMap(({ tensors }) => tensors) };
}

function generateBlock(plan: TowerPlan, numbers: Readonly<Record<string, number>>) {
  const { tower, split, sizes, prefix, names = {}, direct = false } = plan;
  const left = direct ? /^q_(a|a_norm|b)$/ : /^q_direct$/;
  const random = gaussian(plan.seed);
  const tensors = new Map<string, Matrix>();
  for (const [role, { key, shape, orientation = 'out_in' }] of Object.entries(tower.tensors)) {
    if (left.test(role)) continue;
    const name =
      prefix + (names[role] ?? key).replace(/\{(\w+)\}/g, (_, slot: string) => String(numbers[slot]));
    // GPT-BigCode's and MPT's formulas are two in one; the key heads say which.
    const dims = shape.map((formula) =>
      /multi_query|GQA/.test(formula) ? (sizes.H + 2 * sizes.G) * sizes.dh : evaluate(formula, sizes),
    );
    const values = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, random);
    tensors.set(role, { name, shape: dims, values, orientation });
  }
  leanOn(tensors);
  const heads = split.type === 'mla' ? latentHeads(tensors, sizes) : sliceHeads(tensors, split, sizes);
  const { d_in, G } = sizes;
  const layer: ExpectedLayer = {
    d: d_in,
    dh: split.type === 'mla' ? sizes.qk_nope + sizes.qk_rope : sizes.dh,
    kvHeads: split.type === 'mla' ? sizes.H : G,
    heads,
  };
  return { layer, tensors: [...tensors.values()] };
}

/** Keys that lean on the queries make r differ from head to head; equal shapes are all that it takes. */
function leanOn(tensors: ReadonlyMap<string, Matrix>): void {
  const [q, k] = [tensors.get('q'), tensors.get('k')];
  if (q === undefined || k === undefined) return;
  for (let at = 0; at < Math.min(q.values.length, k.values.length); at++)
    k.values[at] = k.values[at]! + 0.7 * Math.sin(at / 37) * q.values[at]!;
}
