// The graphs that the onnxruntime-web engines run.
import type { OnnxGraph, OnnxNode } from './onnxGraph.ts';

/**
 * How X Yᵀ is written: `fused` as one FusedMatMul, `plain` as Transpose and MatMul, for providers that have no
 * FusedMatMul and would leave it to the CPU.
 */
export type ProductForm = 'fused' | 'plain';

/** The graphs of an engine. */
export interface Graphs {
  readonly trace: OnnxGraph;
  readonly whole: OnnxGraph;
  readonly pair: OnnxGraph;
  readonly moments: OnnxGraph;
}

export function createGraphs(form: ProductForm): Graphs {
  return {
    trace: traceGraph(form),
    whole: normGraph(form),
    pair: normPairGraph(form),
    moments: momentsGraph(form),
  };
}

/** Terms that are summed in float32 before the sums themselves are summed: longer runs lose digits. */
export const SUM_BLOCK = 64;

const BLOCKS = { byBlock: [-1, SUM_BLOCK], last: [1] };

/**
 * Returns the graph computes A, B, C of a batch of heads, and their sums. Inputs: q [G, R, dh, d] and k [G, 1, dh,
 * d]: G key heads (of one or several layers) and the R query heads that share each. Outputs: ab [G, R, dh, dh] =
 * A∘B, whose diagonal shows how much cancels in its sum, and cc [G, R, dh] = Σⱼ C∘Cᵀ; the rest is summed in float64.
 */
const traceGraph = (form: ProductForm): OnnxGraph => ({
  inputs: [
    { name: 'q', rank: 4 },
    { name: 'k', rank: 4 },
  ],
  outputs: [
    { name: 'ab', rank: 4 },
    { name: 'cc', rank: 3 },
  ],
  constants: { last: [3] },
  nodes: [
    ...timesTransposed(form, 'q', 'q', 'A'),
    ...timesTransposed(form, 'k', 'k', 'B'),
    ...timesTransposed(form, 'k', 'q', 'C'),
    { op: 'Mul', inputs: ['A', 'B'], outputs: ['ab'] },
    { op: 'Transpose', inputs: ['C'], outputs: ['Ct'], attributes: { perm: [0, 1, 3, 2] } },
    { op: 'Mul', inputs: ['C', 'Ct'], outputs: ['CC'] },
    { op: 'ReduceSum', inputs: ['CC', 'last'], outputs: ['cc'], attributes: { keepdims: 0 } },
  ],
});

/**
 * Returns the graph computes the products of two heads: inputs qg, qh, kg, kh [1, 1, dh, d], outputs [1, 1, dh, dh]
 * as in PairMoments.
 */
const momentsGraph = (form: ProductForm): OnnxGraph => ({
  inputs: ['qg', 'qh', 'kg', 'kh'].map((name) => ({ name, rank: 4 })),
  outputs: ['a', 'b', 'c', 'cBack'].map((name) => ({ name, rank: 4 })),
  constants: {},
  nodes: [
    ...timesTransposed(form, 'qg', 'qh', 'a'),
    ...timesTransposed(form, 'kg', 'kh', 'b'),
    ...timesTransposed(form, 'kg', 'qh', 'c'),
    ...timesTransposed(form, 'kh', 'qg', 'cBack'),
  ],
});

/**
 * Returns the graph computes M of one head, or a tile of M on its diagonal, formed whole: inputs q, k [dh, n] with n
 * a multiple of SUM_BLOCK. Outputs in blocks of SUM_BLOCK² elements: norm = Σ M², symmetric = Σ (M + Mᵀ)².
 */
const normGraph = (form: ProductForm): OnnxGraph => ({
  inputs: [
    { name: 'q', rank: 2 },
    { name: 'k', rank: 2 },
  ],
  outputs: [
    { name: 'norm', rank: 1 },
    { name: 'symmetric', rank: 1 },
  ],
  constants: BLOCKS,
  nodes: [
    ...transposedTimes(form, 'q', 'k', 'M'),
    { op: 'Transpose', inputs: ['M'], outputs: ['Mt'], attributes: { perm: [1, 0] } },
    { op: 'Add', inputs: ['M', 'Mt'], outputs: ['S'] },
    ...sumOfSquares('M', 'norm'),
    ...sumOfSquares('S', 'symmetric'),
  ],
});

/**
 * Returns the graph computes a pair of tiles of M that mirror each other: upper = M[I, J], lower = M[J, I]. Inputs
 * qi, ki [dh, a], qj, kj [dh, b]. Outputs in blocks of SUM_BLOCK² elements: norm of both tiles apart, symmetric = Σ
 * (upper + lowerᵀ)².
 */
const normPairGraph = (form: ProductForm): OnnxGraph => ({
  inputs: ['qi', 'ki', 'qj', 'kj'].map((name) => ({ name, rank: 2 })),
  outputs: ['normUpper', 'normLower', 'symmetric'].map((name) => ({ name, rank: 1 })),
  constants: BLOCKS,
  nodes: [
    ...transposedTimes(form, 'qi', 'kj', 'upper'),
    ...transposedTimes(form, 'qj', 'ki', 'lower'),
    { op: 'Transpose', inputs: ['lower'], outputs: ['mirrored'], attributes: { perm: [1, 0] } },
    { op: 'Add', inputs: ['upper', 'mirrored'], outputs: ['S'] },
    ...sumOfSquares('upper', 'normUpper'),
    ...sumOfSquares('lower', 'normLower'),
    ...sumOfSquares('S', 'symmetric'),
  ],
});

/** out = X Yᵀ over the last two of four dimensions. */
function timesTransposed(form: ProductForm, x: string, y: string, out: string): OnnxNode[] {
  if (form === 'fused') return [fusedMatMul(x, y, out, 'transB')];
  const turned = `${out}Right`;
  return [
    { op: 'Transpose', inputs: [y], outputs: [turned], attributes: { perm: [0, 1, 3, 2] } },
    { op: 'MatMul', inputs: [x, turned], outputs: [out] },
  ];
}

/** out = Xᵀ Y of two matrices. */
function transposedTimes(form: ProductForm, x: string, y: string, out: string): OnnxNode[] {
  if (form === 'fused') return [fusedMatMul(x, y, out, 'transA')];
  const turned = `${out}Left`;
  return [
    { op: 'Transpose', inputs: [x], outputs: [turned], attributes: { perm: [1, 0] } },
    { op: 'MatMul', inputs: [turned, y], outputs: [out] },
  ];
}

function fusedMatMul(x: string, y: string, out: string, turned: 'transA' | 'transB'): OnnxNode {
  return {
    op: 'FusedMatMul',
    domain: 'com.microsoft',
    inputs: [x, y],
    outputs: [out],
    attributes: { [turned]: 1 },
  };
}

/** Σ x² in two levels of SUM_BLOCK terms; what is left is summed in float64. */
function sumOfSquares(x: string, out: string): OnnxNode[] {
  return [
    { op: 'Reshape', inputs: [x, 'byBlock'], outputs: [`${out}Rows`] },
    { op: 'Mul', inputs: [`${out}Rows`, `${out}Rows`], outputs: [`${out}Squares`] },
    {
      op: 'ReduceSum',
      inputs: [`${out}Squares`, 'last'],
      outputs: [`${out}Blocks`],
      attributes: { keepdims: 0 },
    },
    { op: 'Reshape', inputs: [`${out}Blocks`, 'byBlock'], outputs: [`${out}BlockRows`] },
    { op: 'ReduceSum', inputs: [`${out}BlockRows`, 'last'], outputs: [out], attributes: { keepdims: 0 } },
  ];
}
