import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BYTES_PER_ELEMENT, SCORED_DTYPES } from '../../../../src/core/formats/dtype.ts';
import { decodeMatrix } from '../../../../src/core/weights/decode.ts';
import type { MatrixView } from '../../../../src/core/weights/matrixView.ts';
import { packScaled } from '../../../../src/core/weights/packScaled.ts';

/** Any bytes are some weights, in any layout and at any offset. */
const view = fc
  .record({
    dtype: fc.constantFrom(...SCORED_DTYPES),
    rows: fc.integer({ min: 1, max: 6 }),
    cols: fc.integer({ min: 1, max: 4 }),
    isLinear: fc.boolean(),
    offset: fc.nat(9),
  })
  .chain(({ dtype, rows, cols, isLinear, offset }) =>
    fc
      .uint8Array({
        minLength: offset + rows * cols * 2 * BYTES_PER_ELEMENT[dtype],
        maxLength: offset + rows * cols * 2 * BYTES_PER_ELEMENT[dtype],
      })
      .map(
        (bytes): MatrixView => ({
          bytes,
          dtype,
          offset,
          rows,
          cols,
          rowStride: isLinear ? 1 : 2 * cols,
          colStride: isLinear ? rows : 1,
        }),
      ),
  );

describe('packScaled', () => {
  it('equals the plain float64 decoding, scaled and rounded to float32, for any bits, layout and offset', () => {
    fc.assert(
      fc.property(view, fc.nat(3), (matrix, padding) => {
        const { rows, cols } = matrix;
        const width = rows + padding;
        const target = new Float32Array(cols * width).fill(7);
        const { exponent, allFinite } = packScaled(matrix, target, width);
        const exact = decodeMatrix(matrix);
        expect(allFinite).toBe(exact.every(Number.isFinite));
        const largest = allFinite ? Math.max(...exact.map(Math.abs)) : 0;
        if (largest > 0)
          expect(2 ** (exponent - 1) <= largest && (largest < 2 ** exponent || exponent === 1024)).toBe(true);
        for (let j = 0; j < cols; j++) {
          for (let i = 0; i < width; i++) {
            const half = Math.trunc(-exponent / 2);
            const want =
              allFinite && i < rows
                ? Math.fround(exact[i * cols + j]! * 2 ** half * 2 ** (-exponent - half))
                : 0;
            expect(target[j * width + i]! + 0).toBe(want + 0);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
