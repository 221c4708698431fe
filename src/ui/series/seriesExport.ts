import { csvText } from '../../core/csvText.ts';
import type { AnalysisResult } from '../../core/result/index.ts';
import type { CheckpointMark } from '../../core/series/index.ts';
import type { SeriesCheckpoint, SeriesTrack } from '../../state/seriesTracks.ts';

/** What an exported point says of its place in the series, beside its scores. */
interface SeriesEntry {
  readonly label: string;
  readonly step: number | null;
  /** Other revisions that hold the very same files. */
  readonly sameAs: readonly string[];
  /** Why it may not be its own step's: main-files, shared-files, repeated-scores, jump; null where nothing speaks against it. */
  readonly flag: CheckpointMark['flag'];
}

type Marks = readonly (readonly CheckpointMark[])[];

/** The results of all scored points, each with its place in the series and its marks. */
export function seriesJson(tracks: readonly SeriesTrack[], marks: Marks): string {
  const results = scoredPoints(tracks, marks).map(
    ({ result, entry }): AnalysisResult & { readonly series: SeriesEntry } => ({ ...result, series: entry }),
  );
  return `${JSON.stringify(results, null, 2)}\n`;
}

const COLUMNS = [
  ...['model', 'checkpoint', 'step', 'sha', 'sameAs', 'flag'],
  ...['stack', 'layer', 'head', 'r', 's', 'norm', 'convention'],
];

/** One line a head of each scored point; of several names in a cell each is followed by a blank. */
export function seriesCsv(tracks: readonly SeriesTrack[], marks: Marks): string {
  const lines = scoredPoints(tracks, marks).flatMap(({ result, entry }) =>
    result.stacks.flatMap(({ name, layers }) =>
      layers.flatMap(({ layer, heads }) =>
        heads.map(({ head, r, s, norm }) => [
          ...[result.model.id, entry.label, entry.step, result.model.sha, entry.sameAs.join(' '), entry.flag],
          ...[name, layer, head, r, s, norm, result.convention.text],
        ]),
      ),
    ),
  );
  return csvText([COLUMNS, ...lines]);
}

function scoredPoints(tracks: readonly SeriesTrack[], marks: Marks) {
  return tracks.flatMap(({ checkpoints }, track) =>
    checkpoints.flatMap((point, place) => {
      if (point.scored === null) return [];
      return [{ result: point.scored.result, entry: entryOf(point, marks[track]?.[place]) }];
    }),
  );
}

function entryOf({ label, step }: SeriesCheckpoint, mark: CheckpointMark | undefined): SeriesEntry {
  return { label, step, sameAs: mark?.sameAs ?? [], flag: mark?.flag ?? null };
}
