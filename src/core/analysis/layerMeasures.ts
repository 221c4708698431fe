import { layerSums, normProfile } from '../engines/details.ts';
import type { Engine, EngineId } from '../engines/engine.ts';
import { type ErrorCode, isAbort, QKError } from '../errors.ts';
import { directionality } from '../metrics/directionality.ts';
import { layerScore } from '../metrics/layerScore.ts';
import { foldLayer } from '../weights/foldLayer.ts';
import { kvHeadOf, type LayerWeights } from '../weights/layerWeights.ts';
import { viewLayer } from '../weights/viewLayer.ts';
import type { ReadLayer, ReopenedModel } from './detail/reopened.ts';
import type { DetailDeps } from './headDetail.ts';
import { measureWork, WIDEST, weightOf } from './measureWork.ts';
import type { LayerScore, Reason } from './result.ts';

/** What one layer's heads are together, and which way each of them points. */
export interface LayerMeasures {
  readonly stack: string;
  readonly layer: number;
  readonly score: LayerScore;
  /** Of the layer's M, raw sign. */
  readonly directionality: number | null;
  /** Of each head's M. */
  readonly heads: readonly { readonly head: number; readonly directionality: number | null }[];
}

export type MeasuresEvent =
  /** Before any weight is read. */
  | {
      readonly type: 'estimate';
      readonly layers: number;
      readonly flops: number;
      /** To be read, again where they were read before. */
      readonly bytes: number;
    }
  | { readonly type: 'progress'; readonly fraction: number; readonly stack: string; readonly layer: number }
  | { readonly type: 'layer'; readonly measures: LayerMeasures };

/**
 * Whole-layer scores and directionality, layer by layer: what A, B and C of single heads don't tell. Memory is one layer's bytes, its folded
 * form, and what the engine holds of them. A layer that can't be measured says why, and the next one follows.
 */
export async function* layerMeasures(
  model: ReopenedModel,
  deps: DetailDeps,
  signal: AbortSignal,
): AsyncGenerator<MeasuresEvent> {
  const { layers } = model.plan;
  const works = layers.map(({ plan }) => measureWork(plan.layout));
  const weights = works.map((work) => weightOf(work, deps.engine.id));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  yield {
    type: 'estimate',
    layers: layers.length,
    flops: works.reduce((sum, { engine, here }) => sum + engine + here, 0),
    bytes: layers.reduce((sum, { plan }) => sum + plan.bufferBytes, 0),
  };
  let done = 0;
  let wasUnread = false;
  for (const [at, { stack, plan }] of layers.entries()) {
    const { layer, heads } = plan.layout;
    const tell = (share: number): MeasuresEvent => ({
      type: 'progress',
      fraction: (done + share * weights[at]!) / total,
      stack,
      layer,
    });
    yield tell(0);
    try {
      const read = await model.read(stack, layer, signal);
      wasUnread = false;
      for await (const step of measureLayer(read, deps, signal)) {
        if ('score' in step) yield { type: 'layer', measures: step };
        else yield tell(step.heads / (heads + 1));
      }
    } catch (error) {
      const reason = reasonOf(error, deps.engine.id);
      // One file may be damaged; two layers that can't be read are a connection that is gone.
      if (isAbort(error) || (reason.code === 'read-failed' && wasUnread)) throw error;
      wasUnread = reason.code === 'read-failed';
      const measures = { stack, layer, score: { r: null, s: null, reason }, directionality: null, heads: [] };
      yield { type: 'layer', measures };
    }
    done += weights[at]!;
  }
}

/** Why a layer has no measures: what its bytes hold, how they are reached, or the engines. */
function reasonOf(error: unknown, engine: EngineId): Reason {
  const reason = error instanceof Error ? error.message : String(error);
  if (!(error instanceof QKError))
    return { code: 'engine-failed', reason: `The ${engine} engine couldn’t measure this layer: ${reason}` };
  if (!error.permanent || UNREADABLE.has(error.code)) return { code: 'read-failed', reason };
  const isKnown = error.code === 'dtype-unsupported' || error.code === 'too-large';
  return { code: isKnown ? (error.code as Reason['code']) : 'engine-failed', reason };
}

const UNREADABLE: ReadonlySet<ErrorCode> = new Set([
  'read-failed',
  'range-outside-file',
  'file-changed',
  'file-damaged',
]);

/** Tells how many heads are done, and at the end the measures. */
async function* measureLayer(
  read: ReadLayer,
  { engine, reference }: DetailDeps,
  signal: AbortSignal,
): AsyncGenerator<{ readonly heads: number } | LayerMeasures> {
  const { stack, plan, buffer } = read;
  const { layer, heads: count } = plan.layout;
  const heads: { readonly head: number; readonly directionality: number | null }[] = [];
  let whole: Pick<LayerMeasures, 'score' | 'directionality'> | null = null;
  for await (const { firstHead, weights } of viewLayer(plan, stack, buffer, signal)) {
    if (weights.q.length === count)
      whole = await withFallback(engine, reference, (one) => wholeOf(one, weights, signal));
    for (const head of weights.q.keys()) {
      const value = await withFallback(engine, reference, (one) => directionOf(one, weights, head, signal));
      heads.push({ head: firstHead + head, directionality: value });
      yield { heads: heads.length };
    }
  }
  const unknown = {
    code: 'too-large',
    reason: 'This layer’s heads are composed of low-rank factors, and too large to be held together.',
  } as const;
  const measured = whole ?? { score: { r: null, s: null, reason: unknown }, directionality: null };
  yield { stack, layer, ...measured, heads };
}

async function wholeOf(engine: Engine, weights: LayerWeights, signal: AbortSignal) {
  const folded = foldLayer(weights, WIDEST);
  const handle = await engine.load([folded], signal);
  try {
    const score = layerScore(await layerSums(engine, handle, 0, signal));
    const all = folded.q.map((_, head) => head);
    const profile = await normProfile(engine, handle, 0, folded, all, signal);
    const reason =
      score.r === null
        ? ({
            code: 'undefined',
            reason: 'The layer’s M is zero, or a weight of it is NaN or infinite.',
          } as const)
        : null;
    return {
      score: reason === null ? score : { ...score, reason },
      directionality: directionality(profile),
    };
  } finally {
    handle.release();
  }
}

async function directionOf(
  engine: Engine,
  weights: LayerWeights,
  head: number,
  signal: AbortSignal,
): Promise<number | null> {
  const one = {
    ...weights,
    q: [weights.q[head]!],
    k: [weights.k[kvHeadOf(head, weights.q.length, weights.k.length)]!],
  };
  const handle = await engine.load([one], signal);
  try {
    return directionality(await normProfile(engine, handle, 0, one, [0], signal));
  } finally {
    handle.release();
  }
}

/** The reference takes over where the engine fails; a cancellation stays one. */
async function withFallback<T>(
  engine: Engine,
  reference: Engine,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  try {
    return await work(engine);
  } catch (error) {
    if (isAbort(error) || engine === reference) throw error;
    return work(reference);
  }
}
