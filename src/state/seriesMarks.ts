// Which checkpoints of a series are copies or jumps.
import { type CheckpointMark, markCheckpoints, weightsKey, weightsRead } from '../core/series/index.ts';
import type { RevisionFilesState } from './revisions.ts';
import type { SeriesCheckpoint, SeriesTrack } from './seriesTracks.ts';

/** Marks each checkpoint of a track, in their order: whose files it holds, whether it jumps. */
export function marksOf(
  { checkpoints }: Pick<SeriesTrack, 'checkpoints'>,
  files: RevisionFilesState | null,
): readonly CheckpointMark[] {
  const main = files?.mainCommit == null ? undefined : files.byCommit.get(files.mainCommit);
  return markCheckpoints(
    checkpoints.map((point) => ({
      label: point.label,
      step: point.step,
      files: filesKey(point, files),
      scores: scoresOf(point),
    })),
    main === undefined ? null : { label: 'main', files: main.weights.map(weightsKey) },
  );
}

/** The weights of a point that were compared; null where they couldn't be. */
export function comparedWeights(
  { commit, choice, scored }: SeriesCheckpoint,
  files: RevisionFilesState | null,
) {
  const listed = commit === null ? undefined : files?.byCommit.get(commit);
  if (listed === undefined) return null;
  const chosen = choice.kind === 'hub' ? choice.weights?.path : undefined;
  return weightsRead(listed, scored?.result.model.weights ?? chosen) ?? null;
}

function filesKey(point: SeriesCheckpoint, files: RevisionFilesState | null): string | null {
  if (point.choice.kind !== 'hub') return point.scored?.result.model.contentHash ?? null;
  const weights = comparedWeights(point, files);
  return weights === null ? null : weightsKey(weights);
}

/** s of all heads of all its maps. */
function scoresOf({ scored }: SeriesCheckpoint): readonly (number | null)[] | null {
  if (scored === null) return null;
  return scored.result.stacks.flatMap(({ layers }) => layers.flatMap(({ heads }) => heads.map(({ s }) => s)));
}
