import { type CheckpointMark, markNotes, seriesReport, weightsKey } from '../../core/series/index.ts';
import { comparedWeights } from '../../state/seriesMarks.ts';
import type { SeriesState, SeriesTrack } from '../../state/seriesTracks.ts';
import { useActions, useAppState } from '../appContext.ts';
import { CopyButton } from '../widgets/CopyButton.tsx';
import { Notice } from '../widgets/Notice.tsx';

interface SeriesMarksProps {
  readonly series: Pick<SeriesState, 'tracks' | 'includesMarked'>;
  /** The marks of each track's points. */
  readonly marks: readonly (readonly CheckpointMark[])[];
}

/** Which points are copies of others, or jump; whether they count; and a report for the repository. */
export function SeriesMarks({ series, marks }: SeriesMarksProps) {
  const actions = useActions();
  const { tracks, includesMarked = false } = series;
  const notes = marks.flatMap((ofTrack, index) =>
    markNotes(ofTrack).map((note) => (tracks.length > 1 ? `${tracks[index]?.name}: ${note}` : note)),
  );
  if (notes.length === 0) return null;
  const flagged = marks.flat().filter(({ flag }) => flag !== null);
  const hasLeftOut = flagged.some(({ isLeftOut }) => isLeftOut);
  const [track] = tracks;
  if (flagged.length === 0) return <p className="quiet">{notes.join(' ')}</p>;
  return (
    <Notice
      kind="warning"
      message={notes.join(' ')}
      hint={
        hasLeftOut
          ? includesMarked
            ? 'They are hatched in the curves, and count in the medians’ course and the summary because you included them.'
            : 'They are hatched in the curves; the lines pass them by, and the summary leaves them out.'
          : 'They are hatched in the curves, and count as the others do.'
      }
    >
      {hasLeftOut && (
        <label className="check">
          <input
            type="checkbox"
            checked={includesMarked}
            onChange={(event) => actions.series.includeMarked(event.target.checked)}
          />
          Include them
        </label>
      )}
      {track !== undefined && <CopyReport track={track} marks={marks[0] ?? []} />}
    </Notice>
  );
}

function CopyReport({
  track,
  marks,
}: {
  readonly track: SeriesTrack;
  readonly marks: readonly CheckpointMark[];
}) {
  const files = useAppState((state) => state.revisionFiles);
  const isOfHub = track.checkpoints[0]?.choice.kind === 'hub';
  if (!isOfHub || files === null || !marks.some(({ flag }) => flag !== null)) return null;
  const { mainCommit } = files;
  const main = mainCommit === null ? undefined : files.byCommit.get(mainCommit);
  const makeText = () => {
    const points = track.checkpoints.map((point) => ({
      label: point.label,
      commit: point.commit,
      weights: comparedWeights(point, files),
    }));
    // Of main's weight files, those that the copies hold.
    const keys = points.flatMap(({ weights }) => (weights === null ? [] : weightsKey(weights)));
    const copied = main?.weights.find((weights) => keys.includes(weightsKey(weights)));
    return seriesReport({
      ...{ repo: files.repo, hubUrl: files.hubUrl, marks, points },
      main:
        main === undefined
          ? null
          : { label: 'main', commit: mainCommit, weights: copied ?? main.weights[0] ?? null },
      appVersion: __APP_VERSION__,
    });
  };
  return <CopyButton label="Copy a report for the repository" makeText={makeText} />;
}
