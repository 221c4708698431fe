// The interface of an engine.
import type { LayerWeights } from '../weights/layerWeights.ts';

/** Names of the engines, once and for all. */
export const ENGINE_IDS = ['reference', 'webgpu', 'wasm', 'ort-wasm', 'ort-webgpu'] as const;
export type EngineId = (typeof ENGINE_IDS)[number];

/**
 * A clock other than the page's by which an engine can time its runs: the GPU's timestamps, or that of another
 * process.
 */
export type DeviceClock = 'gpu' | 'process';

/** What an engine says of itself: in the status line, the timing table and the exports. */
export interface EngineDescription<Id extends string = EngineId> {
  readonly id: Id;
  /** "Apple M2 (metal-3)", "SwiftShader (software)", "WASM SIMD, 4 threads", "JavaScript float64". */
  readonly device: string;
  readonly threads?: number | undefined;
  /** True where it takes the next layer while it computes one, as a GPU does beside the processor. */
  readonly overlaps?: boolean | undefined;
  /** The device clock whose times run() can return, where there is one. */
  readonly deviceClock?: DeviceClock | undefined;
}

/**
 * Two numbers per head, of the weights scaled by powers of two: the true M is the scaled M times 2^log2Scale.
 * r = ½ (1 + traceCC / traceAB) needs no unscaling. For the norm method, traceAB is ‖M‖² and traceCC is
 * 2 ‖(M+Mᵀ)/2‖² − ‖M‖², so that the same formula gives the ratio of the norms.
 */
export interface HeadScores {
  readonly layer: number;
  readonly head: number;
  /** tr(M M) = Σᵢⱼ Cᵢⱼ Cⱼᵢ; NaN when a weight is NaN or infinite. */
  readonly traceCC: number;
  /** ‖M‖²_F = Σᵢⱼ Aᵢⱼ Bᵢⱼ; 0 when M is zero; NaN when a weight is NaN or infinite. */
  readonly traceAB: number;
  readonly log2Scale: number;
  /**
   * About the largest |Δr| that rounding in float32 may have caused (roundingError.ts). Absent for the norm method,
   * and from engines that don't compute in float32.
   */
  readonly roundingError?: number | undefined;
}

/** Layers that lie on the engine, ready to be scored. */
export interface EngineHandle {
  readonly layers: readonly LayerShape[];
  /**
   * trace-full in as few batches as the engine's limits allow: [from, to) in layer positions of this handle.
   * One entry means one batch.
   */
  readonly chunks: readonly (readonly [from: number, to: number])[];
  /** Gives the memory back; the handle is unusable afterwards. */
  release(): void;
}

export interface LayerShape {
  readonly layer: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly dModel: number;
  readonly dHead: number;
}

export interface RunResult {
  /** In the order of the calls; within a call by layer, then by head. */
  readonly scores: readonly HeadScores[];
  /** How often a kernel was launched: equals the number of calls, counted where the work is done. */
  readonly launches: number;
  /** Time by the engine's device clock, ms, where it has one and `timed` was requested. */
  readonly deviceMs?: number | undefined;
}

/** Two query heads of a layer whose products are computed together. */
export type HeadPair = readonly [g: number, h: number];

/**
 * The dh × dh products of two query heads g and h with their key heads, row-major float64, of weights scaled by
 * powers of two. With g = h they are A, B and C of one head. NaN when a weight is NaN or infinite.
 */
export interface PairMoments {
  /** A_gh = Wq_gᵀ Wq_h. */
  readonly a: Float64Array;
  /** B_gh = Wk_gᵀ Wk_h. */
  readonly b: Float64Array;
  /** C_gh = Wk_gᵀ Wq_h. */
  readonly c: Float64Array;
  /** C_hg = Wk_hᵀ Wq_g. */
  readonly cBack: Float64Array;
  /** The true Wq_g is the scaled one times 2^exponents.q[0], and so on. */
  readonly exponents: { readonly q: readonly [number, number]; readonly k: readonly [number, number] };
  /** The scale of A∘B and C∘C: the sum of the four exponents. */
  readonly log2Scale: number;
}

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  /**
   * Called with finished heads while the rest are still being computed, by engines that don't compute all of them at
   * once.
   */
  readonly onScores?: ((scores: readonly HeadScores[]) => void) | undefined;
  readonly timed?: boolean | undefined;
}

/** A block of the engine’s own memory for a layer’s bytes: weights that are loaded from it are not copied. */
export interface SharedBlock {
  readonly bytes: Uint8Array;
  /** Frees the block; nothing may read or write it afterwards. */
  release(): void;
}

export interface LoadOptions {
  /**
   * True to bring all weights into the engine's own form at once, so that run() is the kernel alone (timing). Otherwise
   * an engine may do it piece by piece, which takes less memory for large layers.
   */
  readonly resident?: boolean | undefined;
}

/**
 * How products are computed. One interface, one conformance suite over all engines (tests/engines).
 * Engines take any d, dh, heads and kvHeads, F64, F32, F16 and BF16, and weights of any finite scale.
 * `Id` is wider for peers that only a benchmark knows.
 */
export interface Engine<H extends EngineHandle = EngineHandle, Id extends string = EngineId> {
  readonly id: Id;
  describe(): EngineDescription<Id>;
  /**
   * Brings the weights of one or several layers of one shape to the engine. The views' bytes must stay as they are
   * until the handle is released: an engine may come back to them.
   */
  load(layers: readonly LayerWeights[], signal?: AbortSignal, options?: LoadOptions): Promise<H>;
  /** Allocates shared memory to read a layer into; null where the engine has no such memory, or not enough of it. */
  allocateShared?(bytes: number): SharedBlock | null;
  /** Runs the calls in order, launching a kernel once for each. Calls of one run may be pipelined. */
  run(handle: H, calls: readonly KernelCall[], options?: RunOptions): Promise<RunResult>;
  /**
   * Computes the matrices themselves, for inspected heads and for whole-layer sums (layerProducts.ts). One result
   * for each pair.
   */
  moments(
    handle: H,
    layerIndex: number,
    pairs: readonly HeadPair[],
    signal?: AbortSignal,
  ): Promise<PairMoments[]>;
  close(): void;
}

/**
 * One kernel launch. `layerIndex` is a position in the handle's layers, not the layer's number in the model.
 */
export type KernelCall =
  /** Forms M of one head (every element) and takes both norms: O(d² dh). */
  | { readonly kernel: 'norm'; readonly layerIndex: number; readonly head: number }
  /** A, B, C of one head, M never formed: O(d dh²). */
  | { readonly kernel: 'trace'; readonly layerIndex: number; readonly head: number }
  /** The heads of one layer at once. */
  | { readonly kernel: 'trace-heads'; readonly layerIndex: number }
  /** All heads of the layers [from, to) in one batch. */
  | { readonly kernel: 'trace-full'; readonly from: number; readonly to: number };
