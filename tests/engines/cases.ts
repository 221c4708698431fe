import type { ScoredDtype } from '../../src/core/formats/dtype.ts';
import type { LayerWeights } from '../../src/core/weights/layerWeights.ts';
import { explicitRatio, type Oracle, traceRatio } from './expected.ts';
import { FAMILIES, type Family, gauss, type HeadPair, keyNearQuery, offset } from './families.ts';
import { type StorageLayout, store } from './store.ts';

export interface ConformanceCase {
  readonly name: string;
  /** Weights of performance size: minutes of work for slow engines. */
  readonly isLarge: boolean;
  /** Made when it is first asked for: the large ones take seconds. */
  make(): MadeCase;
}

export interface MadeCase {
  readonly layers: readonly LayerWeights[];
  /** By layer, then by head; undefined where M is zero or not finite. */
  readonly expected: readonly (number | undefined)[];
}

interface CaseOptions {
  readonly d: number;
  readonly dh: number;
  readonly heads?: number;
  readonly kvHeads?: number;
  readonly layers?: number;
  readonly dtype?: ScoredDtype;
  /** Of the keys, where it isn't the queries'. */
  readonly keyDtype?: ScoredDtype;
  readonly layout?: StorageLayout;
  readonly padding?: number;
  readonly family?: Family;
  /** Weights are multiplied by it. */
  readonly scale?: number | ((layer: number) => number);
  readonly keyScale?: number;
  readonly oracle?: Oracle;
  readonly isLarge?: boolean;
  /** Changes heads before they are stored. */
  readonly spoil?: (heads: { q: Float64Array[]; k: Float64Array[] }) => void;
}

const DTYPES: readonly ScoredDtype[] = ['F64', 'F32', 'F16', 'BF16'];
const LAYOUTS: readonly StorageLayout[] = ['linear', 'conv1d'];

export const CASES: readonly ConformanceCase[] = [
  ...DTYPES.flatMap((dtype) =>
    LAYOUTS.flatMap((layout) => [
      define(`${dtype} ${layout}`, { d: 48, dh: 12, heads: 3, layers: 2, dtype, layout }),
      define(`${dtype} ${layout}, at an odd byte`, { d: 33, dh: 7, heads: 2, dtype, layout, padding: 3 }),
    ]),
  ),
  define('F16 at byte 2', { d: 21, dh: 5, heads: 3, dtype: 'F16', padding: 2 }),
  define('F16 queries, BF16 keys', { d: 40, dh: 16, heads: 4, kvHeads: 2, dtype: 'F16', keyDtype: 'BF16' }),
  define('F32 queries, F64 keys', { d: 40, dh: 16, heads: 2, dtype: 'F32', keyDtype: 'F64' }),

  define('d 7, dh 1', { d: 7, dh: 1, heads: 2 }),
  define('d 1, dh 1', { d: 1, dh: 1 }),
  define('d 7, dh 3, three layers', { d: 7, dh: 3, heads: 5, layers: 3, family: keyNearQuery }),
  define('d 5, dh 12: wider than long', { d: 5, dh: 12, heads: 2 }),
  define('d 65, dh 20', { d: 65, dh: 20, heads: 2, family: offset }),
  define('d 130, dh 80', { d: 130, dh: 80, heads: 2 }),
  define('d 31, dh 576', { d: 31, dh: 576, heads: 1 }),
  define('d 257, dh 18', { d: 257, dh: 18, heads: 2, family: keyNearQuery }),
  define('grouped queries 8/2', { d: 36, dh: 10, heads: 8, kvHeads: 2, layers: 2, family: offset }),
  define('multi-query 6/1', { d: 36, dh: 9, heads: 6, kvHeads: 1 }),
  define('no divisor: 7/3', { d: 20, dh: 4, heads: 7, kvHeads: 3 }),

  ...[1e-12, 1e12, 1e-18, 1e18, 1e-30, 1e30].map((scale) =>
    define(`scale ${scale}`, { d: 40, dh: 12, heads: 2, dtype: 'F32', scale, family: keyNearQuery }),
  ),
  // In the reach of float32's squares, but not of their squares.
  ...[1e-9, 1e-6, 1e-4, 1e6, 2.5e10].map((scale) =>
    define(`scale ${scale}`, { d: 72, dh: 12, heads: 2, dtype: 'F32', scale, family: keyNearQuery }),
  ),
  ...[1e-10, 1e-12, 1e-15].map((scale) =>
    define(`scale ${scale} with one outlier each`, {
      d: 64,
      dh: 16,
      heads: 2,
      scale,
      spoil: ({ q, k }) => {
        set(q[1]!, 17, 2e-9);
        set(k[1]!, 5 * 16 + 9, 2e-9);
      },
    }),
  ),
  define('small from dimension 256 on', {
    d: 300,
    dh: 8,
    spoil: ({ q, k }) => {
      for (const of of [q[0]!, k[0]!]) for (let at = 256 * 8; at < of.length; at++) of[at]! *= 1e-10;
    },
  }),
  define('layers scaled by 1e-18, 1, 1e18', {
    d: 24,
    dh: 8,
    heads: 2,
    layers: 3,
    scale: (at) => 10 ** (18 * (at - 1)),
  }),
  define('float32 subnormals', { d: 40, dh: 12, heads: 2, dtype: 'F32', scale: 1e-37 }),
  define('all float32 subnormals', {
    d: 40,
    dh: 12,
    heads: 2,
    dtype: 'F32',
    scale: 1e-41,
    family: keyNearQuery,
  }),
  define('bfloat16 subnormals', { d: 40, dh: 12, heads: 2, dtype: 'BF16', scale: 1e-36 }),
  define('float16 subnormals', { d: 40, dh: 12, heads: 2, dtype: 'F16', scale: 1e-4 }),
  define('F64 beyond float32', { d: 40, dh: 12, heads: 2, dtype: 'F64', scale: 1e-60, keyScale: 1e120 }),
  define('keys 1e30 times the queries', {
    d: 40,
    dh: 12,
    heads: 2,
    dtype: 'F32',
    scale: 1e-14,
    keyScale: 1e30,
  }),

  define('zero key', { d: 24, dh: 8, heads: 3, spoil: ({ k }) => k[1]!.fill(0) }),
  define('zero query', { d: 24, dh: 8, heads: 3, layout: 'conv1d', spoil: ({ q }) => q[2]!.fill(0) }),
  ...DTYPES.flatMap((dtype) => [
    define(`NaN in a query, ${dtype}`, {
      d: 24,
      dh: 8,
      heads: 3,
      dtype,
      spoil: ({ q }) => set(q[1]!, 17, Number.NaN),
    }),
    define(`infinity in a key, ${dtype}`, {
      d: 24,
      dh: 8,
      heads: 3,
      dtype,
      spoil: ({ k }) => set(k[0]!, 5, -Infinity),
    }),
  ]),
  define('NaN in a shared key', {
    d: 24,
    dh: 8,
    heads: 4,
    kvHeads: 2,
    spoil: ({ k }) => set(k[1]!, 0, Number.NaN),
  }),
  define('Wq = Wk', {
    d: 24,
    dh: 8,
    heads: 2,
    spoil: ({ q, k }) => k.splice(0, 2, ...q.map((one) => one.slice())),
  }),
  define('orthogonal: M is skew', {
    d: 2,
    dh: 2,
    spoil: ({ q, k }) => {
      q[0]!.set([1, 0, 0, 1]);
      k[0]!.set([0, -1, 1, 0]);
    },
  }),

  ...Object.entries(FAMILIES).map(([name, family]) =>
    define(`d 4096, dh 128: ${name}`, {
      d: 4096,
      dh: 128,
      heads: 3,
      dtype: 'BF16',
      family,
      oracle: traceRatio,
      isLarge: true,
    }),
  ),
];

