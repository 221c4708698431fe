import type { ModelState as State } from '../../state/appState.ts';
import { layersDone } from '../../state/selectors.ts';
import { useActions } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';
import { Notice } from '../widgets/Notice.tsx';

interface ModelStateProps {
  readonly model: State;
  readonly index: number;
}

/** What must be said of a model: that it failed or was stopped, what is kept, what to do next; and how it was read. */
export function ModelState({ model, index }: ModelStateProps) {
  const actions = useActions();
  const scored = model.rows.filter((row) => row.heads.length > 0).length;
  const skipped = model.status === 'done' ? model.rows.filter((row) => row.skipped !== undefined) : [];
  const again = <Button onClick={() => actions.retry(index)}>Try again</Button>;
  return (
    <div className="model-state">
      {model.status === 'failed' && model.error !== null && (
        <Notice kind="error" message={model.error.message} where={model.error.where} hint={model.error.hint}>
          {again}
        </Notice>
      )}
      {model.status === 'cancelled' && (
        <Notice
          kind="info"
          message={
            scored === 0
              ? 'Cancelled before the first layer was scored.'
              : `Cancelled: ${scored} of ${model.rows.length} layers were scored, and stay.`
          }
        >
          {again}
        </Notice>
      )}
      {skipped.length > 0 && (
        <Notice
          kind="warning"
          message={`${skipped.length} of ${layersDone(model)} layers couldn’t be scored.`}
          hint={skipped[0]?.skipped?.reason}
        />
      )}
      {model.notes.length > 0 && (
        <ul className="model-notes">
          {model.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
