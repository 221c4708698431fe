import type { ModelChoice } from '../core/repos/index.ts';
import { choiceOf } from '../core/weights/convention.ts';
import type { ModelState } from './appState.ts';
import type { SeriesCheckpoint, SeriesState, SeriesTrack } from './compareState.ts';
import { cachedFrom, fromCached } from './keptModel.ts';

/** What the user said of the open model holds for its other revisions too. */
export type ScoringOptions = Pick<ModelState, 'layoutOverrides' | 'convention'>;

/** What is asked for: a point before it is scored. */
export type WantedCheckpoint = Pick<SeriesCheckpoint, 'label' | 'step' | 'choice' | 'commit'>;

/** Under which word a model is scored: convention, answers, the file of weights that was chosen. The same text, the same word. */
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
 * measured of a model that shows a point is the point's too. Points that were scored under another word are to be scored anew;
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
    // What is read when it is opened anew: of a recorded step that is the finished model.
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
    elapsedMs: null,
  };
}
