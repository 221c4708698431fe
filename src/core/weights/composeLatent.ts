// Multiplies the factors of latent attention into Wq and Wk.
import type { LatentFactors } from '../architectures/layout.ts';
import type { Weight } from '../quantisation/weight.ts';
import type { LayerPlan } from './layerPlan.ts';
import type { MatrixView } from './matrixView.ts';
import { storedValues } from './storedValues.ts';

/** Heads are composed so many bytes of float32 at a time: all of DeepSeek-V3's at once would take 1.4 GB. */
const PART_BYTES = 128 * 1024 * 1024;
/** Multiply-adds between two looks at the clock's other tasks: about 50 ms. */
const YIELD_AFTER = 5e7;

export interface ComposedHeads {
  readonly firstHead: number;
  readonly q: readonly MatrixView[];
  readonly k: readonly MatrixView[];
}

/**
 * Composes the effective Wq and Wk of multi-head latent attention, some heads at a time: Wq_hᵀ = qB_h diag(g_q) qA
 * and Wk_hᵀ = [kB_h diag(g_kv) kvA[:rank] ; kvA[rank:]], the last rows being the rotary key that all heads share
 * (arXiv:2405.04434, section 2.1). The gains g of the norms between the factors are folded in; the norms' own
 * factors depend on the token and are left out. Products are summed in float64 and kept in float32.
 */
export async function* composeLatent(
  plan: LayerPlan,
  factors: LatentFactors,
  buffer: Uint8Array,
  signal?: AbortSignal,
): AsyncGenerator<ComposedHeads> {
  const { dModel, dHead, heads } = plan.layout;
  const { nope, rope, kvRank, kvRowsPerHead } = factors;
  const read = (weight: Weight) => storedValues(plan, weight, buffer);
  const kvA = read(factors.kv.a);
  const kvB = read(factors.kv.b);
  const kvGain = factors.kv.norm === null ? null : read(factors.kv.norm);
  const q =
    'a' in factors.q
      ? {
          a: read(factors.q.a),
          b: read(factors.q.b),
          gain: factors.q.norm === null ? null : read(factors.q.norm),
          rank: factors.q.a.shape[0]!,
        }
      : { direct: read(factors.q) };
  const yieldAfter = createWorkYielder(signal);
  const perPart = Math.max(1, Math.floor(PART_BYTES / (2 * dHead * dModel * 4)));
  for (let firstHead = 0; firstHead < heads; firstHead += perPart) {
    const part: { q: MatrixView[]; k: MatrixView[] } = { q: [], k: [] };
    for (let head = firstHead; head < Math.min(heads, firstHead + perPart); head++) {
      const wq = new Float32Array(dHead * dModel);
      const wk = new Float32Array(dHead * dModel);
      for (let row = 0; row < dHead; row++) {
        const out = head * dHead + row;
        const target = wq.subarray(row * dModel, (row + 1) * dModel);
        if ('direct' in q) target.set(q.direct.subarray(out * dModel, (out + 1) * dModel));
        else
          combine(
            target,
            (latentIndex) => q.b[out * q.rank + latentIndex]! * (q.gain?.[latentIndex] ?? 1),
            q.a,
            q.rank,
          );
        await yieldAfter('direct' in q ? 0 : q.rank * dModel);
      }
      for (let row = 0; row < nope; row++) {
        const coefficient =
          kvRowsPerHead === null
            ? (latentIndex: number) => kvB[(head * kvRank + latentIndex) * nope + row]!
            : (latentIndex: number) => kvB[(head * kvRowsPerHead + row) * kvRank + latentIndex]!;
        combine(
          wk.subarray(row * dModel, (row + 1) * dModel),
          (latentIndex) => coefficient(latentIndex) * (kvGain?.[latentIndex] ?? 1),
          kvA,
          kvRank,
        );
        await yieldAfter(kvRank * dModel);
      }
      wk.set(kvA.subarray(kvRank * dModel, (kvRank + rope) * dModel), nope * dModel);
      part.q.push(viewOf(wq, dModel, dHead));
      part.k.push(viewOf(wk, dModel, dHead));
    }
    yield { firstHead, ...part };
  }
}

/** Computes target = Σ coefficient(i) · rows[i], summed in float64. */
function combine(
  target: Float32Array,
  coefficient: (latentIndex: number) => number,
  rows: Float64Array,
  rank: number,
): void {
  const width = target.length;
  const sum = new Float64Array(width);
  for (let latentIndex = 0; latentIndex < rank; latentIndex++) {
    const factor = coefficient(latentIndex);
    const from = latentIndex * width;
    for (let i = 0; i < width; i++) sum[i]! += factor * rows[from + i]!;
  }
  target.set(sum);
}

function viewOf(values: Float32Array, dModel: number, dHead: number): MatrixView {
  return {
    bytes: new Uint8Array(values.buffer),
    dtype: 'F32',
    offset: 0,
    rows: dModel,
    cols: dHead,
    rowStride: 1,
    colStride: dModel,
  };
}

/** Lets other tasks (a cancel message) in from time to time. */
function createWorkYielder(signal: AbortSignal | undefined) {
  let work = 0;
  return async (more: number) => {
    work += more;
    if (work < YIELD_AFTER) return;
    work = 0;
    await new Promise((resolve) => setTimeout(resolve, 0));
    signal?.throwIfAborted();
  };
}
