import type { ModelChoice } from '../core/repos/index.ts';
import { choiceOf } from '../core/weights/convention.ts';
import type { ModelState } from './appState.ts';
import type { SeriesPoint, SeriesState, SeriesTrack } from './compareState.ts';
import { keptFrom, scoredFrom } from './keptModel.ts';

/** What the user said of the open model holds for its other revisions too. */
export type UsersWord = Pick<ModelState, 'answers' | 'convention'>;

/** What is asked for: a point before it is scored. */
export type WantedPoint = Pick<SeriesPoint, 'label' | 'step' | 'choice' | 'commit'>;

/** Under which word a model is scored: convention, answers, the file of weights that was chosen. The same text, the same word. */
export function saidOf({
  answers,
  convention,
  choice,
}: Pick<ModelState, keyof UsersWord | 'choice'>): string {
  return JSON.stringify([answers, choiceOf(convention), weightsPath(choice) ?? null]);
}

/** The open model's revisions, checkpoints or recorded steps. */
export function trackOf(
  model: ModelState,
  name: string,
  points: readonly SeriesPoint[],
  isRecorded = false,
): SeriesTrack {
  return { seat: model.seat, name, said: saidOf(model), isRecorded, points };
}

export function waiting({ label, step, choice, commit }: WantedPoint): SeriesPoint {
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
    const track = series.tracks.find(({ seat }) => seat === model.seat);
    if (track === undefined) return [];
    if (track.said === saidOf(model)) return [withScoresOf(track, model)];
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
    said: saidOf(model),
    points: track.points.map((point) => ({
      ...waiting({ ...point, choice: withWeightsOf(point.choice, model.choice) }),
      status: point.scored === null ? 'waiting' : 'stale',
    })),
  };
}

function withScoresOf(track: SeriesTrack, model: ModelState): SeriesTrack {
  if (model.status !== 'done' || model.result === null) return track;
  let isSame = true;
  const points = track.points.map((point): SeriesPoint => {
    if (point.scored?.result === model.result || !isShownBy(point, model)) return point;
    isSame = false;
    return { ...point, status: 'done', scored: keptFrom(model), error: null };
  });
  return isSame ? track : { ...track, points };
}

/** Whether the model's scores are this point's: the same commit or files, and the same weights of them. */
function isShownBy({ choice, commit, scored }: SeriesPoint, model: ModelState): boolean {
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
export function withPoint(model: ModelState, point: SeriesPoint | undefined, key: number): ModelState {
  if (point?.scored == null) return model;
  const { choice } = point;
  const { stacks, result } = point.scored;
  return {
    ...model,
    ...scoredFrom(point.scored),
    key,
    choice,
    // What is read when it is opened anew: of a recorded step that is the finished model.
    asked:
      choice.kind === 'sample'
        ? model.asked
        : choice.kind === 'hub'
          ? `${choice.repo}@${point.label}`
          : point.label,
    convention: result.convention,
    question: null,
    error: null,
    shown: stacks.some(({ name }) => name === model.shown) ? model.shown : (stacks[0]?.name ?? ''),
    kept: null,
    elapsedMs: null,
  };
}