function set(matrix: Float64Array, at: number, value: number): void {
  matrix[at] = value;
}

function define(name: string, options: CaseOptions): ConformanceCase {
  let made: MadeCase | null = null;
  return {
    name,
    isLarge: options.isLarge ?? false,
    make() {
      made ??= make(name, options);
      return made;
    },
  };
}

function make(name: string, options: CaseOptions): MadeCase {
  const {
    d,
    dh,
    heads = 1,
    kvHeads = heads,
    layers = 1,
    dtype = 'F32',
    layout = 'linear',
    padding = 0,
  } = options;
  const { family = gauss, scale = 1, oracle = explicitRatio } = options;
  const expected: (number | undefined)[] = [];
  const made = Array.from({ length: layers }, (_, layer): LayerWeights => {
    const factor = typeof scale === 'number' ? scale : scale(layer);
    const seed = hash(name) + 1000 * layer;
    const pairs = Array.from({ length: heads }, (_, head): HeadPair => family(d, dh, seed + head));
    const unspoiled = {
      q: pairs.map(({ q }) => scaled(q, factor)),
      k: pairs.slice(0, kvHeads).map(({ k }) => scaled(k, factor * (options.keyScale ?? 1))),
    };
    options.spoil?.(unspoiled);
    const q = store(unspoiled.q, d, dh, dtype, layout, padding);
    const k = store(unspoiled.k, d, dh, options.keyDtype ?? dtype, layout, padding);
    for (let head = 0; head < heads; head++) {
      const key = Math.floor(head / (heads / kvHeads));
      expected.push(oracle(q.exact[head]!, k.exact[key]!, d, dh));
    }
    // Layers needn't be numbered from 0.
    return { stack: 'self', layer: layer + 2, dModel: d, dHead: dh, q: q.views, k: k.views };
  });
  return { layers: made, expected };
}

function scaled(x: Float64Array, factor: number): Float64Array {
  return factor === 1 ? x : x.map((value) => value * factor);
}

function hash(text: string): number {
  let h = 0;
  for (let i = 0; i < text.length; i++) h = (Math.imul(h, 31) + text.charCodeAt(i)) | 0;
  return h >>> 0;
}
