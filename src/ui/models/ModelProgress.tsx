import { useEffect, useState } from 'react';
import { formatWait } from '../../core/analysis/formatWait.ts';
import { formatBytes } from '../../figures/format.ts';
import type { ModelState } from '../../state/appState.ts';
import { isBusy, progressOf } from '../../state/selectors.ts';
import { useActions } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';
import { ProgressBar } from '../widgets/ProgressBar.tsx';

/** A model that is done sooner shows no bar: one that flashes up tells nothing. */
const SHOW_AFTER_MS = 250;

/** Bytes read of bytes planned of file size, time left, and Cancel. */
export function ModelProgress({ model }: { readonly model: ModelState }) {
  const actions = useActions();
  const busy = isBusy(model);
  const [shownFor, setShownFor] = useState<number | null>(null);
  useEffect(() => {
    if (!busy) return;
    const timer = setTimeout(() => setShownFor(model.key), SHOW_AFTER_MS);
    return () => clearTimeout(timer);
  }, [busy, model.key]);
  if (!busy || shownFor !== model.key) return null;
  const { bytes } = model;
  const { fraction, msLeft } = progressOf(model, performance.now());
  const text =
    bytes === null
      ? model.asked
      : `${formatBytes(bytes.read)} of ${formatBytes(bytes.planned)}, of a file of ${formatBytes(bytes.file)}${msLeft === null ? '' : ` · ${formatWait(msLeft)} left`}`;
  return (
    <div className="model-progress">
      <ProgressBar
        label={bytes === null ? 'opening' : 'reading'}
        text={text}
        value={bytes === null ? null : fraction}
      />
      <Button kind="quiet" onClick={actions.cancel}>
        Cancel
      </Button>
    </div>
  );
}
