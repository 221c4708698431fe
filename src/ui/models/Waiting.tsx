import type { ModelState } from '../../state/modelState.ts';
import { layerCounts } from '../../state/selectors.ts';
import { useAppState } from '../appContext.ts';
import { WorkWaiting } from '../widgets/WorkWaiting.tsx';
import { waitsFor } from './waitingText.ts';

/** In place of the progress's words once nothing has come for a while: what is waited for. */
export function Waiting({ model }: { readonly model: ModelState }) {
  const hubUrl = useAppState((state) => state.settings.hubUrl);
  return <WorkWaiting news={newsOf(model)} what={waitsFor(model, hubUrl)} />;
}

/** What changes whenever something comes. */
function newsOf(model: ModelState): string {
  const arriving = model.stacks.flatMap(({ layers }) => layers.flatMap((layer) => layer.arriving ?? []));
  return [model.key, model.status, model.bytes?.read, layerCounts(model).done, arriving.length].join(' ');
}
