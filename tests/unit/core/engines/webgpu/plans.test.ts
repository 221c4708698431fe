import { describe, expect, test } from 'vitest';
import { stripsOf } from '../../../../../src/core/engines/byteSpans.ts';
import type { KernelCall } from '../../../../../src/core/engines/engine.ts';
import { planDispatches, sliceByFlops } from '../../../../../src/core/engines/webgpu/dispatches.ts';
import { exponentOfBits, isFiniteMagnitude } from '../../../../../src/core/engines/webgpu/magnitude.ts';
import { matrixBytes, planSlabs, slabTable } from '../../../../../src/core/engines/webgpu/slabs.ts';
import { planWindows } from '../../../../../src/core/engines/webgpu/windows.ts';
import type { MatrixView } from '../../../../../src/core/weights/matrixView.ts';

const layersOf = (count: number, shape: { heads: number; kvHeads: number; dModel: number; dHead: number }) =>
  Array.from({ length: count }, (_, layer) => ({ layer, ...shape }));

describe('slabs', () => {
  const small = { heads: 4, kvHeads: 2, dModel: 8, dHead: 3 };

  test('pad rows to whole vec4s', () => {
    expect(matrixBytes({ layer: 0, ...small })).toBe(8 * 4 * 4);
  });

  test('hold as many layers as fit', () => {
    expect(planSlabs(layersOf(5, small), 2 * 4 * 128).chunks).toEqual([
      [0, 2],
      [2, 4],
      [4, 5],
    ]);
    expect(planSlabs(layersOf(5, small)).chunks).toEqual([[0, 5]]);
  });

  test('divide a layer that is larger than a binding, with a cut group’s key head in both parts', () => {
    const { slabs, chunks } = planSlabs(layersOf(1, small), 3 * 128);
    expect(chunks).toEqual([[0, 1]]);
    expect(slabs).toEqual([
      { from: 0, to: 1, headFrom: 0, headTo: 3, kvFrom: 0, kvTo: 2 },
      { from: 0, to: 1, headFrom: 3, headTo: 4, kvFrom: 1, kvTo: 2 },
    ]);
  });

  test('divide 128 heads of [16384, 128] into 16 at a time', () => {
    const { slabs, chunks } = planSlabs(layersOf(2, { heads: 128, kvHeads: 8, dModel: 16384, dHead: 128 }));
    expect(chunks).toHaveLength(2);
    expect(slabs).toHaveLength(16);
  });

  test('pair neighbours with one key head', () => {
    const { slabs } = planSlabs(layersOf(2, small));
    // In vec4s: one matrix is 8.
    expect([...slabTable(slabs[0]!, { layer: 0, ...small })]).toEqual([
      0, 0, 8, 0, 16, 8, 24, 8, 32, 16, 40, 16, 48, 24, 56, 24,
    ]);
  });
});

