// Plans the dispatches of a call within the GPU's limits.
import { QKError } from '../../errors.ts';
import type { KernelCall, LayerShape } from '../engine.ts';
import { rowVec4sOf, type SlabPlan, slabIndex } from './slabs.ts';

/** The forms of the trace kernel, and a head's threads of a workgroup of each, as in its file. */
export const TRACE_THREADS = { traceRegister: 32, traceShared: 64 } as const;
export type TraceForm = keyof typeof TRACE_THREADS;
/**
 * The size of traceShared.wgsl's workgroup memory: a row of Wk and one of each Wq must lie there together.
 */
const SHARED_VEC4S = 896;
/** Query heads that a workgroup of traceShared.wgsl takes at once for their key head. */
const QUERIES_PER_GROUP = { traceShared4: 4, traceShared2: 2 } as const;
/** TILE of norm.wgsl. */
const NORM_TILE = 32;

/** One dispatch of a kernel, over `heads` of a slab from position `first` on. */
export interface Dispatch<S extends SlabPlan = SlabPlan> {
  readonly kernel: 'norm' | TraceForm | keyof typeof QUERIES_PER_GROUP;
  readonly slab: S;
  readonly first: number;
  readonly heads: readonly { readonly layerIndex: number; readonly head: number }[];
  readonly grid: readonly [x: number, y: number];
  /** Neighbouring query heads that share a key head, and B. */
  readonly queriesPerKey: number;
  /** vec2s that each head leaves. */
  readonly partialsPerHead: number;
  readonly flops: number;
}

/**
 * Plans the dispatches of a call: one, except where a batch reaches over a layer that is larger than a binding (then
 * one for each of its slabs) or over several chunks.
 */
export function planDispatches<S extends SlabPlan>(
  call: KernelCall,
  slabs: readonly S[],
  layers: readonly LayerShape[],
  form: TraceForm,
): Dispatch<S>[] {
  const shape = layers[0];
  if (shape === undefined) return [];
  switch (call.kernel) {
    case 'norm':
    case 'trace': {
      const { kernel, layerIndex, head } = call;
      const slab = slabs.find(
        (candidate) => holds(candidate, layerIndex) && candidate.headFrom <= head && head < candidate.headTo,
      );
      if (slab === undefined) {
        throw new QKError(
          'internal',
          `Head ${head} of layer position ${layerIndex} was asked of the WebGPU engine.`,
        );
      }
      const first = slabIndex(slab, layerIndex, head);
      return [
        {
          slab,
          first,
          heads: [{ layerIndex, head }],
          ...(kernel === 'norm' ? norm(shape) : trace(form, shape, 1, 1)),
        },
      ];
    }
    case 'trace-heads':
      return batch(form, call.layerIndex, call.layerIndex + 1, slabs, shape);
    case 'trace-full':
      return batch(form, call.from, call.to, slabs, shape);
    default:
      return call satisfies never;
  }
}

/** Groups neighbours so that each group's work stays below `maxFlops`; a dispatch can't be divided. */
export function sliceByFlops<D extends { readonly flops: number }>(
  dispatches: readonly D[],
  maxFlops: number,
): D[][] {
  const slices: D[][] = [];
  let sum = Infinity;
  for (const dispatch of dispatches) {
    sum += dispatch.flops;
    if (sum > maxFlops) {
      slices.push([]);
      sum = dispatch.flops;
    }
    slices.at(-1)!.push(dispatch);
  }
  return slices;
}

function batch<S extends SlabPlan>(
  form: TraceForm,
  from: number,
  to: number,
  slabs: readonly S[],
  shape: LayerShape,
): Dispatch<S>[] {
  const dispatches = slabs.flatMap((slab) => {
    const heads = [];
    for (let layerIndex = Math.max(from, slab.from); layerIndex < Math.min(to, slab.to); layerIndex++) {
      for (let head = slab.headFrom; head < slab.headTo; head++) heads.push({ layerIndex, head });
    }
    const start = heads[0];
    if (start === undefined) return [];
    const first = slabIndex(slab, start.layerIndex, start.head);
    return [{ slab, first, heads, ...trace(form, shape, heads.length, sharing(slab, shape)) }];
  });
  if (dispatches.length > 0) return dispatches;
  throw new QKError('internal', `Layer positions [${from}, ${to}) were asked of the WebGPU engine.`);
}

/**
 * Returns the query heads that one group of threads takes for a key head: those that share it, if the slab holds them
 * all.
 */
function sharing({ headFrom, headTo }: SlabPlan, { heads, kvHeads }: LayerShape): number {
  const queriesPerKey = heads / kvHeads;
  const isWhole =
    Number.isInteger(queriesPerKey) &&
    headFrom % queriesPerKey === 0 &&
    (headTo - headFrom) % queriesPerKey === 0;
  return isWhole ? queriesPerKey : 1;
}

function trace(chosen: TraceForm, { dModel, dHead }: LayerShape, heads: number, queriesPerKey: number) {
  const n = rowVec4sOf(dHead);
  const fits = (together: number) => (1 + together) * n <= SHARED_VEC4S;
  const form = fits(1) ? chosen : 'traceRegister';
  const sharing = (Object.keys(QUERIES_PER_GROUP) as (keyof typeof QUERIES_PER_GROUP)[]).find(
    (kernel) => queriesPerKey % QUERIES_PER_GROUP[kernel] === 0 && fits(QUERIES_PER_GROUP[kernel]),
  );
  const groups = Math.ceil(((n + 1) * Math.ceil(n / 2)) / TRACE_THREADS[form]);
  // For each row and pair of 4-column blocks 48 multiply-adds, and 16 for B once per key head.
  const flops = (heads * 48 + (heads / queriesPerKey) * 16) * dModel * n * (n + 1);
  return {
    kernel: form === 'traceShared' ? (sharing ?? form) : form,
    grid: [groups, heads / queriesPerKey],
    queriesPerKey,
    // The sums' and the diagonal's.
    partialsPerHead: 2 * groups,
    flops,
  } as const;
}

function norm({ dModel, dHead }: LayerShape) {
  const tiles = Math.ceil(dModel / NORM_TILE);
  const [x, y] = [tiles + 1, Math.ceil(tiles / 2)];
  const flops = 2 * dModel * dModel * rowVec4sOf(dHead) * 4;
  return { kernel: 'norm', grid: [x, y], queriesPerKey: 1, partialsPerHead: x * y, flops } as const;
}

function holds({ from, to }: SlabPlan, layerIndex: number): boolean {
  return from <= layerIndex && layerIndex < to;
}
