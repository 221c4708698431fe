import { formatBytes } from '../../figures/format.ts';
import type { OfflineCopy } from '../../state/offline.ts';
import { useActions, useAppState } from '../appContext.ts';

/** Says whether the page opens without a network, and switches off its isolation by the service worker. */
export function OfflinePage() {
  const actions = useActions();
  const isolates = useAppState((state) => state.settings.isolates);
  const copy = useAppState((state) => state.offlineCopy);
  const isUpdateWaiting = useAppState((state) => state.isUpdateWaiting);
  const unsaved = useAppState((state) => state.unsaved);
  return (
    <fieldset className="saved form-part">
      <legend className="control-label">this page</legend>
      <p role="status">{copyText(copy)}</p>
      {copy.kind === 'saved' && unsaved !== null && (
        <p>
          {unsaved.what === 'page'
            ? `A newer version couldn’t be saved, so this one stays: ${unsaved.reason}.`
            : `A part that was used couldn’t be saved, and is missing without a network: ${unsaved.reason}.`}
        </p>
      )}
      {!('launchQueue' in globalThis) && (
        <p className="quiet">
          The system can’t open files with it here, since this browser hands pages none: choose or drop them.
        </p>
      )}
      {isUpdateWaiting && <p>A newer version is saved. It opens once every tab with this page is closed.</p>}
      <label>
        <input
          type="checkbox"
          checked={isolates}
          onChange={(event) => actions.settings.set({ isolates: event.target.checked })}
        />{' '}
        Isolate the page where its host doesn’t
      </label>
      <p className="quiet">
        {crossOriginIsolated ? 'It is isolated now' : 'It isn’t isolated now'}; a change holds from the next
        load on. WASM shares its memory between threads, and times are finer, only in an isolated page.
      </p>
    </fieldset>
  );
}

function copyText(copy: OfflineCopy): string {
  switch (copy.kind) {
    case 'none':
      return 'It isn’t saved in this browser so far, and opens with a network alone.';
    case 'saving':
      return 'It is being saved, so that it opens without a network.';
    case 'saved':
      return `It opens without a network: ${formatBytes(copy.bytes)} are saved (${copy.files} files).`;
    case 'failed':
      return `It couldn’t be saved, so it opens with a network alone: ${copy.reason}.`;
  }
}
