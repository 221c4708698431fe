import { useActions, useAppState } from '../appContext.ts';
import { hubName } from '../waitNames.ts';
import { Button } from './Button.tsx';
import { WorkWaiting } from './WorkWaiting.tsx';

/** While a repository's branches and tags are listed: what is waited for, and Cancel. */
export function RefsReading({ repo }: { readonly repo: string }) {
  const { revisions } = useActions();
  const hubUrl = useAppState((state) => state.settings.hubUrl);
  return (
    <div className="quiet refs-reading">
      Reading the branches and tags of {repo}…{' '}
      <WorkWaiting news={repo} what={`${hubName(hubUrl)} to list them`} />{' '}
      <Button kind="quiet" onClick={revisions.cancelRefs}>
        Cancel
      </Button>
    </div>
  );
}
