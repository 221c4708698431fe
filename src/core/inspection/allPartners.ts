import type { EngineId } from '../engines/index.ts';
import { isAbort, QKError } from '../errors.ts';
import { type DetailDeps, type HeadPlace, PARTNERS_TOO_LARGE } from './headDetail.ts';
import { headPart } from './headPart.ts';
import type { InspectedModel } from './inspectedModel.ts';
import { allPairs, type Partners, pairsInPieces, partnersKey } from './layerPartners.ts';

export type PartnersEvent =
  | { readonly type: 'progress'; readonly fraction: number }
  /** `engine`: that computed them. */
  | { readonly type: 'done'; readonly partners: Partners; readonly engine: EngineId };

/**
 * All pairs of a layer's heads, however long they take: for layers of which a head's detail has the head's own pairs alone. O(d (H dh)²). They
 * are kept with the model, for its layer's other heads.
 * @throws QKError 'too-large' for a layer whose heads can't be held together
 */
export async function* allPartners(
  model: InspectedModel,
  { stack, layer }: Pick<HeadPlace, 'stack' | 'layer'>,
  { engine, reference }: DetailDeps,
  signal: AbortSignal,
): AsyncGenerator<PartnersEvent> {
  const kept = model.partners.get(partnersKey(engine.id, stack, layer));
  if (kept !== undefined) {
    yield { type: 'done', partners: kept, engine: engine.id };
    return;
  }
  const read = await model.read(stack, layer, signal);
  const { weights } = await headPart(read, 0, signal);
  if (weights.q.length < read.plan.layout.heads)
    throw new QKError('too-large', PARTNERS_TOO_LARGE, { where: `layer ${layer}` });
  const pairs = allPairs(weights.q.length);
  for (const current of engine === reference ? [reference] : [engine, reference]) {
    try {
      for await (const step of pairsInPieces(current, weights, pairs, signal)) {
        if (typeof step === 'number') yield { type: 'progress', fraction: step };
        else {
          model.partners.set(partnersKey(current.id, stack, layer), step);
          yield { type: 'done', partners: step, engine: current.id };
        }
      }
      return;
    } catch (error) {
      // The reference takes over, from the first pair on.
      if (isAbort(error) || current === reference) throw error;
    }
  }
}
