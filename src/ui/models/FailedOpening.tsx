import type { ModelState } from '../../state/modelState.ts';
import { useActions, useAppState } from '../appContext.ts';
import { focusGrid } from '../heatmap/focus.ts';
import { LazyTokenForm } from '../hub/lazyHub.ts';
import { Button } from '../widgets/Button.tsx';
import { Notice } from '../widgets/Notice.tsx';
import { withFocusRestored } from '../widgets/withFocusRestored.ts';
import { mayNeedToken } from './mayNeedToken.ts';

/** Explains why the last opening failed, above the maps that the page went back to. */
export function FailedOpening() {
  const actions = useActions();
  const failed = useAppState((state) => state.failedOpening);
  if (failed === null) return null;
  const { openings } = failed;
  return (
    <div className="failed-opening">
      {openings.map((model, index) => (
        <Notice
          key={model.key}
          kind={model.error === null ? 'info' : 'error'}
          message={whatHappened(model)}
          where={model.error?.where}
          hint={model.error?.hint}
        >
          {index === openings.length - 1 && (
            <>
              {openings.some(mayNeedToken) && <LazyTokenForm onGiven={actions.models.retryFailed} />}
              {model.choice.kind === 'local' && model.error?.permanent && (
                <Button onClick={chooseFiles}>Choose another file</Button>
              )}
              <Button onClick={actions.models.retryFailed}>Try again</Button>
              <Button
                kind="quiet"
                onClick={(event) =>
                  withFocusRestored(event, '.failed-opening', actions.models.dismissFailed, focusGrid)
                }
              >
                Dismiss
              </Button>
            </>
          )}
        </Notice>
      ))}
    </div>
  );
}

/** As the button beside the model's input. */
function chooseFiles(): void {
  document.querySelector<HTMLInputElement>('.picker input[type=file]')?.click();
}

/** Which opening it was, once: an error often names it itself. */
function whatHappened({ requestLabel, error }: ModelState): string {
  if (error === null) return `Not opened: ${requestLabel}.`;
  return error.message.includes(requestLabel)
    ? error.message
    : `${requestLabel} couldn’t be opened. ${error.message}`;
}