describe('dispatches', () => {
  const layers = layersOf(3, { heads: 2, kvHeads: 2, dModel: 100, dHead: 10 });
  const { slabs } = planSlabs(layers, 2 * 2 * 100 * 48);
  const plan = (call: KernelCall) => planDispatches(call, slabs, layers, 'traceRegister');

  test('are one for a head, a layer or a chunk', () => {
    expect(plan({ kernel: 'trace', layerIndex: 1, head: 1 })).toMatchObject([
      { first: 3, grid: [1, 1], partialsPerHead: 2 },
    ]);
    expect(plan({ kernel: 'trace-heads', layerIndex: 2 })).toMatchObject([{ first: 0, grid: [1, 2] }]);
    expect(plan({ kernel: 'trace-full', from: 0, to: 2 })).toMatchObject([{ first: 0, grid: [1, 4] }]);
    // 100 rows are 4 tiles: 10 pairs, as 5 × 2.
    expect(plan({ kernel: 'norm', layerIndex: 0, head: 1 })).toMatchObject([
      { first: 1, grid: [5, 2], partialsPerHead: 10 },
    ]);
  });

  test('fail for a missing layer', () => {
    expect(() => plan({ kernel: 'trace-heads', layerIndex: 3 })).toThrow(/position/);
    expect(() => plan({ kernel: 'norm', layerIndex: 0, head: 2 })).toThrow(/Head 2/);
  });

  test('take query heads of one key head together, unless a slab cuts their group', () => {
    const grouped = layersOf(1, { heads: 8, kvHeads: 2, dModel: 8, dHead: 4 });
    const batch = (matrices: number) =>
      planDispatches(
        { kernel: 'trace-heads', layerIndex: 0 },
        planSlabs(grouped, matrices * 128).slabs,
        grouped,
        'traceRegister',
      ).map(({ queriesPerKey, grid, heads }) => ({ queriesPerKey, groups: grid[1], heads: heads.length }));
    expect(batch(8)).toEqual([{ queriesPerKey: 4, groups: 2, heads: 8 }]);
    expect(batch(4)).toEqual([
      { queriesPerKey: 4, groups: 1, heads: 4 },
      { queriesPerKey: 4, groups: 1, heads: 4 },
    ]);
    expect(batch(5)).toEqual([
      { queriesPerKey: 1, groups: 5, heads: 5 },
      { queriesPerKey: 1, groups: 3, heads: 3 },
    ]);
  });

  test.each([
    { heads: 8, kvHeads: 1, dHead: 128, kernel: 'traceShared4' },
    { heads: 12, kvHeads: 2, dHead: 128, kernel: 'traceShared2' },
    { heads: 9, kvHeads: 3, dHead: 128, kernel: 'traceShared' },
    // Five rows of 180 vec4s don't fit, three do; of 300 only two do, of 500 not even these.
    { heads: 8, kvHeads: 1, dHead: 720, kernel: 'traceShared2' },
    { heads: 8, kvHeads: 1, dHead: 1200, kernel: 'traceShared' },
    { heads: 8, kvHeads: 1, dHead: 2000, kernel: 'traceRegister' },
  ])('use $kernel for $heads heads of $kvHeads key heads of $dHead columns', ({ kernel, ...shape }) => {
    const layers = layersOf(1, { ...shape, dModel: 16 });
    const call = { kernel: 'trace-heads', layerIndex: 0 } as const;
    const queriesPerKey = shape.heads / shape.kvHeads;
    expect(planDispatches(call, planSlabs(layers).slabs, layers, 'traceShared')).toMatchObject([
      { kernel, queriesPerKey, grid: [expect.any(Number), shape.kvHeads] },
    ]);
    const [head] = planDispatches(
      { ...call, kernel: 'trace', head: 1 },
      planSlabs(layers).slabs,
      layers,
      'traceShared',
    );
    expect(head!.kernel).toBe(kernel === 'traceRegister' ? kernel : 'traceShared');
  });

  test.each([32, 64, 80, 128, 576])('need few more multiply-adds than A, B and C do at dh %i', (dHead) => {
    const dModel = 4096;
    const [only] = layersOf(1, { heads: 1, kvHeads: 1, dModel, dHead });
    const [dispatch] = planDispatches(
      { kernel: 'trace-heads', layerIndex: 0 },
      planSlabs([only!]).slabs,
      [only!],
      'traceRegister',
    );
    // A and B are symmetric: dh (dh + 1) / 2 sums each, C dh²; a multiply-add counts two.
    const least = 2 * dModel * (2 * dHead * dHead + dHead);
    expect(dispatch!.flops / least).toBeGreaterThanOrEqual(1);
    // Blocks of 4 × 4 on the diagonal are formed whole, those of C twice: 3 % at dh 128, 5.4 % at 64.
    expect(dispatch!.flops / least).toBeLessThanOrEqual(1 + 3.5 / dHead);
  });

  test('hold bounded work and at least one dispatch per slice', () => {
    const sizes = [4, 4, 4, 30, 1, 1].map((flops) => ({ flops }));
    expect(sliceByFlops(sizes, 10).map((slice) => slice.map(({ flops }) => flops))).toEqual([
      [4, 4],
      [4],
      [30],
      [1, 1],
    ]);
    expect(sliceByFlops([], 10)).toEqual([]);
  });
});

