import { useActions } from '../appContext.ts';
import { focusGrid } from '../heatmap/focus.ts';
import { Button } from '../widgets/Button.tsx';
import { withFocusRestored } from '../widgets/withFocusRestored.ts';

interface CloseModelProps {
  readonly index: number;
  readonly name: string;
}

/** Takes one of two models off the page. */
export function CloseModel({ index, name }: CloseModelProps) {
  const actions = useActions();
  return (
    <Button
      kind="quiet"
      className="button-sign close-model"
      aria-label={`Close ${name}`}
      title={`Close ${name}; the other one stays`}
      onClick={(event) =>
        withFocusRestored(event, '.close-model', () => actions.comparison.close(index), focusGrid)
      }
    >
      ×
    </Button>
  );
}
