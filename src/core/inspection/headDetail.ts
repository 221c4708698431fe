// Computes one head in detail, part by part.
import { headResult } from '../analysis/index.ts';
import {
  boundedSums,
  createYielder,
  type Engine,
  type EngineId,
  type HeadScores,
  scoreInFloat64,
  type Yielder,
} from '../engines/index.ts';
import { isAbort } from '../errors.ts';
import type { Complex } from '../linalg/eigenvalues.ts';
import { scaleNumber } from '../linalg/powerOfTwoScale.ts';
import { directionality } from '../metrics/directionality.ts';
import { effectiveRank } from '../metrics/effectiveRank.ts';
import { type EnergyShares, energyShares } from '../metrics/energy.ts';
import { stableRank } from '../metrics/stableRank.ts';
import type { Reason } from '../result/index.ts';
import type { Convention } from '../weights/convention.ts';
import { kvHeadOf, type LayerWeights } from '../weights/layerWeights.ts';
import { type HeadMoments, headMoments } from './headMoments.ts';
import { headPart } from './headPart.ts';
import { headProfile } from './headProfile.ts';
import { headSpectra } from './headSpectra.ts';
import { type DetailTensor, headTensors } from './headTensors.ts';
import type { InspectedModel, ReadLayer } from './inspectedModel.ts';
import { layerPartners, type Partners, partnersKey } from './layerPartners.ts';
import { type HeadRope, ropeOfHead } from './ropeOfHead.ts';
import { pUnavailable, type SpectrumPValue, spectrumPValue } from './spectrumPValue.ts';

export type { Complex } from '../linalg/eigenvalues.ts';
export type { DetailTensor } from './headTensors.ts';
export type { Partners } from './layerPartners.ts';
export type { SpectrumPValue } from './spectrumPValue.ts';

/** A, B and C of one head, [dh, dh] row-major; the true matrix is the one given times 2^log2Scale of its name. */
export interface DetailMoments {
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly c: Float64Array;
  readonly log2Scale: { readonly a: number; readonly b: number; readonly c: number };
}

/** One head in detail. A value that is undefined is null (an array of them: empty), and `reason` says why. */
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
  /** Why there are none, where `reason` doesn't say it. */
  readonly eigenvaluesReason?: string;
  /** The dh singular values of M that can differ from 0, largest first. */
  readonly singularValues: readonly number[];
  readonly singularValuesReason?: string;
  /** exp of the entropy of the shares σᵢ/Σσ, 1 … dh. */
  readonly effectiveRank: number | null;
  /** ‖M‖²_F / σ₁², 1 … dh. */
  readonly stableRank: number | null;
  /** Shares of ‖M‖² in (M+Mᵀ)/2 and in (M−Mᵀ)/2: r and 1 − r. */
  readonly energy: EnergyShares | null;
  readonly moments: DetailMoments;
  /** r over the RoPE offset, or why there is none. */
  readonly rope: HeadRope;
  /** Null while it is being drawn, where r is undefined, and where `pReason` says why there is none. */
  readonly pValue: SpectrumPValue | null;
  readonly pReason?: string;
  /** Raw sign; the paper's figures negate it. */
  readonly directionality: number | null;
  /** Null while the layer's pairs are being computed, and where `partnersReason` says why there are none. */
  readonly partners: Partners | null;
  readonly partnersReason?: string;
  readonly tensors: readonly DetailTensor[];
  /** What was done to the weights before all this. */
  readonly convention: Convention;
  /** The engine that computes the partners. The head's own numbers are float64 whatever the engine. */
  readonly engine: EngineId;
}

export interface HeadPlace {
  readonly stack: string;
  readonly layer: number;
  readonly head: number;
}

/** Why a layer has no partners where its heads come in parts. */
export const PARTNERS_TOO_LARGE =
  'This layer’s heads are composed of factors or transformed by the convention, and too large to be held together.';

export interface DetailDeps {
  readonly engine: Engine;
  /** Takes over where the engine fails. */
  readonly reference: Engine;
}

/**
 * Yields one head in detail, again each time a part is added: first what follows from its own A, B and C, then the
 * p-value, then the layer's partners. Reads the head's layer, and nothing else. The head's own numbers are computed
 * here in float64; the pairs of heads on the engine.
 */
