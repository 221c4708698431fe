// The schema of a result, as it is exported and cached.
import type { EngineId } from '../engines/index.ts';
import type { FormatId } from '../repos/index.ts';
import type { Convention } from '../weights/convention.ts';
import type { BenchmarkReport } from './benchmarkReport.ts';
import type { UserScore } from './userScores.ts';

/** Version 1 of the JSON that is exported, and of what the page shows: the page keeps no other numbers. */
export const RESULT_SCHEMA = 'qkscope/result';
export const RESULT_VERSION = 1;
/**
 * The version of how checkpoints are read: which tensors are taken for Q and K, how they lie, and what is computed
 * of them. Raised whenever any of that may give other scores for the same files: what was kept of an earlier reading
 * isn't shown as this one's.
 */
export const READING_VERSION = 2;

/** Why a head has no value, or a layer couldn't be scored. */
export interface Reason {
  readonly code:
    | 'zero'
    | 'non-finite'
    /** No double holds it with all its digits. */
    | 'out-of-range'
    /** Used for a whole layer. */
    | 'undefined'
    | 'too-large'
    | 'missing-tensor'
    /** A hybrid's layer: something else mixes its tokens. */
    | 'no-attention'
    | 'layout-mismatch'
    | 'dtype-unsupported'
    /** The convention asks for what this layer doesn't have, or for what isn't known of it. */
    | 'convention-unavailable'
    | 'read-failed'
    | 'engine-failed'
    | 'cancelled';
  readonly reason: string;
}

export interface HeadResult {
  readonly head: number;
  readonly kvHead: number;
  /** ‖(M+Mᵀ)/2‖²/‖M‖², 0 … 1; null when undefined (then `reason` says why). */
  readonly r: number | null;
  /** 2r − 1 = tr(MM)/‖M‖², −1 … 1; null when undefined. */
  readonly s: number | null;
  /**
   * ‖M‖_F on the weights' own scale; 0 for a zero M. Absent where a weight isn't finite, and where `normReason` says
   * why.
   */
  readonly norm?: number;
  readonly normReason?: string;
  /** Raw sign; the paper's figures negate it. Null when undefined; absent until it is measured. */
  readonly directionality?: number | null;
  readonly reason?: Reason;
  /** True where an engine of float32 would have been too far off, so that the head was computed again in float64. */
  readonly recomputed?: true;
}

/**
 * r and s of a whole layer: M summed over its heads (the paper's score); null when undefined (then `reason` says
 * why).
 */
export interface LayerScore {
  readonly r: number | null;
  readonly s: number | null;
  readonly reason?: Reason;
}

/** One tensor a layer was read from; rows name the part that was used, [from, to) of output rows. */
export interface TensorUse {
  readonly name: string;
  readonly dtype: string;
  readonly rows?: string;
}

export interface LayerResult {
  readonly layer: number;
  /** The layers that use this block, where several share it (ALBERT). */
  readonly usedBy?: readonly number[];
  /** What is particular about it. */
  readonly note?: string;
  /** Where it differs from its stack's (Swin's stages). */
  readonly shape?: Omit<ModelShape, 'layers'>;
  /** The witness that says how the layer falls into heads, where it is another than for its stack. */
  readonly headsFrom?: string;
  readonly tensors: readonly TensorUse[];
  /** Empty while the layer isn't scored yet, or when it was skipped. */
  readonly heads: readonly HeadResult[];
  /** Heads that are scored while the layer is under way, in no order: shown until all are. Never in a result. */
  readonly arriving?: readonly HeadResult[];
  /** Absent until it is measured. */
  readonly score?: LayerScore;
  /**
   * Directionality of the layer's M, raw sign; the paper's figures negate it. Null when undefined; absent until it
   * is measured.
   */
  readonly directionality?: number | null;
  /** Why the layer's directionality couldn't be measured. */
  readonly directionalityReason?: Reason;
  /** The engines that computed the products of what was measured of the whole layer. */
  readonly measuredBy?: { readonly score?: EngineId; readonly directionality?: EngineId };
  /** The engine that scored it; given only where another took over midway. */
  readonly engine?: EngineId;
  readonly skipped?: Reason;
}

/** One map: all layers of one kind of attention ("self", "encoder.self", "decoder.cross"). */
export interface StackResult {
  readonly name: string;
  readonly shape: ModelShape;
  /**
   * The witness that says how Wq and Wk fall into heads: "config.json", "the size of …", "chosen by you". Absent in
   * what older versions wrote.
   */
  readonly headsFrom?: string;
  readonly layers: readonly LayerResult[];
}

export interface ModelInfo {
  readonly source: 'hub' | 'local' | 'sample';
  readonly id: string;
  /** The name that the user gave it on the page. */
  readonly name?: string;
  readonly revision: string | null;
  readonly sha: string | null;
  /** SHA-256 over the headers of the weight files, hex: names the same file again. */
  readonly fingerprint: string | null;
  /** SHA-256 over what was read of the weight files, hex; of checkpoints from a folder alone (repos/contentHash.ts). */
  readonly contentHash?: string;
  readonly format: FormatId;
  readonly modelType: string;
  /** The registry row that read it: "llama" may read a "mistral". */
  readonly architecture: string;
  readonly dtype: string;
  /** True where weights are stored as approximations of the trained ones (GGUF's Q4_K, GPTQ): the scores are theirs. */
  readonly quantised?: boolean;
  /** The weight file or index that was read, by its path in the repository. */
  readonly weights?: string;
  /**
   * How many numbers the model was trained to, by the shapes in the headers: tied ones once, quantised ones as the
   * weights they stand for, no buffers. Absent where the headers that were read don't say.
   */
  readonly parameters?: number;
  /** When the hub says that the repository was made, ISO 8601 in UTC; absent where that isn't known. */
  readonly published?: string;
}

export interface ModelShape {
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly dModel: number;
  readonly dHead: number;
}

export interface EngineUse {
  /** recorded: computed elsewhere, while the model was trained. */
  readonly id: EngineId | 'recorded';
  readonly device: string;
  /** Why this engine: "chosen by you", "no WebGPU adapter; WASM instead". */
  readonly reason: string;
}

export interface ByteCounts {
  /** Fetched so far, headers included. */
  readonly read: number;
  /** Will be fetched in all. */
  readonly planned: number;
  /** Held by Q and K themselves. */
  readonly needed: number;
  /** All weight files. */
  readonly file: number;
}

/** A scored model (schema `qkscope/result`, version 1): what is shown, exported and dropped back. */
export interface AnalysisResult {
  readonly schema: typeof RESULT_SCHEMA;
  readonly version: typeof RESULT_VERSION;
  readonly model: ModelInfo;
  /** The first stack's. */
  readonly shape: ModelShape;
  /** What was done to the weights before they were scored. */
  readonly convention: Convention;
  readonly engine: EngineUse;
  readonly bytes: ByteCounts;
  readonly stacks: readonly StackResult[];
  /** Sentences shown with the figure: an overridden head split, a model type read through another row. */
  readonly notes: readonly string[];
  readonly timing?: BenchmarkReport;
  /**
   * The user's own scores of this model's heads, as their files give them; heads that the model doesn't have
   * included.
   */
  readonly own?: readonly UserScore[];
  readonly createdAt: string;
  readonly app: { readonly version: string };
}
