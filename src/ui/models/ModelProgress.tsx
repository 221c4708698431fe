import { useEffect, useRef, useState } from 'react';
import { formatWait } from '../../core/benchmark/index.ts';
import { formatBytes } from '../../figures/format.ts';
import type { ModelState } from '../../state/modelState.ts';
import { isBusy, progressOf } from '../../state/selectors.ts';
import { useActions } from '../appContext.ts';
import { focusGrid } from '../heatmap/focus.ts';
import { Button } from '../widgets/Button.tsx';
import { lazyWithPreload } from '../widgets/lazyWithPreload.tsx';
import { ProgressBar } from '../widgets/ProgressBar.tsx';
import { useFocusReturn } from '../widgets/useFocusReturn.ts';

const LazyWaiting = lazyWithPreload(() => import('./Waiting.tsx'), 'Waiting', 0);

/** A model that is done sooner shows no bar, which would only flash up, ms. */
const SHOW_AFTER_MS = 250;

/** Bytes read of bytes planned of file size, time left, and Cancel. */
export function ModelProgress({ model }: { readonly model: ModelState }) {
  // Precomputed scores say for themselves that they wait for their weights.
  const busy = isBusy(model) && model.bytes?.planned !== 0;
  // By the model's own clock: with its map a second bar takes the first one's place, at once.
  const due = model.startedAt + SHOW_AFTER_MS;
  const [shownFor, setShownFor] = useState(() => (performance.now() < due ? null : model.key));
  useEffect(() => {
    if (!busy) return;
    const timer = setTimeout(() => setShownFor(model.key), due - performance.now());
    return () => clearTimeout(timer);
  }, [busy, due, model.key]);
  if (!busy || shownFor !== model.key) return null;
  return <Running model={model} />;
}

function Running({ model }: { readonly model: ModelState }) {
  const actions = useActions();
  const box = useRef<HTMLDivElement>(null);
  useFocusReturn(box, '.model', focusNext);
  const { bytes } = model;
  const { fraction, msLeft } = progressOf(model, performance.now());
  return (
    <div ref={box} className="model-progress">
      <ProgressBar
        label={bytes === null ? 'reading the file’s header' : 'reading'}
        text={bytes === null ? '…' : `${formatBytes(bytes.read)} of ${formatBytes(bytes.planned)}`}
        more={bytes === null ? '' : `, of a file of ${formatBytes(bytes.file)}`}
        left={msLeft === null ? null : formatWait(msLeft)}
        value={bytes === null ? null : fraction}
      >
        <LazyWaiting model={model} />
      </ProgressBar>
      <Button kind="quiet" onClick={actions.models.cancel}>
        Cancel
      </Button>
    </div>
  );
}

/** Focuses the button that takes its place ("Continue", "Try again" where the page went back, or the map's own Cancel), else the map. */
function focusNext(model: Element | null): void {
  const button =
    document.querySelector<HTMLElement>('.failed-opening button') ??
    model?.querySelector<HTMLElement>('.model-progress button, .model-state button');
  // The page stays where it is: what was cancelled is what was looked at.
  if (button) button.focus({ preventScroll: true });
  else focusGrid();
}
