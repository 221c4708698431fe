// Names what a model's reading and scoring waits for.
import type { ModelState } from '../../state/modelState.ts';
import { layerCounts } from '../../state/selectors.ts';
import { engineName, senderName } from '../waitNames.ts';

type Waiting = Pick<ModelState, 'status' | 'waitsFor' | 'choice' | 'bytes' | 'stacks' | 'engine'>;

/** As in "Waiting for …, for 5 s.": who is to give what. */
export function waitsFor(model: Waiting, hubUrl: string): string {
  const sender = senderName(model.choice, hubUrl);
  if (model.status === 'opening')
    switch (model.waitsFor) {
      case 'files':
        return `${sender} to list the model’s files`;
      case 'headers':
        return `${sender} to give the files’ headers`;
      case 'engine':
        return 'the browser to start an engine';
      default:
        return 'the background worker';
    }
  return hasLayerToScore(model)
    ? `${engineName(model.engine)} to score a layer`
    : `${sender} to give the next bytes`;
}

/** By what was read, at least one whole layer lies with the engine. */
function hasLayerToScore(model: Waiting): boolean {
  const { bytes } = model;
  if (bytes === null || bytes.planned === 0) return true;
  const { done, all } = layerCounts(model);
  return (bytes.read / bytes.planned) * all >= done + 1 || bytes.read >= bytes.planned;
}
