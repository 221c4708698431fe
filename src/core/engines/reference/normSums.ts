// The norm method in float64.
import type { Yielder } from '../yielder.ts';

/** M is formed in tiles of this many rows and columns: two tiles of 64² doubles stay in the first cache level. */
const TILE = 64;

/**
 * Runs the notebook's norm method: every element of M = Wq Wkᵀ is formed (d² · dh products), in pairs of tiles (I,
 * J) and (J, I), since Mᵢⱼ + Mⱼᵢ needs both. Answers with ‖M‖² and 2 ‖(M+Mᵀ)/2‖² − ‖M‖².
 * @param q Wq, [d, dh] row-major; k likewise
 */
export async function normSums(q: Float64Array, k: Float64Array, d: number, dh: number, yielder: Yielder) {
  const upper = new Float64Array(TILE * TILE);
  const lower = new Float64Array(TILE * TILE);
  let normSquare = 0;
  let symmetricSquare = 0;
  for (let i0 = 0; i0 < d; i0 += TILE) {
    const rows = Math.min(TILE, d - i0);
    for (let j0 = i0; j0 < d; j0 += TILE) {
      const cols = Math.min(TILE, d - j0);
      formTile(upper, q, k, dh, i0, rows, j0, cols);
      if (j0 === i0) lower.set(upper);
      else formTile(lower, q, k, dh, j0, cols, i0, rows);
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < cols; j++) {
          const above = upper[i * TILE + j]!;
          const below = lower[j * TILE + i]!;
          const symmetric = (above + below) / 2;
          // Off the diagonal tiles each pair represents two elements of M and of (M+Mᵀ)/2.
          normSquare += j0 === i0 ? above * above : above * above + below * below;
          symmetricSquare += (j0 === i0 ? 1 : 2) * symmetric * symmetric;
        }
      }
      if (yielder.shouldYield()) await yielder.yieldToEventLoop();
    }
  }
  return { traceCC: 2 * symmetricSquare - normSquare, traceAB: normSquare };
}

/** Computes tile[i, j] = Σ_c q[i0 + i, c] · k[j0 + j, c]. */
function formTile(
  tile: Float64Array,
  q: Float64Array,
  k: Float64Array,
  dh: number,
  i0: number,
  rows: number,
  j0: number,
  cols: number,
): void {
  for (let i = 0; i < rows; i++) {
    const qAt = (i0 + i) * dh;
    for (let j = 0; j < cols; j++) {
      const kAt = (j0 + j) * dh;
      let sum = 0;
      for (let c = 0; c < dh; c++) sum += q[qAt + c]! * k[kAt + c]!;
      tile[i * TILE + j] = sum;
    }
  }
}
