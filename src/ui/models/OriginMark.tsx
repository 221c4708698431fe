import { formatBytes } from '../../figures/format.ts';
import type { ModelState } from '../../state/modelState.ts';
import { originText } from '../../state/scoresOrigin.ts';
import { isBusy } from '../../state/selectors.ts';
import { useActions } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';

interface OriginMarkProps {
  readonly model: ModelState;
  readonly index: number;
}

/** Says beside the title that scores weren't computed here, or aren't yet; computes them where their model can be had. */
export function OriginMark({ model, index }: OriginMarkProps) {
  const actions = useActions();
  const { origin, isPrecomputed, choice, bytes } = model;
  if (origin === null)
    return isPrecomputed ? (
      <span className="heatmap-origin">
        precomputed{isBusy(model) && <span className="origin-more">; being scored here</span>}
      </span>
    ) : null;
  const cost = choice.kind === 'hub' && bytes !== null ? ` (${formatBytes(bytes.planned)})` : '';
  return (
    <>
      <span className="heatmap-origin">{originText(origin)}</span>
      {origin.kind === 'figure' && choice.kind !== 'local' && (
        <Button kind="quiet" onClick={() => actions.models.retry(index)}>
          Recompute{cost}
        </Button>
      )}
    </>
  );
}
