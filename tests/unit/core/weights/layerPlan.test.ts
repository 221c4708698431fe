import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LayerLayout } from '../../../../src/core/architectures/layout.ts';
import { createBlobSource } from '../../../../src/core/bytes/blobSource.ts';
import type { Weight } from '../../../../src/core/quantisation/weight.ts';
import { decodeMatrix } from '../../../../src/core/weights/decode.ts';
import { bytesOfRange, MAX_GAP_BYTES, planLayer } from '../../../../src/core/weights/layerPlan.ts';
import { readLayer } from '../../../../src/core/weights/readLayer.ts';
import { viewWholeLayer } from '../../../../src/core/weights/viewLayer.ts';
import { NO_FOLDS } from '../../../support/noFolds.ts';

/** A file whose 32-bit words count up: an element's value tells where it lies. */
function fileOf(words: number) {
  const values = Float32Array.from({ length: words }, (_, at) => at);
  return createBlobSource('file', new Blob([values]));
}

type Source = ReturnType<typeof fileOf>;

function weightAt(source: Source, name: string, word: number, shape: readonly [number, number]): Weight {
  const begin = 4 * word;
  const end = begin + 4 * shape[0] * shape[1];
  const entry = { name, dtype: 'F32' as const, shape, source, begin, end };
  return { name, shape, dtype: 'F32', isQuantised: false, parts: [entry], rowBytes: 4 * shape[1] };
}

function layoutOf(
  q: LayerLayout['source'],
  sizes: { heads: number; kvHeads: number; d: number; dh: number },
) {
  const { heads, kvHeads, d, dh } = sizes;
  return {
    headsFrom: 'config.json',
    layer: 0,
    heads,
    kvHeads,
    dModel: d,
    dHead: dh,
    source: q,
    folds: NO_FOLDS,
  } satisfies LayerLayout;
}

describe('the plan of a layer', () => {
  it('reads every byte of Q and K once and little else, wherever they lie in however many files', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          heads: fc.integer({ min: 1, max: 4 }),
          d: fc.integer({ min: 1, max: 9 }),
          dh: fc.integer({ min: 1, max: 5 }),
          qAt: fc.integer({ min: 0, max: 40_000 }),
          kAt: fc.integer({ min: 0, max: 40_000 }),
          twoFiles: fc.boolean(),
        }),
        async ({ heads, d, dh, qAt, kAt, twoFiles }) => {
          const rows = heads * dh;
          const size = rows * d;
          fc.pre(twoFiles || qAt + size <= kAt || kAt + size <= qAt);
          const file = fileOf(Math.max(qAt, kAt) + size);
          const [q, k] = [
            weightAt(file, 'q', qAt, [rows, d]),
            weightAt(twoFiles ? fileOf(kAt + size) : file, 'k', kAt, [rows, d]),
          ];
          const first = Array.from({ length: heads }, (_, h) => h * dh);
          const plan = planLayer(
            layoutOf(
              {
                kind: 'direct',
                q: { weight: q, first, features: 'rows' },
                k: { weight: k, first, features: 'rows' },
              },
              { heads, kvHeads: heads, d, dh },
            ),
          );
          expect(plan.neededBytes).toBe(8 * size);
          expect(plan.bufferBytes).toBeGreaterThanOrEqual(8 * size);
          expect(plan.bufferBytes).toBeLessThanOrEqual(8 * size + MAX_GAP_BYTES);
          const buffer = new Uint8Array(plan.bufferBytes);
          await readLayer(plan, buffer, {});
          for (const use of plan.uses)
            for (const range of use.ranges) {
              const bytes = bytesOfRange(plan, buffer, range);
              expect(new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true)).toBe(range.begin / 4);
            }
          const weights = await viewWholeLayer(plan, 'self', buffer);
          // Element (i, j) of head h is row h·dh + j, column i of nn.Linear's [out, in].
          const at = (base: number, h: number, i: number, j: number) => base + (h * dh + j) * d + i;
          for (const [views, base] of [
            [weights.q, qAt],
            [weights.k, kAt],
          ] as const) {
            views.forEach((view, h) => {
              const values = decodeMatrix(view);
              for (let i = 0; i < d; i++)
                for (let j = 0; j < dh; j++) expect(values[i * dh + j]).toBe(at(base, h, i, j));
            });
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('leaves out V of a fused [Q | K | V], and the last v of interleaved heads', () => {
    const fused = weightAt(fileOf(3 * 12 * 5), 'qkv', 0, [36, 5]);
    const direct = (q: number[], k: number[]) =>
      planLayer(
        layoutOf(
          {
            kind: 'direct',
            q: { weight: fused, first: q, features: 'rows' },
            k: { weight: fused, first: k, features: 'rows' },
          },
          { heads: 3, kvHeads: 3, d: 5, dh: 4 },
        ),
      );
    expect(direct([0, 4, 8], [12, 16, 20]).bufferBytes).toBe(24 * 5 * 4);
    expect(direct([0, 12, 24], [4, 16, 28]).bufferBytes).toBe(32 * 5 * 4);
    expect(direct([0, 4, 8], [12, 16, 20]).neededBytes).toBe(24 * 5 * 4);
  });

  it('reads transposed views (strides) of a shared storage as they are', async () => {
    // torch: q = storage.view(d, 2·rows).t()[:rows], k = the rest: both stride (1, 2·rows).
    const [d, heads, dh] = [5, 2, 3];
    const rows = heads * dh;
    const source = fileOf(2 * rows * d);
    const view = (name: string, offset: number): Weight => {
      const shape = [rows, d];
      const begin = 4 * offset;
      const end = begin + 4 * ((rows - 1) * 1 + (d - 1) * 2 * rows + 1);
      const entry = { name, dtype: 'F32' as const, shape, source, begin, end, strides: [1, 2 * rows] };
      return { name, shape, dtype: 'F32', isQuantised: false, parts: [entry] };
    };
    const [q, k] = [view('q', 0), view('k', rows)];
    const first = [0, dh];
    const plan = planLayer(
      layoutOf(
        {
          kind: 'direct',
          q: { weight: q, first, features: 'rows' },
          k: { weight: k, first, features: 'rows' },
        },
        { heads, kvHeads: heads, d, dh },
      ),
    );
    expect(plan.bufferBytes).toBe(4 * 2 * rows * d);
    const buffer = new Uint8Array(plan.bufferBytes);
    await readLayer(plan, buffer, {});
    const weights = await viewWholeLayer(plan, 'self', buffer);
    for (const [views, offset] of [
      [weights.q, 0],
      [weights.k, rows],
    ] as const)
      views.forEach((head, h) => {
        const values = decodeMatrix(head);
        for (let i = 0; i < d; i++)
          for (let j = 0; j < dh; j++) expect(values[i * dh + j]).toBe(offset + i * 2 * rows + h * dh + j);
      });
  });
});
