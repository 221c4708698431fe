import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildKernels, type Kernels } from '../../../../../src/core/engines/wasm/kernelModule.ts';
import {
  COLUMN_STEP,
  PANEL_COLUMNS,
  PANEL_ROW_BYTES,
  paddedFeatures,
} from '../../../../../src/core/engines/wasm/kernels/panel.ts';
import { decodeBfloat, decodeHalf } from '../../../../../src/core/linalg/halfFloats.ts';
import { mulberry32 } from '../../../../support/random.ts';

const memory = new WebAssembly.Memory({ initial: 64, maximum: 64 });
const kernels = new WebAssembly.Instance(
  new WebAssembly.Module(buildKernels({ shared: false, maximumPages: 64 }, false)),
  { env: { memory } },
).exports as unknown as Kernels;

/** Addresses that nothing overlaps. */
const [SOURCE, PANEL, OTHER, G, OUT] = [1 << 20, 64, 1 << 19, 2 << 20, 3 << 20];

function panelRow(address: number, feature: number, columns: number): Float32Array {
  return new Float32Array(memory.buffer, address + feature * PANEL_ROW_BYTES, columns);
}

const FORMATS = {
  F32: { bytes: 4, read: (view: DataView, at: number) => view.getFloat32(at, true) },
  F16: { bytes: 2, read: (view: DataView, at: number) => decodeHalf(view.getUint16(at, true)) },
  BF16: { bytes: 2, read: (view: DataView, at: number) => decodeBfloat(view.getUint16(at, true)) },
} as const;

