// Computes metrics of whole layers, layer by layer.
import { isAbort } from '../errors.ts';
import { computeLayerMetric, type FaultyEngines, type LayerMetricValues } from './computeLayerMetrics.ts';
import type { DetailDeps } from './headDetail.ts';
import type { InspectedModel } from './inspectedModel.ts';
import { unmeasuredReason } from './layerMetricUnavailable.ts';
import { type LayerMetric, layerMetricWork, weightOf } from './layerMetricWork.ts';

export type { LayerMetricValues } from './computeLayerMetrics.ts';
export type { LayerMetric } from './layerMetricWork.ts';

export type LayerMetricEvent =
  /** Before any weight is read. */
  | {
      readonly type: 'estimate';
      readonly layers: number;
      readonly flops: number;
      /** To be read, again where they were read before. */
      readonly bytes: number;
    }
  | { readonly type: 'progress'; readonly fraction: number; readonly stack: string; readonly layer: number }
  | { readonly type: 'layer'; readonly measures: LayerMetricValues };

/**
 * Computes whole-layer scores, or directionality, layer by layer: A, B and C of single heads don't give them. Memory
 * is one layer's bytes, its merged form, and what the engine holds of them. A layer that can't be measured says why,
 * and the next one follows. Where the engine fails, the reference takes over for the rest of the run.
 * @throws QKError when two layers in a row can't be read
 */
export async function* computeLayerMetrics(
  model: InspectedModel,
  what: LayerMetric,
  deps: DetailDeps,
  signal: AbortSignal,
): AsyncGenerator<LayerMetricEvent> {
  const { layers } = model.plan;
  const works = layers.map(({ plan }) => {
    const work = layerMetricWork(plan.layout, what);
    const [heads, whole] = [weightOf(work.heads, deps.engine.id), weightOf(work.whole, deps.engine.id)];
    const flops = work.heads.engine + work.heads.here + work.whole.engine + work.whole.here;
    return { heads, whole, flops };
  });
  const total = works.reduce((sum, { heads, whole }) => sum + heads + whole, 0);
  yield {
    type: 'estimate',
    layers: layers.length,
    flops: works.reduce((sum, { flops }) => sum + flops, 0),
    bytes: layers.reduce((sum, { plan }) => sum + plan.bufferBytes, 0),
  };
  const engines: FaultyEngines = { current: deps.engine, reference: deps.reference };
  let done = 0;
  let wasUnread = false;
  for (const [index, { stack, plan }] of layers.entries()) {
    const { layer } = plan.layout;
    const work = works[index]!;
    let furthest = done;
    const progress = (more: number): LayerMetricEvent => {
      // A fallback repeats the part; the bar doesn't go back.
      furthest = Math.max(furthest, done + more);
      return { type: 'progress', fraction: furthest / total, stack, layer };
    };
    yield progress(0);
    try {
      const read = await model.read(stack, layer, signal);
      wasUnread = false;
      for await (const step of computeLayerMetric(read, what, engines, signal)) {
        if ('what' in step) yield { type: 'layer', measures: step };
        else yield progress(step.heads * work.heads + step.whole * work.whole);
      }
    } catch (error) {
      const reason = unmeasuredReason(error, engines.current.id);
      // One file may be damaged; two layers that can't be read are a connection that is gone.
      if (isAbort(error) || (reason.code === 'read-failed' && wasUnread)) throw error;
      wasUnread = reason.code === 'read-failed';
      const place = { stack, layer, engine: engines.current.id };
      yield {
        type: 'layer',
        measures:
          what === 'score'
            ? { ...place, what, score: { r: null, s: null, reason } }
            : { ...place, what, directionality: null, reason, heads: [] },
      };
    }
    done += work.heads + work.whole;
  }
}
