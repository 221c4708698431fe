// Computes which heads of a layer are each other's transposes.
import { allPairs, type Engine, type EngineId, type HeadPair, momentsOfPairs } from '../engines/index.ts';
import { dot } from '../linalg/gram.ts';
import { scaleNumber } from '../linalg/powerOfTwoScale.ts';
import { normalisePartners, transposeInner } from '../metrics/transposePartners.ts';
import type { LayerWeights } from '../weights/layerWeights.ts';

/** The inner products ⟨M_g, M_hᵀ⟩ = tr(M_g M_h) = tr(C_gh C_hg) of a layer's heads; both matrices are symmetric. */
export interface Partners {
  readonly heads: number;
  /**
   * [H, H] on the weights' own scale; NaN where a weight of either head isn't finite, where no double holds it, and
   * what isn't computed.
   */
  readonly inner: Float64Array;
  /**
   * [H, H] divided by ‖M_g‖‖M_h‖, −1 … 1: how alike M_g is to the transpose of M_h; s on the diagonal. NaN where
   * undefined.
   */
  readonly normalised: Float64Array;
  /** False where all pairs would take too long: then only one head's row and column, and the diagonal, are there. */
  readonly isWhole: boolean;
}

/** The work that is done without a request: about ten seconds of what such an engine does at least. */
const MAX_FLOPS: Readonly<Record<EngineId, number>> = {
  reference: 5e9,
  wasm: 2e11,
  'ort-wasm': 1e11,
  webgpu: 1e12,
  'ort-webgpu': 5e11,
};

/**
 * Returns the key under which a layer's partners are cached, by the engine that computed them: they are the same for
 * each of its heads.
 */
export function partnersKey(engine: EngineId, stack: string, layer: number): string {
  return `${engine} ${stack} ${layer}`;
}

/** Computes all pairs of a layer's heads, or those of one head where all would take too long. O(d (H dh)²). */
export async function layerPartners(
  engine: Engine,
  weights: LayerWeights,
  head: number,
  signal: AbortSignal,
  maxFlops = MAX_FLOPS[engine.id],
): Promise<Partners> {
  const heads = weights.q.length;
  const whole = allPairs(heads);
  // An engine computes all four products of a pair.
  const isWhole = whole.length * 8 * weights.dModel * weights.dHead ** 2 <= maxFlops;
  const others = Array.from({ length: heads }, (_, g) => g).filter((g) => g !== head);
  const withHead = [
    ...Array.from({ length: heads }, (_, g): HeadPair => [g, g]),
    ...others.map((g): HeadPair => [head, g]),
  ];
  const steps = partnersOfPairs(engine, weights, isWhole ? whole : withHead, signal);
  for (;;) {
    const { value } = await steps.next();
    if (typeof value === 'object') return value;
  }
}

/**
 * Computes the partners of these pairs, the diagonal among them: yields the share that is done, 0 … 1, after each
 * call of the engine, and at last the partners.
 */
export async function* partnersOfPairs(
  engine: Engine,
  weights: LayerWeights,
  pairs: readonly HeadPair[],
  signal: AbortSignal,
): AsyncGenerator<number | Partners> {
  const heads = weights.q.length;
  const scaled = new Float64Array(heads * heads).fill(Number.NaN);
  const inner = scaled.slice();
  const norms = new Array<number>(heads).fill(Number.NaN);
  const handle = await engine.load([weights], signal);
  try {
    for await (const { pair, moments, share } of momentsOfPairs(engine, handle, 0, pairs, signal)) {
      const [g, h] = pair;
      const { a, b, c, cBack, log2Scale } = moments;
      const value = transposeInner(c, cBack, weights.dHead);
      const unscaled = scaleNumber(value, log2Scale);
      for (const index of [g * heads + h, h * heads + g]) {
        scaled[index] = value;
        inner[index] = Number.isFinite(unscaled) ? unscaled : Number.NaN;
      }
      if (g === h) norms[g] = Math.sqrt(dot(a, b));
      if (share !== null) yield share;
    }
  } finally {
    handle.release();
  }
  // Each pair's scale is that of its two heads' norms together.
  const normalised = normalisePartners(scaled, norms);
  yield { heads, inner, normalised, isWhole: pairs.length >= (heads * (heads + 1)) / 2 };
}
