// A series of checkpoints beside the models on the page: its tracks, and how they follow the models.
import type { WireError } from '../core/errors.ts';
import type { ModelChoice } from '../core/repos/index.ts';
import type { ByteCounts } from '../core/result/index.ts';
import { choiceOf } from '../core/weights/convention.ts';
import { type CachedModel, cachedFrom, fromCached } from './cachedModel.ts';
import type { ModelState } from './modelState.ts';

/** One revision, checkpoint or recorded step. Of what was scored only results stay: kilobytes, never weights. */
export interface SeriesCheckpoint {
  /** "step1000", "checkpoint-500". */
  readonly label: string;
  /** The step of training; null where its name doesn't say it. */
  readonly step: number | null;
  readonly choice: ModelChoice;
  /** The commit, by the hub. */
  readonly commit: string | null;
  /** stale: was scored under another convention, head split or choice of weights than its model has now. */
  readonly status: 'waiting' | 'stale' | 'running' | 'done' | 'failed';
  readonly scored: CachedModel | null;
  readonly error: WireError | null;
}

/** The points of one model on the page, in their order; the chosen one takes its place. */
export interface SeriesTrack {
  /** Its model's seat on the page. */
  readonly slot: number;
  readonly name: string;
  /** Key of the options under which all its checkpoints were scored. */
  readonly configKey: string;
  /** Its scores are a training run's record: there are no weights to score again. */
  readonly isRecorded: boolean;
  readonly checkpoints: readonly SeriesCheckpoint[];
}

export interface SeriesState {
  /** What its points count: "step", "epoch"; "revision" where they count nothing. */
  readonly unit: string;
  /** cancelled: what was scored stays, the rest can go on. */
  readonly status: 'running' | 'done' | 'cancelled';
  /** One for each model that has a series; tracks have equally many points, at the same steps. */
  readonly tracks: readonly SeriesTrack[];
  /** The point that the map shows; null while it shows what was opened. */
  readonly shownIndex: number | null;
  /** Bytes of the point that is being read. */
  readonly bytes: ByteCounts | null;
  /** Whether summaries take points in that are marked as another's copy, or as a jump. */
  readonly includesMarked?: boolean;
}

export interface SeriesSlice {
  /** Revisions of what is open, scored one after another. */
  readonly series: SeriesState | null;
}

export const INITIAL_SERIES: SeriesSlice = { series: null };

/** What the user chose for the open model holds for its other revisions too. */
export type ScoringOptions = Pick<ModelState, 'layoutOverrides' | 'convention'>;

/** A checkpoint before it is scored. */
export type WantedCheckpoint = Pick<SeriesCheckpoint, 'label' | 'step' | 'choice' | 'commit'>;

/** The key of the options under which a model is scored: convention, layout overrides, the chosen file of weights. */
export function configKeyOf({
  layoutOverrides,
  convention,
  choice,
}: Pick<ModelState, keyof ScoringOptions | 'choice'>): string {
  return JSON.stringify([layoutOverrides, choiceOf(convention), weightsPath(choice) ?? null]);
}

/** The open model's revisions, checkpoints or recorded steps. */
export function trackOf(
  model: ModelState,
  name: string,
  checkpoints: readonly SeriesCheckpoint[],
  isRecorded = false,
): SeriesTrack {
  return { slot: model.slot, name, configKey: configKeyOf(model), isRecorded, checkpoints };
}

export function waitingCheckpoint({ label, step, choice, commit }: WantedCheckpoint): SeriesCheckpoint {
  return { label, step, choice, commit, status: 'waiting', scored: null, error: null };
}

/**
 * The same weights as were chosen of the open model: a series is of one file in all its revisions. Where the user chose none,
 * each revision's best are taken, and the page says where they differ.
 */
export function withWeightsOf(choice: ModelChoice, open: ModelChoice): ModelChoice {
  if (choice.kind === 'sample') return choice;
  const { weights: _, ...plain } = choice;
  const path = weightsPath(open);
  return path === undefined ? plain : { ...plain, weights: { path } };
}

