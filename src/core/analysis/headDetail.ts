import type { EngineId } from '../engines/engine.ts';
import type { Reason } from './result.ts';

/** A complex number. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

/** A, B and C of one head, [dh, dh] row-major; the true matrix is the one given times 2^log2Scale of its name. */
export interface DetailMoments {
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly c: Float64Array;
  readonly log2Scale: { readonly a: number; readonly b: number; readonly c: number };
}

/** How often a random orientation of the head's own spectrum lies at least as far from 1/d as the head does. */
export interface SpectrumPValue {
  /** (1 + atLeast) / (1 + draws), two-sided: of |s − 1/d|. */
  readonly p: number;
  readonly draws: number;
  readonly atLeast: number;
}

/** The inner products ⟨M_g, M_hᵀ⟩ = tr(M_g M_h) = tr(C_gh C_hg) of the layer's heads; symmetric. */
export interface Partners {
  readonly heads: number;
  /** [H, H] on the weights' own scale; NaN where a weight of either isn't finite, or no double holds it. */
  readonly inner: Float64Array;
  /** [H, H] divided by ‖M_g‖‖M_h‖, −1 … 1: how alike M_g is to the transpose of M_h; s on the diagonal. NaN where undefined. */
  readonly normalised: Float64Array;
}

/** A tensor that the head's layer is read from, and the bytes of it that were read. */
export interface DetailTensor {
  readonly name: string;
  readonly dtype: string;
  /** In words, where it isn't all. */
  readonly rows?: string;
  /** The file. */
  readonly source: string;
  /** Bytes of the file that were read, end exclusive; several ranges where a weight is stored in parts. */
  readonly begin: number;
  readonly end: number;
}

/** One head looked at closely. A value that is undefined is null (an array of them: empty), and `reason` says why. */
export interface HeadDetail {
  readonly stack: string;
  readonly layer: number;
  readonly head: number;
  readonly kvHead: number;
  readonly dModel: number;
  readonly dHead: number;
  /** ‖M‖_F. */
  readonly norm: number | null;
  /** tr M = tr C = Σ eigenvalues. */
  readonly traceM: number | null;
  readonly r: number | null;
  readonly s: number | null;
  readonly reason?: Reason;
  /** The dh eigenvalues of M that can differ from 0 (those of C), by modulus, largest first; the other d − dh are 0. */
  readonly eigenvalues: readonly Complex[];
  /** The dh singular values of M that can differ from 0, largest first. */
  readonly singularValues: readonly number[];
  /** exp of the entropy of the shares σᵢ/Σσ, 1 … dh. */
  readonly effectiveRank: number | null;
  /** ‖M‖²_F / σ₁², 1 … dh. */
  readonly stableRank: number | null;
  /** Shares of ‖M‖² in (M+Mᵀ)/2 and in (M−Mᵀ)/2: r and 1 − r. */
  readonly energy: { readonly symmetric: number; readonly antisymmetric: number } | null;
  readonly moments: DetailMoments;
  /** Null while it is being drawn, and where r is undefined. */
  readonly pValue: SpectrumPValue | null;
  /** Raw sign; the paper's figures negate it. */
  readonly directionality: number | null;
  /** Null while the layer's pairs are being computed. */
  readonly partners: Partners | null;
  readonly tensors: readonly DetailTensor[];
  /** That computed the partners. The head's own numbers are float64 whatever the engine. */
  readonly engine: EngineId;
}
