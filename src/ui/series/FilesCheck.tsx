import type { WantedCheckpoint } from '../../state/seriesTracks.ts';
import { useActions, useAppState } from '../appContext.ts';
import { hubName } from '../waitNames.ts';
import { Button } from '../widgets/Button.tsx';
import { WorkWaiting } from '../widgets/WorkWaiting.tsx';

/** Shows how far the comparison of the revisions' files is, and which of them couldn't be checked. */
export function FilesCheck({ points }: { readonly points: readonly WantedCheckpoint[] }) {
  const actions = useActions();
  const files = useAppState((state) => state.revisionFiles);
  const model = useAppState((state) => state.models[0]);
  if (files === null || model?.choice.kind !== 'hub' || points[0]?.choice.kind !== 'hub') return null;
  const again = (
    <Button kind="quiet" onClick={() => actions.revisions.checkFiles(model, points)}>
      Check again
    </Button>
  );
  if (files.status === 'reading')
    return (
      <p className="quiet series-check" role="status">
        {`Comparing the hub’s hashes of their files: ${files.byCommit.size + files.failed.size} of ${files.total}.`}
        <WorkWaiting
          news={`${files.byCommit.size + files.failed.size}`}
          what={`${hubName(files.hubUrl)} to list the next one’s files`}
        />
        <Button kind="quiet" onClick={actions.revisions.cancelCheck}>
          Cancel
        </Button>
      </p>
    );
  const missing = points.filter(({ commit }) => commit === null || !files.byCommit.has(commit));
  const isMainKnown = files.mainCommit !== null && files.byCommit.has(files.mainCommit);
  if (missing.length === 0 && isMainKnown)
    return (
      <p className="quiet series-check" role="status">
        {`The files of all ${points.length} were compared with main’s and with each other, by the hub’s hashes.`}
      </p>
    );
  const [error] = files.failed.values();
  const which =
    missing.length === 0
      ? 'Whether they hold main’s files couldn’t be checked'
      : missing.length === points.length
        ? 'Whether they hold each other’s files couldn’t be checked'
        : `The files of ${missing.length} of ${points.length} couldn’t be checked`;
  const why =
    error === undefined ? (files.status === 'cancelled' ? ': cancelled.' : '.') : `: ${error.message}`;
  return (
    <p className="quiet series-check" role="status">
      {`${which}${why} ${error?.hint ?? ''} They stay unmarked.`}
      {again}
    </p>
  );
}
