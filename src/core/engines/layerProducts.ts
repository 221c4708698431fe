// Computes sums over a whole layer, and norms of its rows and columns, from products of pairs of heads.
import { scaleByPowerOfTwo } from '../linalg/powerOfTwoScale.ts';
import { quadraticForms } from '../linalg/quadraticForms.ts';
import { decodeMatrix } from '../weights/decode.ts';
import { kvHeadOf, type LayerWeights } from '../weights/layerWeights.ts';
import type { MatrixView } from '../weights/matrixView.ts';
import type { Engine, EngineHandle, HeadPair, PairMoments } from './engine.ts';
import { createYielder } from './yielder.ts';

/** Two numbers of a whole layer, of scaled weights as in HeadScores. */
export interface LayerSums {
  /** tr(M M) of the layer's M = Σ_h Wq_h Wk_hᵀ: Σ_gh tr(C_gh C_hg). */
  readonly traceCC: number;
  /** ‖M‖²_F = Σ_gh tr(A_gh B_hg). */
  readonly traceAB: number;
  /** The true M is the scaled one times 2^log2Scale. */
  readonly log2Scale: number;
}

/** Squared norms of M's rows and columns, of scaled weights: the true ones are 4^log2Scale times these. */
export interface NormProfile {
  /** diag(Wq B Wqᵀ) [d]. */
  readonly rowSquares: Float64Array;
  /** diag(Wk A Wkᵀ) [d]. */
  readonly colSquares: Float64Array;
  readonly log2Scale: number;
}

/** A, B and C of a pair, and C of the pair turned round. */
const MATRICES_PER_PAIR = 4;
const MAX_PAIRS_PER_CALL = 16;
/** All matrices of one call are held together. */
const MAX_BYTES_PER_CALL = 64 * 1024 * 1024;
/** Multiply-adds between two looks at the clock. */
const WORK_PER_STEP = 4e6;

/**
 * Computes the whole layer's sums, over all pairs of its heads: the per-head A, B and C don't suffice. O(d (H dh)²).
 * Yields the share that is done. NaN when a weight of the layer is NaN or infinite.
 */
export async function* layerSums(
  engine: Engine,
  handle: EngineHandle,
  layerIndex: number,
  signal?: AbortSignal,
): AsyncGenerator<number, LayerSums> {
  const { heads, dHead } = handle.layers[layerIndex]!;
  const terms: { cc: number; ab: number; exponent: number }[] = [];
  for await (const { pair, moments, share } of momentsOfPairs(
    engine,
    handle,
    layerIndex,
    allPairs(heads),
    signal,
  )) {
    const { a, b, c, cBack, log2Scale } = moments;
    let [ab, cc] = [0, 0];
    for (let i = 0; i < dHead; i++)
      for (let j = 0; j < dHead; j++) {
        ab += a[i * dHead + j]! * b[i * dHead + j]!;
        cc += c[i * dHead + j]! * cBack[j * dHead + i]!;
      }
    const times = pair[0] === pair[1] ? 1 : 2;
    terms.push({ cc: times * cc, ab: times * ab, exponent: log2Scale });
    if (share !== null) yield share;
  }
  return sumScaled(terms);
}

/**
 * Computes the norms of the rows and of the columns of one head's M, for directionality. The engine gives A and B;
 * Wq and Wk are gone through once more in float64. O(d dh²).
 */
export async function normProfile(
  engine: Engine,
  handle: EngineHandle,
  layerIndex: number,
  { q, k, dModel, dHead }: LayerWeights,
  head: number,
  signal?: AbortSignal,
): Promise<NormProfile> {
  const yielder = createYielder(signal);
  const [moments] = await engine.moments(handle, layerIndex, [[head, head]], signal);
  const { a, b, exponents, log2Scale } = moments!;
  const forms = async (view: MatrixView, exponent: number, gram: Float64Array) => {
    const matrix = decodeMatrix(view);
    scaleByPowerOfTwo(matrix, -exponent);
    const out = new Float64Array(dModel);
    const rowsPerStep = Math.max(1, Math.floor(WORK_PER_STEP / dHead ** 2));
    for (let from = 0; from < dModel; from += rowsPerStep) {
      quadraticForms(out, matrix, gram, dHead, from, Math.min(dModel, from + rowsPerStep));
      if (yielder.shouldYield()) await yielder.yieldToEventLoop();
    }
    return out;
  };
  const rowSquares = await forms(q[head]!, exponents.q[0], b);
  const colSquares = await forms(k[kvHeadOf(head, q.length, k.length)]!, exponents.k[0], a);
  return { rowSquares, colSquares, log2Scale: log2Scale / 2 };
}

/** Lists the pairs g ≤ h of a layer's heads; (h, g) gives the same products. */
export function allPairs(heads: number): HeadPair[] {
  const all = Array.from({ length: heads }, (_, g) => g);
  return all.flatMap((g) => all.slice(g).map((h): HeadPair => [g, h]));
}

/** Returns how many pairs are requested of an engine at once: their matrices, [dh, dh] float64, stay within 64 MiB. */
function pairsPerCall(dHead: number): number {
  const pairBytes = MATRICES_PER_PAIR * dHead ** 2 * Float64Array.BYTES_PER_ELEMENT;
  return Math.max(1, Math.min(MAX_PAIRS_PER_CALL, Math.floor(MAX_BYTES_PER_CALL / pairBytes)));
}

/**
 * Yields the products of these pairs of a layer's heads, as an engine computes them some at a time. With the last
 * pair of a call comes the share of all pairs that is done, 0 … 1; with the others it is null.
 * @throws AbortError when cancelled, and what the engine throws
 */
export async function* momentsOfPairs(
  engine: Engine,
  handle: EngineHandle,
  layerIndex: number,
  pairs: readonly HeadPair[],
  signal: AbortSignal | undefined,
): AsyncGenerator<{
  readonly pair: HeadPair;
  readonly moments: PairMoments;
  readonly share: number | null;
}> {
  const yielder = createYielder(signal);
  const perCall = pairsPerCall(handle.layers[layerIndex]!.dHead);
  for (let from = 0; from < pairs.length; from += perCall) {
    if (yielder.shouldYield()) await yielder.yieldToEventLoop();
    signal?.throwIfAborted();
    const batch = pairs.slice(from, from + perCall);
    const moments = await engine.moments(handle, layerIndex, batch, signal);
    const share = (from + batch.length) / pairs.length;
    for (const [index, pair] of batch.entries())
      yield { pair, moments: moments[index]!, share: index === batch.length - 1 ? share : null };
  }
}

function sumScaled(terms: readonly { cc: number; ab: number; exponent: number }[]): LayerSums {
  // A zero matrix's scale says nothing.
  const counted = terms.filter(({ cc, ab }) => cc !== 0 || ab !== 0);
  const largest = largestExponent(counted);
  let [traceCC, traceAB] = [0, 0];
  for (const { cc, ab, exponent } of counted) {
    const factor = 2 ** (exponent - largest);
    traceCC += cc * factor;
    traceAB += ab * factor;
  }
  return { traceCC, traceAB, log2Scale: largest / 2 };
}

/**
 * Returns twice the exponent of M's own scale: each pair's is the sum of two heads'. 0 where nothing counts.
 */
function largestExponent(terms: readonly { readonly exponent: number }[]): number {
  return terms.length === 0 ? 0 : Math.max(...terms.map(({ exponent }) => exponent));
}