export async function* headDetail(
  model: InspectedModel,
  place: HeadPlace,
  { engine, reference }: DetailDeps,
  signal: AbortSignal,
): AsyncGenerator<HeadDetail> {
  const yielder = createYielder(signal);
  const read = await model.read(place.stack, place.layer, signal);
  const part = await headPart(read, place.head, signal);
  const { q, k } = part.weights;
  const partHead = place.head - part.firstHead;
  const moments = await headMoments(q[partHead]!, k[kvHeadOf(partHead, q.length, k.length)]!, yielder);
  const { convention } = model.plan;
  const withheldP = pUnavailable(place.stack, convention, read.plan.layout.dHead);
  let detail: HeadDetail = {
    ...(await detailOfMoments(
      moments,
      await scoresOfMoments(moments, part.weights, partHead, signal),
      read,
      place,
      yielder,
    )),
    ...(withheldP === null ? {} : { pReason: withheldP }),
    convention,
    engine: engine.id,
  };
  yield detail;

  const { s, singularValues, dModel } = detail;
  if (withheldP === null && s !== null && singularValues.length > 0) {
    const pValue = await spectrumPValue(singularValues, s, dModel, seedOf(place), yielder);
    detail = { ...detail, pValue };
    yield detail;
  }

  if (q.length < read.plan.layout.heads) {
    yield {
      ...detail,
      partnersReason: PARTNERS_TOO_LARGE,
    };
    return;
  }
  const key = partnersKey(engine.id, place.stack, place.layer);
  let partners = model.partners.get(key);
  let used: EngineId = engine.id;
  if (partners === undefined) {
    try {
      partners = await layerPartners(engine, part.weights, place.head, signal);
    } catch (error) {
      if (isAbort(error)) throw error;
      used = reference.id;
      partners = await layerPartners(reference, part.weights, place.head, signal);
    }
    if (partners.isWhole && used === engine.id) model.partners.set(key, partners);
  }
  yield { ...detail, partners, engine: used };
}

/** Sums a head's products; recomputes them exactly where float64 is too short. `head` counts within `weights`. */
async function scoresOfMoments(
  moments: HeadMoments,
  weights: LayerWeights,
  head: number,
  signal: AbortSignal,
) {
  const { exponents, allFinite } = moments;
  const { dModel, dHead } = weights;
  const { isTrusted, ...sums } = boundedSums(moments, dModel, dHead, dModel);
  if (allFinite && !isTrusted) return scoreInFloat64(weights, head, signal);
  return { layer: weights.layer, head, ...sums, log2Scale: exponents.q + exponents.k };
}

/** Computes what follows from the products of one head alone. */
async function detailOfMoments(
  moments: HeadMoments,
  scores: HeadScores,
  { plan, row }: ReadLayer,
  { stack, layer, head }: HeadPlace,
  yielder: Yielder,
): Promise<Omit<HeadDetail, 'engine' | 'convention'>> {
  const { heads, kvHeads, dModel, dHead } = plan.layout;
  const { a, b, c, exponents, allFinite } = moments;
  const log2Scale = exponents.q + exponents.k;
  const result = headResult({ ...scores, head }, { heads, kvHeads });
  const { kvHead, r, s, norm = null, normReason } = result;
  const reason: Reason | undefined =
    result.reason ?? (normReason === undefined ? undefined : { code: 'out-of-range', reason: normReason });
  // Spectra are on M's own scale: where no double holds its norm, they aren't given.
  const hasScale = norm !== null;
  const { eigenvalues, singularValues, ...reasons } = hasScale
    ? await headSpectra(moments, dHead, yielder)
    : { eigenvalues: null, singularValues: null };
  const singular = singularValues ?? [];
  const scale = (value: number) => scaleNumber(value, log2Scale);
  let trace = 0;
  for (let i = 0; i < dHead; i++) trace += c[i * dHead + i]!;
  const products = { a, b, c, log2Scale: { a: 2 * exponents.q, b: 2 * exponents.k, c: log2Scale } };
  return {
    ...{ stack, layer, head, kvHead, dModel, dHead },
    norm,
    traceM: hasScale ? scale(trace) : null,
    r,
    s,
    ...(reason === undefined ? {} : { reason }),
    ...reasons,
    eigenvalues: (eigenvalues ?? []).map(({ re, im }) => ({ re: scale(re), im: scale(im) })),
    singularValues: singular.map(scale),
    effectiveRank: effectiveRank(singular),
    stableRank: stableRank(singular),
    energy: r === null ? null : energyShares(r),
    moments: products,
    rope: ropeOfHead(plan, products),
    pValue: null,
    directionality: allFinite ? directionality(await headProfile(moments, dHead, yielder)) : null,
    partners: null,
    tensors: headTensors(plan, head, row.tensors),
  };
}

/** The same head draws the same numbers each time. */
function seedOf({ layer, head }: HeadPlace): number {
  return layer * 65_537 + head + 1;
}
