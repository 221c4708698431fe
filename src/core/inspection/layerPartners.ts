import { createYielder, type Engine, type EngineId, type HeadPair } from '../engines/index.ts';
import { dot } from '../linalg/gram.ts';
import { scaleNumber } from '../linalg/powerOfTwoScale.ts';
import { normalisePartners, transposeInner } from '../metrics/transposePartners.ts';
import type { LayerWeights } from '../weights/layerWeights.ts';

/** The inner products ⟨M_g, M_hᵀ⟩ = tr(M_g M_h) = tr(C_gh C_hg) of a layer's heads; both matrices are symmetric. */
export interface Partners {
  readonly heads: number;
  /** [H, H] on the weights' own scale; NaN where a weight of either head isn't finite, where no double holds it, and what isn't computed. */
  readonly inner: Float64Array;
  /** [H, H] divided by ‖M_g‖‖M_h‖, −1 … 1: how alike M_g is to the transpose of M_h; s on the diagonal. NaN where undefined. */
  readonly normalised: Float64Array;
  /** False where all pairs would take too long: then only one head's row and column, and the diagonal, are there. */
  readonly isWhole: boolean;
}

/** Pairs whose matrices are asked of an engine at once. */
const PAIRS_AT_ONCE = 16;
/** Work that is done unasked, about ten seconds of what such an engine does at least. */
const FLOPS_AT_MOST: Readonly<Record<EngineId, number>> = {
  reference: 5e9,
  wasm: 2e11,
  'ort-wasm': 1e11,
  webgpu: 1e12,
  'ort-webgpu': 5e11,
};

/** A layer's partners are the same for each of its heads: the name they are kept under, by the engine that computed them. */
export function partnersKey(engine: EngineId, stack: string, layer: number): string {
  return `${engine} ${stack} ${layer}`;
}

/** Each pair of heads once. */
export function allPairs(heads: number): HeadPair[] {
  const all = Array.from({ length: heads }, (_, g) => g);
  return all.flatMap((g) => all.slice(g).map((h): HeadPair => [g, h]));
}

/** All pairs of a layer's heads, or those of one head where all would take too long. O(d (H dh)²). */
export async function layerPartners(
  engine: Engine,
  weights: LayerWeights,
  head: number,
  signal: AbortSignal,
  flopsAtMost = FLOPS_AT_MOST[engine.id],
): Promise<Partners> {
  const heads = weights.q.length;
  const whole = allPairs(heads);
  // An engine computes all four products of a pair.
  const isWhole = whole.length * 8 * weights.dModel * weights.dHead ** 2 <= flopsAtMost;
  const others = Array.from({ length: heads }, (_, g) => g).filter((g) => g !== head);
  const own = [
    ...Array.from({ length: heads }, (_, g): HeadPair => [g, g]),
    ...others.map((g): HeadPair => [head, g]),
  ];
  const steps = pairsInPieces(engine, weights, isWhole ? whole : own, signal);
  for (;;) {
    const { value } = await steps.next();
    if (typeof value === 'object') return value;
  }
}

/** These pairs, and the diagonal among them: the share that is done after each piece, 0 … 1, and at last what was found. */
export async function* pairsInPieces(
  engine: Engine,
  weights: LayerWeights,
  pairs: readonly HeadPair[],
  signal: AbortSignal,
): AsyncGenerator<number | Partners> {
  const heads = weights.q.length;
  const scaled = new Float64Array(heads * heads).fill(Number.NaN);
  const inner = scaled.slice();
  const norms = new Array<number>(heads).fill(Number.NaN);
  const yielder = createYielder(signal);
  const handle = await engine.load([weights], signal);
  try {
    for (let from = 0; from < pairs.length; from += PAIRS_AT_ONCE) {
      if (yielder.shouldYield()) await yielder.yieldToEventLoop();
      signal.throwIfAborted();
      const some = pairs.slice(from, from + PAIRS_AT_ONCE);
      const found = await engine.moments(handle, 0, some, signal);
      for (const [index, [g, h]] of some.entries()) {
        const { a, b, c, cBack, log2Scale } = found[index]!;
        const value = transposeInner(c, cBack, weights.dHead);
        const ownScale = scaleNumber(value, log2Scale);
        for (const at of [g * heads + h, h * heads + g]) {
          scaled[at] = value;
          inner[at] = Number.isFinite(ownScale) ? ownScale : Number.NaN;
        }
        if (g === h) norms[g] = Math.sqrt(dot(a, b));
      }
      yield (from + some.length) / pairs.length;
    }
  } finally {
    handle.release();
  }
  // Each pair's scale is that of its two heads' norms together.
  const normalised = normalisePartners(scaled, norms);
  yield { heads, inner, normalised, isWhole: pairs.length >= (heads * (heads + 1)) / 2 };
}
