import { scaleByPowerOfTwo } from '../linalg/powerOfTwoScale.ts';
import { addBilinearForms, quadraticForms } from '../linalg/quadraticForms.ts';
import { decodeMatrix } from '../weights/decode.ts';
import { kvHeadOf, type LayerWeights } from '../weights/layerWeights.ts';
import type { MatrixView } from '../weights/matrixView.ts';
import type { Engine, EngineHandle, PairMoments } from './engine.ts';
import { createPacer, type Pacer } from './pacer.ts';

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

/** Pairs that are asked of an engine at once: their matrices, four each, are held together. */
const PAIRS_AT_ONCE = 16;
const MATRIX_BYTES_AT_ONCE = 64 * 1024 * 1024;
/** Multiply-adds between two looks at the clock. */
const WORK_PER_STEP = 4e6;

/**
 * The whole layer's sums, over all pairs of its heads: the per-head A, B and C don't suffice. O(d (H dh)²).
 * NaN when a weight of the layer is NaN or infinite.
 */
export async function layerSums(
  engine: Engine,
  handle: EngineHandle,
  at: number,
  signal?: AbortSignal,
): Promise<LayerSums> {
  const heads = Array.from({ length: handle.layers[at]!.heads }, (_, head) => head);
  const terms: { cc: number; ab: number; exponent: number }[] = [];
  for await (const { pair, moments } of momentsOfPairs(engine, handle, at, heads, signal)) {
    const { a, b, c, cBack, log2Scale } = moments;
    const dHead = handle.layers[at]!.dHead;
    let [ab, cc] = [0, 0];
    for (let i = 0; i < dHead; i++)
      for (let j = 0; j < dHead; j++) {
        ab += a[i * dHead + j]! * b[i * dHead + j]!;
        cc += c[i * dHead + j]! * cBack[j * dHead + i]!;
      }
    const times = pair[0] === pair[1] ? 1 : 2;
    terms.push({ cc: times * cc, ab: times * ab, exponent: log2Scale });
  }
  return sumScaled(terms);
}

/**
 * The norms of M's rows and columns, for directionality, of the M of some heads together: of one head, or the whole layer's. The engine
 * gives A and B of every pair; Wq and Wk are gone through once more in float64. O(d dh²) a pair.
 */
export async function normProfile(
  engine: Engine,
  handle: EngineHandle,
  at: number,
  weights: LayerWeights,
  heads: readonly number[],
  signal?: AbortSignal,
): Promise<NormProfile> {
  const { q, k, dModel, dHead } = weights;
  const decoded = new Map<MatrixView, Float64Array>();
  const values = (view: MatrixView, exponent: number) => {
    let matrix = decoded.get(view);
    if (matrix === undefined) {
      matrix = decodeMatrix(view);
      scaleByPowerOfTwo(matrix, -exponent);
      decoded.set(view, matrix);
    }
    return matrix;
  };
  const pacer = createPacer(signal);
  const parts: { rows: Float64Array; columns: Float64Array; exponent: number }[] = [];
  for await (const { pair, moments } of momentsOfPairs(engine, handle, at, heads, signal)) {
    const [g, h] = pair;
    const { q: qExponents, k: kExponents } = moments.exponents;
    const keyOf = (head: number) => k[kvHeadOf(head, q.length, k.length)]!;
    const times = g === h ? 1 : 2;
    const [qg, qh] = [values(q[g]!, qExponents[0]), values(q[h]!, qExponents[1])];
    const [kg, kh] = [values(keyOf(g), kExponents[0]), values(keyOf(h), kExponents[1])];
    const rows = await formsOf(qg, moments.b, qh, { dModel, dHead, times }, pacer);
    const columns = await formsOf(kg, moments.a, kh, { dModel, dHead, times }, pacer);
    parts.push({ rows, columns, exponent: moments.log2Scale });
  }
  const largest = largestExponent(parts.filter(({ rows }) => rows.some((square) => square !== 0)));
  const [rowSquares, colSquares] = [new Float64Array(dModel), new Float64Array(dModel)];
  for (const { rows, columns, exponent } of parts) {
    const factor = 2 ** (exponent - largest);
    for (let i = 0; i < dModel; i++) {
      rowSquares[i]! += factor * rows[i]!;
      colSquares[i]! += factor * columns[i]!;
    }
  }
  return { rowSquares, colSquares, log2Scale: largest / 2 };
}

/** The pairs g ≤ h of these heads; (h, g) gives the same sums. */
async function* momentsOfPairs(
  engine: Engine,
  handle: EngineHandle,
  at: number,
  heads: readonly number[],
  signal: AbortSignal | undefined,
): AsyncGenerator<{ readonly pair: readonly [number, number]; readonly moments: PairMoments }> {
  const pairs = heads.flatMap((g, from) => heads.slice(from).map((h) => [g, h] as const));
  const { dHead } = handle.layers[at]!;
  const atOnce = Math.max(1, Math.min(PAIRS_AT_ONCE, Math.floor(MATRIX_BYTES_AT_ONCE / (32 * dHead ** 2))));
  for (let from = 0; from < pairs.length; from += atOnce) {
    const some = pairs.slice(from, from + atOnce);
    const moments = await engine.moments(handle, at, some, signal);
    for (const [index, pair] of some.entries()) yield { pair, moments: moments[index]! };
  }
}

/** times · xᵢ G yᵢᵀ for every row i; x, y [d, dh], G [dh, dh], row-major. G of one head is symmetric, and half the work. */
async function formsOf(
  x: Float64Array,
  g: Float64Array,
  y: Float64Array,
  { dModel, dHead, times }: { readonly dModel: number; readonly dHead: number; readonly times: number },
  pacer: Pacer,
): Promise<Float64Array> {
  const out = new Float64Array(dModel);
  const rowsPerStep = Math.max(1, Math.floor(WORK_PER_STEP / dHead ** 2));
  for (let from = 0; from < dModel; from += rowsPerStep) {
    const to = Math.min(dModel, from + rowsPerStep);
    if (times === 1) quadraticForms(out, x, g, dHead, from, to);
    else addBilinearForms(out, x, g, y, dHead, times, from, to);
    if (pacer.isDue()) await pacer.pause();
  }
  return out;
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

/** Twice the exponent of M's own scale: each pair's is the sum of two heads'. 0 where nothing counts. */
function largestExponent(terms: readonly { readonly exponent: number }[]): number {
  return terms.length === 0 ? 0 : Math.max(...terms.map(({ exponent }) => exponent));
}
