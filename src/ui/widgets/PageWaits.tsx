import { useAppState } from '../appContext.ts';
import { Button } from './Button.tsx';
import { Notice } from './Notice.tsx';

/** What the page waits for on the user's behalf, once it takes long, each with its Cancel. */
export function PageWaits() {
  const waits = useAppState((state) => state.waits);
  return waits.map(({ key, what, cancel }) => (
    <Notice key={key} kind="info" message={`Waiting for ${what}.`}>
      <Button kind="quiet" onClick={cancel}>
        Cancel
      </Button>
    </Notice>
  ));
}
