// Computes metrics of one layer on an engine, with float64 as a fallback.
import {
  type Engine,
  type EngineId,
  layerProfile,
  layerSums,
  normProfile,
  WIDEST,
} from '../engines/index.ts';
import { isAbort } from '../errors.ts';
import { directionality } from '../metrics/directionality.ts';
import { layerScore } from '../metrics/layerScore.ts';
import type { LayerScore, Reason } from '../result/index.ts';
import { kvHeadOf, type LayerWeights } from '../weights/layerWeights.ts';
import { mergeHeads } from '../weights/mergeHeads.ts';
import { viewLayer } from '../weights/viewLayer.ts';
import type { ReadLayer } from './inspectedModel.ts';
import { joinParts } from './joinParts.ts';
import type { LayerMetric } from './layerMetricWork.ts';

/** What was measured of one layer: what its heads are together, or which way it and each of them points. */
export type LayerMetricValues = {
  readonly stack: string;
  readonly layer: number;
  /** The engine that computed the products. */
  readonly engine: EngineId;
} & (
  | { readonly what: 'score'; readonly score: LayerScore }
  | {
      readonly what: 'directionality';
      /** Directionality of the layer's M, raw sign. */
      readonly directionality: number | null;
      readonly reason?: Reason;
      /** Directionality of each head's M; empty where the layer can't be read. */
      readonly heads: readonly { readonly head: number; readonly directionality: number | null }[];
    }
);

/** The engine in use; the reference from its first failure on. */
export interface FaultyEngines {
  current: Engine;
  readonly reference: Engine;
}

/** Shares that are done, 0 … 1: of the heads' own work, and of the whole layer's. */
interface Shares {
  readonly heads: number;
  readonly whole: number;
}

/** Yields the share that is done, and at the end the layer's values. */
export async function* computeLayerMetric(
  read: ReadLayer,
  what: LayerMetric,
  engines: FaultyEngines,
  signal: AbortSignal,
): AsyncGenerator<Shares | LayerMetricValues> {
  const { stack, plan, buffer } = read;
  const { layer, heads: count } = plan.layout;
  const heads: { readonly head: number; readonly directionality: number | null }[] = [];
  const parts = joinParts(plan.layout);
  for await (const { firstHead, weights } of viewLayer(plan, stack, buffer, signal)) {
    parts.add(weights);
    if (what === 'score') continue;
    for (const head of weights.q.keys()) {
      const value = await withFallback(engines, (engine) => directionOf(engine, weights, head, signal));
      heads.push({ head: firstHead + head, directionality: value });
      yield { heads: heads.length / count, whole: 0 };
    }
  }
  const weights = parts.whole();
  const place = { stack, layer };
  if (what === 'score') {
    const score =
      'q' in weights
        ? yield* overWhole(engines, (engine) => scoreOf(engine, weights, signal))
        : { r: null, s: null, reason: weights };
    yield { ...place, engine: engines.current.id, what, score };
    return;
  }
  const value =
    'q' in weights ? yield* overWhole(engines, (engine) => directionOfLayer(engine, weights, signal)) : null;
  const reason = 'q' in weights ? {} : { reason: weights };
  yield { ...place, engine: engines.current.id, what, directionality: value, ...reason, heads };
}

async function* scoreOf(engine: Engine, weights: LayerWeights, signal: AbortSignal) {
  const handle = await engine.load([mergeHeads(weights, WIDEST)], signal);
  try {
    const score = layerScore(yield* layerSums(engine, handle, 0, signal));
    if (score.r !== null) return score;
    const reason: Reason = {
      code: 'undefined',
      reason: 'The layer’s M is zero, or a weight of it is NaN or infinite.',
    };
    return { ...score, reason };
  } finally {
    handle.release();
  }
}

async function* directionOfLayer(engine: Engine, weights: LayerWeights, signal: AbortSignal) {
  return directionality(yield* layerProfile(engine, weights, signal));
}

async function directionOf(
  engine: Engine,
  weights: LayerWeights,
  head: number,
  signal: AbortSignal,
): Promise<number | null> {
  const headWeights = {
    ...weights,
    q: [weights.q[head]!],
    k: [weights.k[kvHeadOf(head, weights.q.length, weights.k.length)]!],
  };
  const handle = await engine.load([headWeights], signal);
  try {
    return directionality(await normProfile(engine, handle, 0, headWeights, 0, signal));
  } finally {
    handle.release();
  }
}

/**
 * Runs the work on the whole layer, after its heads are done; the reference takes over where an engine fails.
 */
async function* overWhole<T>(
  engines: FaultyEngines,
  work: (engine: Engine) => AsyncGenerator<number, T>,
): AsyncGenerator<Shares, T> {
  for (;;) {
    const { current } = engines;
    try {
      const steps = work(current);
      for (let step = await steps.next(); ; step = await steps.next()) {
        if (step.done === true) return step.value;
        yield { heads: 1, whole: step.value };
      }
    } catch (error) {
      giveWay(engines, current, error);
    }
  }
}

async function withFallback<T>(engines: FaultyEngines, work: (engine: Engine) => Promise<T>): Promise<T> {
  const { current } = engines;
  try {
    return await work(current);
  } catch (error) {
    giveWay(engines, current, error);
    return work(engines.current);
  }
}

/** @throws the error, where it is a cancellation or there is nobody to take over */
function giveWay(engines: FaultyEngines, failed: Engine, error: unknown): void {
  if (isAbort(error) || failed === engines.reference) throw error;
  engines.current = engines.reference;
}
