// Computes all pairs of a layer's heads on request.
import { allPairs, type EngineId } from '../engines/index.ts';
import { isAbort, QKError } from '../errors.ts';
import { type DetailDeps, type HeadPlace, PARTNERS_TOO_LARGE } from './headDetail.ts';
import { headPart } from './headPart.ts';
import type { InspectedModel } from './inspectedModel.ts';
import { type Partners, partnersKey, partnersOfPairs } from './layerPartners.ts';

export type PartnersEvent =
  | { readonly type: 'progress'; readonly fraction: number }
  /** `engine` is the one that computed them. */
  | { readonly type: 'done'; readonly partners: Partners; readonly engine: EngineId };

/**
 * Computes all pairs of a layer's heads, however long they take: for layers of which a head's detail has that head's
 * pairs alone. O(d (H dh)²). They are cached with the model, for the layer's other heads.
 * @throws QKError 'too-large' for a layer whose heads can't be held together
 */
export async function* allPartners(
  model: InspectedModel,
  { stack, layer }: Pick<HeadPlace, 'stack' | 'layer'>,
  { engine, reference }: DetailDeps,
  signal: AbortSignal,
): AsyncGenerator<PartnersEvent> {
  const cached = model.partners.get(partnersKey(engine.id, stack, layer));
  if (cached !== undefined) {
    yield { type: 'done', partners: cached, engine: engine.id };
    return;
  }
  const read = await model.read(stack, layer, signal);
  const { weights } = await headPart(read, 0, signal);
  if (weights.q.length < read.plan.layout.heads)
    throw new QKError('too-large', PARTNERS_TOO_LARGE, { where: `layer ${layer}` });
  const pairs = allPairs(weights.q.length);
  for (const current of engine === reference ? [reference] : [engine, reference]) {
    try {
      for await (const step of partnersOfPairs(current, weights, pairs, signal)) {
        if (typeof step === 'number') yield { type: 'progress', fraction: step };
        else {
          model.partners.set(partnersKey(current.id, stack, layer), step);
          yield { type: 'done', partners: step, engine: current.id };
        }
      }
      return;
    } catch (error) {
      // The reference takes over, and begins with the first pair.
      if (isAbort(error) || current === reference) throw error;
    }
  }
}
