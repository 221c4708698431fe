import type { ModelState } from '../../state/modelState.ts';
import { layerCounts } from '../../state/selectors.ts';
import { useActions } from '../appContext.ts';
import { LazyTokenForm } from '../hub/lazyHub.ts';
import { Button } from '../widgets/Button.tsx';
import { lazyWithPreload } from '../widgets/lazyWithPreload.tsx';
import { Notice } from '../widgets/Notice.tsx';
import { dayText } from './dayText.ts';
import { mayNeedToken } from './mayNeedToken.ts';
import { TryAgain } from './Stopped.tsx';

const LazyScoresOrigin = lazyWithPreload(() => import('./ScoresOriginNotice.tsx'), 'ScoresOriginNotice', 48);

interface ModelNoticeProps {
  readonly model: ModelState;
  readonly index: number;
}

/** Says what happened to a model (failed, stopped, taken from the cache), what to do next, and how it was read. */
export function ModelNotice({ model, index }: ModelNoticeProps) {
  const actions = useActions();
  const layers = model.stacks.flatMap((stack) => stack.layers);
  const scored = layers.filter(({ heads }) => heads.length > 0).length;
  const skipped = model.status === 'done' ? layers.flatMap(({ skipped }) => skipped ?? []) : [];
  const unscored = skipped.filter(({ code }) => code !== 'no-attention');
  const without = skipped.length - unscored.length;
  // Addresses in hints can be followed: none that a figure brings.
  const fromFile = model.origin !== null;
  const reason = unscored[0]?.reason;
  // Notes on a recorded step stand beside the slider that chose it, where nothing moves under the pointer.
  const notes = model.engine?.id === 'recorded' && !fromFile ? [] : model.notes;
  return (
    <div className="model-state">
      {model.status === 'failed' && model.error !== null && (
        <Notice
          kind="error"
          message={
            scored === 0
              ? model.error.message
              : `${model.error.message} ${scored} of ${layers.length} layers were scored before; their scores stay.`
          }
          where={model.error.where}
          hint={model.error.hint}
        >
          {mayNeedToken(model) && <LazyTokenForm onGiven={() => actions.models.retry(index)} />}
          <TryAgain model={model} index={index} />
        </Notice>
      )}
      {model.cached !== null && (
        <Notice
          kind="info"
          message={
            model.cached.hasMoved
              ? `${model.model?.revision ?? 'main'} has changed since these scores were made (${dayText(model.cached.createdAt)}).`
              : `These scores were saved in this browser on ${dayText(model.cached.createdAt)}; nothing was read now.`
          }
        >
          <Button onClick={() => actions.models.retry(index)}>
            {model.cached.hasMoved ? 'Score the newer one' : 'Score again'}
          </Button>
        </Notice>
      )}
      {(model.origin !== null || model.expectedFiles.length > 0 || model.status === 'awaiting') && (
        <LazyScoresOrigin model={model} index={index} />
      )}
      {/* With a map, it is said beside its title (Stopped.tsx). */}
      {model.status === 'cancelled' && layers.length === 0 && (
        <Notice kind="info" message="Stopped before the first layer was scored.">
          <TryAgain model={model} index={index} />
        </Notice>
      )}
      {unscored.length > 0 && (
        <Notice
          kind="warning"
          message={`${unscored.length} of ${layerCounts(model).all} layers couldn’t be scored.${fromFile ? ` ${reason}` : ''}`}
          hint={fromFile ? undefined : reason}
        />
      )}
      {(notes.length > 0 || without > 0) && (
        <ul className="model-notes">
          {without > 0 && (
            <li>
              {without} of {layerCounts(model).all} layers have no attention of this kind; they are hatched.
            </li>
          )}
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
