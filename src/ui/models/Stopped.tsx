import type { ModelState } from '../../state/modelState.ts';
import { layerCounts } from '../../state/selectors.ts';
import { useActions } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';

interface StoppedProps {
  readonly model: ModelState;
  readonly index: number;
}

/** How far a cancelled model came, and Continue, in the place where its progress was. */
export function Stopped({ model, index }: StoppedProps) {
  if (model.status !== 'cancelled') return null;
  return (
    <div className="model-progress" role="status">
      <span>
        Stopped after {model.scoredLayers.length} of {layerCounts(model).all} layers.
      </span>
      <TryAgain model={model} index={index} />
    </div>
  );
}

/** Goes on where reading stopped, or begins again where no layer was scored. */
export function TryAgain({ model, index }: StoppedProps) {
  const actions = useActions();
  return model.scoredLayers.length > 0 ? (
    <Button onClick={() => actions.models.goOn(index)}>Continue</Button>
  ) : (
    <Button onClick={() => actions.models.retry(index)}>Try again</Button>
  );
}
