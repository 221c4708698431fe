import { ratiosOf } from '../adaptedModel.ts';
import { rowsOf } from '../explicitForm.ts';
import type { StackNames } from './families.ts';
import { type Model, type Truth, tensorOf } from './model.ts';
import { isPlain, valuesOf } from './tensorBytes.ts';

export interface HeadFeatures {
  /** Output features of each query head, key head and value head. */
  readonly q: readonly (readonly number[])[];
  readonly k: readonly (readonly number[])[];
  readonly v: readonly (readonly number[])[];
}

/** Which output features of a fused tensor each head has, by the source of the models that store them so. */
export function fusedFeatures(
  order: Extract<StackNames, { kind: 'fused' }>['order'],
  heads: number,
  kvHeads: number,
  dh: number,
): HeadFeatures {
  const block = (at: number) => Array.from({ length: dh }, (_, i) => at * dh + i);
  const blocks = (count: number, at: (index: number) => number) =>
    Array.from({ length: count }, (_, index) => block(at(index)));
  const group = heads / kvHeads;
  switch (order) {
    case 'concat':
      return {
        q: blocks(heads, (h) => h),
        k: blocks(kvHeads, (g) => heads + g),
        v: blocks(kvHeads, (g) => heads + kvHeads + g),
      };
    case 'per-head':
      return {
        q: blocks(heads, (h) => 3 * h),
        k: blocks(heads, (h) => 3 * h + 1),
        v: blocks(heads, (h) => 3 * h + 2),
      };
    case 'per-group':
      return {
        q: blocks(heads, (h) => Math.floor(h / group) * (group + 2) + (h % group)),
        k: blocks(kvHeads, (g) => g * (group + 2) + group),
        v: blocks(kvHeads, (g) => g * (group + 2) + group + 1),
      };
    default: {
      // CodeGen: four parts, each [q, v, k].
      const part = heads / 4;
      const slot = (offset: number) => (h: number) => (Math.floor(h / part) * 3 + offset) * part + (h % part);
      return { q: blocks(heads, slot(0)), k: blocks(heads, slot(2)), v: blocks(heads, slot(1)) };
    }
  }
}

/** Wq and Wk of a layer as nn.Linear has them: rows are output features, heads one after the other. */
export function layerRows(
  model: Model,
  names: StackNames,
  layer: number,
  { heads, kvHeads }: { readonly heads: number; readonly kvHeads: number },
): { readonly q: number[][]; readonly k: number[][] } {
  const rows = (ending: string) => {
    const tensor = tensorOf(model, ending, layer)!;
    const [first, second] = tensor.shape as [number, number];
    const matrix = rowsOf(valuesOf(tensor), second);
    const isTurned = names.kind === 'fused' && names.isTurned === true;
    return isTurned
      ? Array.from({ length: second }, (_, j) => Array.from({ length: first }, (_, i) => matrix[i]![j]!))
      : matrix;
  };
  if (names.kind === 'separate') return { q: rows(names.q), k: rows(names.k) };
  const all = rows(names.qkv);
  const { q, k } = fusedFeatures(names.order, heads, kvHeads, all.length / (heads + 2 * kvHeads));
  return { q: q.flat().map((at) => all[at]!), k: k.flat().map((at) => all[at]!) };
}

/** True where the weights are plain numbers that a test can compute with. */
export function hasPlainWeights(model: Model): boolean {
  return (
    model.tensors.every(isPlain) &&
    model.name !== 'llama-extreme-scale-f32' &&
    model.name !== 'bert-degenerate-f32'
  );
}

/** r of every head from M formed in float64, by the heads that are given. */
export function explicitTruth(
  model: Model,
  split?: { readonly heads: number; readonly kvHeads: number },
): Truth {
  return model.truth.map((stack) => {
    const { heads, kvHeads } = split ?? stack;
    const names = model.family.stacks[stack.name]!;
    return {
      ...stack,
      heads,
      kvHeads,
      layers: stack.layers.map(({ index }) => {
        const { q, k } = layerRows(model, names, index, { heads, kvHeads });
        return { index, r: ratiosOf(q, k, heads, kvHeads) };
      }),
    };
  });
}