function weightsPath(choice: ModelChoice): string | undefined {
  return choice.kind === 'sample' ? undefined : choice.weights?.path;
}

/**
 * The series beside the models that are on the page now: a track whose model left goes, they keep the models' order, and what is
 * measured of a model that shows a point is the point's too. Checkpoints that were scored under other options are to be scored again;
 * a record can't be, and goes. Null when nothing is left; the same object when nothing changed.
 */
export function followModels(series: SeriesState, models: readonly ModelState[]): SeriesState | null {
  const tracks = models.flatMap((model): SeriesTrack[] => {
    const track = series.tracks.find(({ slot }) => slot === model.slot);
    if (track === undefined) return [];
    if (track.configKey === configKeyOf(model)) return [withScoresOf(track, model)];
    return track.isRecorded ? [] : [withScoresOf(scoredAnew(track, model), model)];
  });
  if (tracks.length === 0) return null;
  const isSame =
    tracks.length === series.tracks.length && tracks.every((track, at) => track === series.tracks[at]);
  return isSame ? series : { ...series, tracks };
}

function scoredAnew(track: SeriesTrack, model: ModelState): SeriesTrack {
  return {
    ...track,
    configKey: configKeyOf(model),
    checkpoints: track.checkpoints.map((point) => ({
      ...waitingCheckpoint({ ...point, choice: withWeightsOf(point.choice, model.choice) }),
      status: point.scored === null ? 'waiting' : 'stale',
    })),
  };
}

function withScoresOf(track: SeriesTrack, model: ModelState): SeriesTrack {
  if (model.status !== 'done' || model.result === null) return track;
  let isSame = true;
  const checkpoints = track.checkpoints.map((point): SeriesCheckpoint => {
    if (point.scored?.result === model.result || !isShownBy(point, model)) return point;
    isSame = false;
    return { ...point, status: 'done', scored: cachedFrom(model), error: null };
  });
  return isSame ? track : { ...track, checkpoints };
}

/** Whether the model's scores are this point's: the same commit or files, and the same weights of them. */
function isShownBy({ choice, commit, scored }: SeriesCheckpoint, model: ModelState): boolean {
  const open = model.choice;
  if (weightsPath(choice) !== weightsPath(open)) return false;
  if (choice.kind === 'hub') return open.kind === 'hub' && commit !== null && model.model?.sha === commit;
  if (choice.kind === 'local') return open.kind === 'local' && open.files === choice.files;
  // All steps of a record are of one choice; its last one is the model itself.
  const isComputed = [model.engine, scored?.result.engine].every(
    (use) => use != null && use.id !== 'recorded',
  );
  return isComputed && open.kind === 'sample' && open.name === choice.name;
}

/** The model with a point in its place, as a new opening. */
export function withCheckpoint(
  model: ModelState,
  point: SeriesCheckpoint | undefined,
  key: number,
): ModelState {
  if (point?.scored == null) return model;
  const { choice } = point;
  const { stacks, result } = point.scored;
  return {
    ...model,
    ...fromCached(point.scored),
    key,
    choice,
    // This is read when it is opened again: of a recorded step that is the finished model.
    requestLabel:
      choice.kind === 'sample'
        ? model.requestLabel
        : choice.kind === 'hub'
          ? `${choice.repo}@${point.label}`
          : point.label,
    convention: result.convention,
    question: null,
    error: null,
    stackName: stacks.some(({ name }) => name === model.stackName)
      ? model.stackName
      : (stacks[0]?.name ?? ''),
    cached: null,
    origin: null,
    isPrecomputed: false,
    elapsedMs: null,
  };
}

/** Returns the series as it stands after a cancellation: what isn't scored yet can go on. */
export function cancelledSeries(series: SeriesState): SeriesState {
  const tracks = series.tracks.map((track) => ({
    ...track,
    checkpoints: track.checkpoints.map((point) =>
      point.status === 'running' ? waitingCheckpoint(point) : point,
    ),
  }));
  return { ...series, status: 'cancelled', tracks, bytes: null };
}
