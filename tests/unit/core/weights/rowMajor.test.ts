import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBlobSource } from '../../../../src/core/bytes/blobSource.ts';
import type { TensorEntry } from '../../../../src/core/formats/checkpoint.ts';
import { pytorch } from '../../../../src/core/formats/pytorch/pytorch.ts';
import { unquantisedWeight } from '../../../../src/core/quantisation/unquantisedWeight.ts';
import { decodeMatrix } from '../../../../src/core/weights/decode.ts';
import { planLayer } from '../../../../src/core/weights/layerPlan.ts';
import { rowMajorBytes } from '../../../../src/core/weights/rowMajor.ts';
import { viewWholeLayer } from '../../../../src/core/weights/viewLayer.ts';
import { PickleTensor, pickleBytes } from '../../../support/pickleBytes.ts';
import { torchArchive } from '../../../support/torchBytes.ts';

const STORED = Float32Array.from({ length: 240 }, (_, at) => Math.sin(at * 1.7) * 10);

/** A view as torch.save writes it, opened. */
async function viewOf(
  shape: readonly number[],
  strides: readonly number[],
  offset = 0,
): Promise<TensorEntry> {
  const pickle = pickleBytes({ w: new PickleTensor('0', STORED.length, shape, { strides, offset }) });
  const source = createBlobSource('a.pt', new Blob([torchArchive(pickle, { 0: STORED }) as BlobPart]));
  const { tensors } = await pytorch.read(source, {
    openBeside: () => Promise.reject(new Error('nothing beside')),
  });
  return tensors[0]!;
}

/** What numpy's as_strided gives, by the definition of a stride. */
function expected(shape: readonly number[], strides: readonly number[], offset: number): number[] {
  const values: number[] = [];
  const walk = (axis: number, at: number) => {
    if (axis === shape.length) values.push(STORED[at]!);
    else for (let i = 0; i < shape[axis]!; i++) walk(axis + 1, at + i * strides[axis]!);
  };
  walk(0, offset);
  return values;
}

const read = async (entry: TensorEntry) => {
  const bytes = rowMajorBytes(entry, await entry.source.read(entry.begin, entry.end));
  return [...new Float32Array(bytes.slice().buffer)];
};

describe('any view is read by its strides', () => {
  it.each<[string, number[], number[], number]>([
    ['transposed', [6, 8], [1, 6], 0],
    ['every other row and column', [5, 4], [24, 2], 3],
    ['expanded', [4, 6], [0, 1], 7],
    ['[H, d, dh] permuted', [3, 4, 5], [1, 15, 3], 0],
    ['[d, H, dh] cut out of a larger one', [4, 2, 3], [40, 10, 1], 5],
    ['four dimensions backwards', [2, 3, 4, 5], [1, 2, 6, 24], 0],
    ['one dimension', [7], [13], 2],
    ['one element', [1, 1], [9, 5], 4],
  ])('%s', async (_, shape, strides, offset) => {
    expect(await read(await viewOf(shape, strides, offset))).toEqual(expected(shape, strides, offset));
  });

  it('reads a view of any shape', async () => {
    const axis = fc.record({
      length: fc.integer({ min: 1, max: 4 }),
      stride: fc.integer({ min: 0, max: 15 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(axis, { minLength: 1, maxLength: 4 }), fc.nat(20), async (axes, offset) => {
        const [shape, strides] = [axes.map(({ length }) => length), axes.map(({ stride }) => stride)];
        expect(await read(await viewOf(shape, strides, offset))).toEqual(expected(shape, strides, offset));
      }),
      { numRuns: 60 },
    );
  });

  it.each<[string, number[], number[]]>([
    ['row-major', [4, 6], [6, 1]],
    ['transposed', [4, 6], [1, 4]],
    ['cut out of wider rows', [4, 6], [20, 1]],
    ['every other column', [4, 6], [24, 2]],
    ['expanded', [4, 6], [0, 2]],
    ['expanded and overlapping', [4, 6], [1, 1]],
  ])('reads a head of a layer: %s', async (_, shape, strides) => {
    const weight = unquantisedWeight(await viewOf(shape, strides));
    const heads = { weight, features: 'rows', first: [0, 2] } as const;
    const layout = { layer: 0, dModel: 6, dHead: 2, source: { kind: 'direct', q: heads, k: heads } };
    const plan = planLayer(layout as unknown as Parameters<typeof planLayer>[0]);
    const buffer = new Uint8Array(plan.bufferBytes);
    for (const { entry, begin, end, offset } of plan.spans)
      buffer.set(await entry.source.read(begin, end), offset);
    const { q } = await viewWholeLayer(plan, 'self', buffer);
    const values = expected(shape, strides, 0);
    q.forEach((view, head) => {
      const decoded = decodeMatrix(view);
      for (let row = 0; row < 6; row++)
        for (let feature = 0; feature < 2; feature++)
          expect(decoded[row * 2 + feature]).toBe(values[(head * 2 + feature) * 6 + row]);
    });
  });

  it('refuses a view far larger than its bytes', async () => {
    const entry = await viewOf([1_000_000, 1_000_000], [0, 0]);
    expect(() => rowMajorBytes(entry, new Uint8Array(4))).toThrow(/too large/);
  });
});
