import { useState } from 'react';
import { useActions, useAppState } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';
import { Dialog } from '../widgets/Dialog.tsx';

/** Asks which checkpoint of a dropped folder is opened: one, or all of them in turn. */
export function CheckpointDialog() {
  const actions = useActions();
  const asked = useAppState((state) => state.pendingFolder);
  const [chosen, setChosen] = useState<string | null>(null);
  const folder = asked?.found;
  const checkpoints = folder?.checkpoints ?? [];
  const places = [
    ...checkpoints.map(({ name }, index) => ({ value: String(index), label: name })),
    ...(folder?.beside ? [{ value: 'beside', label: 'the model beside them' }] : []),
  ];
  const value = places.some((place) => place.value === chosen) ? chosen! : String(checkpoints.length - 1);
  return (
    <Dialog
      open={asked !== null}
      title={`${checkpoints.length} checkpoints in ${folder?.name ?? ''}`}
      onClose={actions.folder.drop}
    >
      <p>
        {`The folder holds ${checkpoints[0]?.name} … ${checkpoints.at(-1)?.name}. `}
        {asked?.target === 'page'
          ? 'Open one of them, or score all, one after another, and see each head change over training.'
          : 'Which one is compared?'}
      </p>
      <label>
        <span className="control-label">checkpoint</span>
        <select className="select" value={value} onChange={(event) => setChosen(event.target.value)}>
          {places.map((place) => (
            <option key={place.value} value={place.value}>
              {place.label}
            </option>
          ))}
        </select>
      </label>
      <div className="dialog-actions">
        <Button kind="quiet" onClick={actions.folder.drop}>
          Cancel
        </Button>
        <Button onClick={() => actions.folder.choose(value === 'beside' ? 'beside' : Number(value))}>
          Open this one
        </Button>
        {asked?.target === 'page' && (
          <Button kind="primary" onClick={() => actions.folder.choose('all')}>
            {`Score all ${checkpoints.length}`}
          </Button>
        )}
      </div>
    </Dialog>
  );
}
