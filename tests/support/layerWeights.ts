import type { LayerWeights } from '../../src/core/weights/layerWeights.ts';
import type { MatrixView } from '../../src/core/weights/matrixView.ts';

/** A [d, dh] float64 matrix (row-major) as a view of its own bytes. */
export function viewOf(values: readonly number[] | Float64Array, d: number, dh: number): MatrixView {
  return {
    bytes: new Uint8Array(new Float64Array(values).buffer),
    dtype: 'F64',
    offset: 0,
    rows: d,
    cols: dh,
    rowStride: dh,
    colStride: 1,
  };
}

/** A layer of the given heads, each a [d, dh] float64 matrix. */
export function layerOf(
  q: readonly (readonly number[])[],
  k: readonly (readonly number[])[],
  d: number,
  dh: number,
  layer = 0,
): LayerWeights {
  return {
    stack: 'self',
    layer,
    dModel: d,
    dHead: dh,
    q: q.map((head) => viewOf(head, d, dh)),
    k: k.map((head) => viewOf(head, d, dh)),
  };
}

/** r by the definition: M formed, (M+Mᵀ)/2 formed, both norms, in plain float64 loops. */
export function ratioByDefinition(q: readonly number[], k: readonly number[], d: number, dh: number): number {
  const m = (i: number, j: number) => {
    let sum = 0;
    for (let c = 0; c < dh; c++) sum += q[i * dh + c]! * k[j * dh + c]!;
    return sum;
  };
  let symmetric = 0;
  let all = 0;
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      symmetric += ((m(i, j) + m(j, i)) / 2) ** 2;
      all += m(i, j) ** 2;
    }
  }
  return symmetric / all;
}