describe('the packing kernel', () => {
  test.each(['F16', 'BF16'] as const)('decodes every one of the 65,536 values of %s', (type) => {
    const bits = new Uint16Array(memory.buffer, SOURCE, 65_536).map((_, at) => at);
    new Uint16Array(memory.buffer, SOURCE, 65_536).set(bits);
    for (let from = 0; from < 65_536; from += PANEL_COLUMNS) {
      kernels[`packRows${type}`](SOURCE + from * 2, 0, 1, PANEL_COLUMNS, PANEL);
      const got = panelRow(PANEL, 0, PANEL_COLUMNS);
      for (let at = 0; at < PANEL_COLUMNS; at++) {
        const want = type === 'F16' ? decodeHalf(from + at) : decodeBfloat(from + at);
        if (!Object.is(got[at], want)) expect(got[at], `bits ${from + at}`).toBe(want);
      }
    }
  });

  test('packs elements, zeros after them and the largest magnitude for any size, layout and byte', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('F32', 'F16', 'BF16' as const),
        fc.boolean(),
        fc.integer({ min: 1, max: 21 }),
        fc.integer({ min: 1, max: 37 }),
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 0, max: 7 }),
        fc.integer(),
        (type, isRows, features, columns, gap, shift, seed) => {
          const { bytes, read } = FORMATS[type];
          const next = mulberry32(seed);
          const raw = new Uint8Array(memory.buffer, SOURCE, 8192);
          // Anything: NaN and infinity too.
          for (let at = 0; at < raw.length; at++) raw[at] = next() * 256;
          new Uint8Array(memory.buffer, PANEL, 24 * PANEL_ROW_BYTES).fill(0xff);
          const stride = ((isRows ? columns : features) + gap) * bytes;
          const kernel = kernels[`pack${isRows ? 'Rows' : 'Columns'}${type}`];
          const magnitude = kernel(SOURCE + shift, stride, features, columns, PANEL) >>> 0;
          const view = new DataView(memory.buffer);
          const word = new Uint32Array(1);
          let largest = 0;
          const padded = Math.ceil(columns / COLUMN_STEP) * COLUMN_STEP;
          for (let feature = 0; feature < features; feature++) {
            const row = panelRow(PANEL, feature, padded);
            for (let column = 0; column < padded; column++) {
              const [outer, inner] = isRows ? [feature, column] : [column, feature];
              const at = SOURCE + shift + outer * stride + inner * bytes;
              const want = column < columns ? Math.fround(read(view, at)) : 0;
              expect(row[column]).toBe(want);
              new Float32Array(word.buffer)[0] = row[column]!;
              largest = Math.max(largest, word[0]! & 0x7fffffff);
            }
          }
          // A NaN's payload may change on the way; that it is one doesn't.
          if (largest <= 0x7f800000) expect(magnitude).toBe(largest);
          else expect(magnitude).toBeGreaterThan(0x7f800000);
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** Fills panels with whole numbers, whose sums float32 holds exactly. */
function fill(address: number, features: number, columns: number, seed: number): Float64Array[] {
  const next = mulberry32(seed);
  return Array.from({ length: features }, (_, feature) => {
    const row = Float64Array.from({ length: columns }, () => Math.floor(next() * 15) - 7);
    panelRow(address, feature, columns).set(row);
    return row;
  });
}

const dot = (x: Float64Array, y: Float64Array) => x.reduce((sum, value, at) => sum + value * y[at]!, 0);
const columnsOf = fc.integer({ min: 1, max: 32 }).map((steps) => steps * COLUMN_STEP);
const featuresOf = fc.integer({ min: 1, max: 24 }).map(paddedFeatures);

test('the gram kernel writes or adds whole Gram matrices, or their blocks up to the diagonal', () => {
  fc.assert(
    fc.property(
      featuresOf,
      featuresOf,
      columnsOf,
      fc.boolean(),
      fc.boolean(),
      fc.nat(),
      (n, m, columns, isFirst, isTriangle, seed) => {
        const x = fill(PANEL, n, columns, seed);
        const y = isTriangle ? x : fill(OTHER, m, columns, seed + 1);
        const g = new Float32Array(memory.buffer, G, y.length * n).fill(3);
        kernels.gram(
          PANEL,
          isTriangle ? PANEL : OTHER,
          n,
          y.length,
          columns * 4,
          G,
          isFirst ? 1 : 0,
          isTriangle ? 1 : 0,
        );
        for (const [j, yRow] of y.entries())
          for (const [i, xRow] of x.entries()) {
            const isWritten = !isTriangle || j < (Math.floor(i / 4) + 1) * 4;
            const want = isWritten ? dot(xRow, yRow) + (isFirst ? 0 : 3) : 3;
            expect(g[j * n + i], `${i}, ${j}`).toBe(want);
          }
      },
    ),
    { numRuns: 60 },
  );
});

test('the sum kernels compute the sums over A∘B and C∘Cᵀ', () => {
  fc.assert(
    fc.property(featuresOf, fc.nat(), (n, seed) => {
      const next = mulberry32(seed);
      const [a, b, c] = [0, 1, 2].map((at) => {
        const values = new Float32Array(memory.buffer, G + at * n * n * 4, n * n);
        for (let i = 0; i < values.length; i++) values[i] = next() - 0.5;
        return values;
      }) as [Float32Array, Float32Array, Float32Array];
      let [ab, cc, diagonal] = [0, 0, 0];
      for (let j = 0; j < n; j++) diagonal += a[j * n + j]! * b[j * n + j]!;
      for (let j = 0; j < n; j++)
        for (let i = 0; i < n; i++) {
          // Symmetric: what lies beyond the diagonal blocks must not be read.
          const [low, high] = j < (Math.floor(i / 4) + 1) * 4 ? [j, i] : [i, j];
          ab += a[low * n + high]! * b[low * n + high]!;
          cc += c[j * n + i]! * c[i * n + j]!;
        }
      kernels.traceSums(G, G + n * n * 4, G + 2 * n * n * 4, n, OUT);
      const [gotCC, gotAB, gotDiagonal] = new Float64Array(memory.buffer, OUT, 3);
      expect(gotCC).toBeCloseTo(cc, 10);
      expect(gotAB).toBeCloseTo(ab, 10);
      expect(gotDiagonal).toBeCloseTo(diagonal, 10);
    }),
    { numRuns: 60 },
  );
});

test('the tile kernel computes Σ M² and Σ (M + Mᵀ)² of a tile of M and its mirror', () => {
  fc.assert(
    fc.property(
      featuresOf,
      columnsOf,
      columnsOf,
      fc.boolean(),
      fc.nat(),
      (n, iColumns, jColumns, isDiagonal, seed) => {
        const strips = (of: number, columns: number) => {
          const rows = fill(PANEL, n, columns, of);
          const address = G + (of % 4) * 200_000;
          kernels.cutStrips(PANEL, n, columns / COLUMN_STEP, address);
          return { rows, address };
        };
        const start = Math.floor(seed / 4) * 4;
        const [qI, kI] = [strips(start, iColumns), strips(start + 1, iColumns)];
        const [qJ, kJ] = isDiagonal ? [qI, kI] : [strips(start + 2, jColumns), strips(start + 3, jColumns)];
        const jWidth = isDiagonal ? iColumns : jColumns;
        new Float64Array(memory.buffer, OUT, 2).set([5, 7]);
        kernels.normPair(
          qI.address,
          kI.address,
          qJ.address,
          kJ.address,
          iColumns / COLUMN_STEP,
          jWidth / COLUMN_STEP,
          n,
          isDiagonal ? 1 : 0,
          OUT,
        );
        let [norm, symmetric] = [5, 7];
        for (let i = 0; i < iColumns; i++)
          for (let j = 0; j < jWidth; j++) {
            let [up, low] = [0, 0];
            for (let c = 0; c < n; c++) {
              up += qI.rows[c]![i]! * kJ.rows[c]![j]!;
              low += kI.rows[c]![i]! * qJ.rows[c]![j]!;
            }
            norm += up * up + (isDiagonal ? 0 : low * low);
            symmetric += (up + low) ** 2 * (isDiagonal ? 1 : 2);
          }
        const [gotNorm, gotSymmetric] = new Float64Array(memory.buffer, OUT, 2);
        expect(Math.abs(gotNorm! / norm - 1)).toBeLessThan(1e-6);
        expect(Math.abs(gotSymmetric! / symmetric - 1)).toBeLessThan(1e-6);
      },
    ),
    { numRuns: 30 },
  );
});
