import { useActions } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';

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
      onClick={() => actions.beside.close(index)}
    >
      ×
    </Button>
  );
}