describe('windows of raw bytes', () => {
  const bytes = new Uint8Array(1 << 20);
  /** Heads of an nn.Linear [heads · cols, rows] in F32. */
  const linear = (heads: number, rows: number, cols: number, offset: number): { view: MatrixView }[] =>
    Array.from({ length: heads }, (_, head) => ({
      view: {
        bytes,
        dtype: 'F32',
        offset: offset + head * rows * cols * 4,
        rows,
        cols,
        rowStride: 1,
        colStride: rows,
      },
    }));
  /** Heads of a Conv1D [rows, heads · cols] in F16. */
  const conv = (heads: number, rows: number, cols: number): { view: MatrixView }[] =>
    Array.from({ length: heads }, (_, head) => ({
      view: {
        bytes,
        dtype: 'F16',
        offset: head * cols * 2,
        rows,
        cols,
        rowStride: heads * cols,
        colStride: 1,
      },
    }));

  test('upload a tensor once, whatever the number of its heads', () => {
    const linearWindows = planWindows(linear(4, 16, 8, 12));
    expect(linearWindows.map(({ begin, end }) => [begin, end])).toEqual([[12, 12 + 4 * 16 * 8 * 4]]);
    expect(linearWindows[0]!.parts).toHaveLength(4);
    const convWindows = planWindows(conv(4, 16, 8));
    expect(convWindows.map(({ begin, end }) => [begin, end])).toEqual([[0, 16 * 32 * 2]]);
  });

  test('upload far ranges of one array apart and near ones together', () => {
    expect(planWindows([...linear(1, 16, 8, 0), ...linear(1, 16, 8, 500_000)])).toHaveLength(2);
    expect(planWindows([...linear(1, 16, 8, 0), ...linear(1, 16, 8, 1000)])).toHaveLength(1);
  });

  test.each([
    ['linear', linear(3, 16, 8, 4), 200],
    ['linear', linear(3, 16, 8, 4), 700],
    ['conv1d', conv(3, 16, 8), 200],
    ['conv1d', conv(3, 16, 8), 131],
  ] as const)('have each element of a %s layout once, inside its window (%#)', (_, matrices, maxBytes) => {
    const seen = new Map(matrices.map((matrix) => [matrix, new Set<number>()]));
    for (const { begin, end, parts } of planWindows(matrices, maxBytes)) {
      expect(end - begin).toBeLessThanOrEqual(maxBytes);
      for (const { matrix, from, to } of parts) {
        const { outerStride, stripBytes } = stripsOf(matrix.view);
        for (let outer = from; outer < to; outer++) {
          const at = matrix.view.offset + outer * outerStride;
          expect(at).toBeGreaterThanOrEqual(begin);
          expect(at + stripBytes).toBeLessThanOrEqual(end);
          expect(seen.get(matrix)!.has(outer)).toBe(false);
          seen.get(matrix)!.add(outer);
        }
      }
    }
    for (const [matrix, outers] of seen) expect(outers.size).toBe(stripsOf(matrix.view).outerCount);
  });

  test('refuse a row that fits no window', () => {
    expect(() => planWindows(linear(1, 64, 2, 0), 128)).toThrow(/exceeds/);
  });
});

describe('magnitudes', () => {
  const bitsOf = (value: number) => new Uint32Array(new Float32Array([value]).buffer)[0]!;

  test.each([
    [0, 0],
    [1, 1],
    [0.75, 0],
    [0.5, 0],
    [3e38, 128],
    [2 ** -126, -125],
    [2 ** -127, -126],
    [2 ** -149, -148],
    [3 * 2 ** -149, -147],
  ])('put %d below 2^%i', (value, exponent) => {
    expect(exponentOfBits(bitsOf(value))).toBe(exponent);
  });

  test('detect infinity and NaN by their bits', () => {
    expect(isFiniteMagnitude(bitsOf(3.4e38))).toBe(true);
    expect(isFiniteMagnitude(bitsOf(Number.POSITIVE_INFINITY))).toBe(false);
    expect(isFiniteMagnitude(bitsOf(Number.NaN) & 0x7fffffff)).toBe(false);
  });
});
