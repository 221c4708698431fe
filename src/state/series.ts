// A series of revisions or checkpoints of an open model: scored one after another, and shown in the model's place.
import { toWire, type WireError } from '../core/errors.ts';
import type { ByteCounts } from '../core/result/index.ts';
import { RAW_CONVENTION } from '../core/weights/convention.ts';
import { type CachedModel, cachedFrom } from './cachedModel.ts';
import { type Context, stopModel } from './context.ts';
import type { HubSessionSlice } from './hubSession.ts';
import { needed } from './lazyCode.ts';
import { reduceModel } from './modelReducer.ts';
import { type ModelState, type ModelsSlice, openingModel } from './modelState.ts';
import type { PageSlice } from './page.ts';
import type { SampleTraining } from './sampleSeries.ts';
import { saveScores } from './saved.ts';
import { analysis } from './scoredModel.ts';
import { isBusy } from './selectors.ts';
import {
  cancelledSeries,
  followModels,
  type ScoringOptions,
  type SeriesCheckpoint,
  type SeriesSlice,
  type SeriesState,
  type SeriesTrack,
  trackOf,
  type WantedCheckpoint,
  waitingCheckpoint,
  withCheckpoint,
} from './seriesTracks.ts';
import type { SettingsSlice } from './settings.ts';
import { createTask } from './task.ts';
import { waitOutside } from './waits.ts';

/** What scoring a series finds: bytes of the checkpoint that is read, or what is new of a checkpoint. */
type SeriesEvent =
  | { readonly bytes: ByteCounts }
  | { readonly label: string; readonly change: Partial<SeriesCheckpoint> };

/** Asks the hub what the files of checkpoints hold. */
type CheckFiles = (model: ModelState, checkpoints: readonly WantedCheckpoint[]) => void;

/**
 * Scores revisions or checkpoints of an open model one after another; the slider puts one of them in the model's place. The
 * series ends when its model leaves the page; where the model is scored under another convention, the series is to be scored
 * again.
 */
export function seriesActions(
  ctx: Context<SeriesSlice & ModelsSlice & PageSlice & SettingsSlice & HubSessionSlice>,
  checkFiles: CheckFiles,
) {
  const { store, now, results } = ctx;
  const scoring = createTask<SeriesEvent>();

  store.subscribe(({ models, series }, before) => {
    if (series === null || models === before.models) return;
    const followed = followModels(series, models);
    if (followed === series) return;
    const isOther = followed?.tracks[0]?.configKey !== series.tracks[0]?.configKey;
    if (isOther) scoring.dispose();
    store.setState({ series: followed });
    if (isOther && followed?.status === 'running') resume();
  });

  function change(change: (series: SeriesState) => Partial<SeriesState>): void {
    store.setState(({ series }) => ({ series: series === null ? null : { ...series, ...change(series) } }));
  }

  function patch(label: string, part: Partial<SeriesCheckpoint>): void {
    change(({ tracks }) => ({
      tracks: mapCheckpoints(tracks, (point) => (point.label === label ? { ...point, ...part } : point)),
      bytes: null,
    }));
  }

  /** The model that is open comes first: it is often one of the points, and memory stays one model's. */
  function whenFree(slot: number, signal: AbortSignal): Promise<void> {
    const isFree = () => !store.getState().models.some((model) => model.slot === slot && isBusy(model));
    if (isFree()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const end = store.subscribe(() => {
        if (!isFree()) return;
        end();
        resolve();
      });
      signal.addEventListener('abort', () => {
        end();
        reject(signal.reason);
      });
    });
  }

  function resume(): void {
    change(() => ({ status: 'running' }));
    scoring.run(scoreCheckpoints, {
      onEvent(event) {
        // The tracks stay the same object: no curve is drawn again for bytes.
        if ('bytes' in event) change(() => event);
        else patch(event.label, event.change);
      },
      onEnd(error) {
        if (error !== null) store.setState({ notice: error });
        change(error === null ? () => ({ status: 'done' }) : cancelledSeries);
      },
    });
  }

  /** Scores what isn't scored yet, one after another: each reads as much as a model. */
  async function* scoreCheckpoints(signal: AbortSignal): AsyncGenerator<SeriesEvent> {
    const tried = new Set<string>();
    await whenFree(store.getState().series?.tracks[0]?.slot ?? 0, signal);
    for (;;) {
      const { series, models } = store.getState();
      const [track] = series?.tracks ?? [];
      const point = track?.checkpoints.find(({ label, status }) => status !== 'done' && !tried.has(label));
      if (point === undefined) return;
      const { label } = point;
      tried.add(label);
      yield { label, change: { status: 'running', error: null } };
      const options = scoringOptionsOf(models.find(({ slot }) => slot === track?.slot));
      const outcome = (await cachedOf(point, options)) ?? (yield* score(point, options, signal));
      const isFailed = 'code' in outcome;
      yield {
        label,
        change: isFailed ? { status: 'failed', error: outcome } : { status: 'done', scored: outcome },
      };
    }
  }

  /** Finds scores of an earlier visit, if they are of the commit that the revision names now, and of the wanted weights. */
  async function cachedOf(
    { choice, commit }: WantedCheckpoint,
    options: ScoringOptions,
  ): Promise<CachedModel | null> {
    if (choice.kind !== 'hub') return null;
    const { hubUrl } = store.getState().settings;
    const cached = await results.read({ hubUrl, choice, ...options });
    if (cached === null || cached.result.model.sha !== commit) return null;
    const isAsked = choice.weights === undefined || cached.result.model.weights === choice.weights.path;
    return isAsked ? cached : null;
  }

  async function* score(
    point: SeriesCheckpoint,
    { layoutOverrides, convention }: ScoringOptions,
    signal: AbortSignal,
  ): AsyncGenerator<SeriesEvent, CachedModel | WireError> {
    const { hubUrl } = store.getState().settings;
    let model = openingModel(0, point.choice, point.label, layoutOverrides, convention);
    try {
      for await (const event of analysis(ctx, model, signal)) {
        model = reduceModel(model, event, now());
        if (event.type === 'bytes') yield { bytes: event.bytes };
      }
    } catch (error) {
      return toWire(error);
    }
    if (model.result !== null) saveScores(ctx, model, hubUrl);
    return cachedFrom(model) ?? model.error ?? unanswered(model, point.label);
  }

  function open(unit: string, tracks: readonly SeriesTrack[], status: 'running' | 'done'): void {
    scoring.dispose();
    const series: SeriesState = { unit, status, tracks, shownIndex: null, bytes: null };
    store.setState({ series: followModels(series, store.getState().models) });
  }

  return {
    /** Scores these points of an open model; those that are cached in the browser are read from there. */
    start(modelKey: number, name: string, unit: string, points: readonly WantedCheckpoint[]): void {
      const model = store.getState().models.find(({ key }) => key === modelKey);
      if (model === undefined) return;
      open(unit, [trackOf(model, name, points.map(waitingCheckpoint))], 'running');
      checkFiles(model, points);
      resume();
    },
    /** Opens a series that is scored already: what a training run recorded. */
    open(unit: string, tracks: readonly SeriesTrack[]): void {
      open(unit, tracks, 'done');
    },
    /**
     * Reads how the sample was trained.
     * @throws QKError where the record isn't served with the page
     */
    async readTraining(signal: AbortSignal): Promise<SampleTraining> {
      const url = new URL('training.json', ctx.sampleUrl).href;
      const read = async (abort: AbortSignal) =>
        (await needed(import('./sampleSeries.ts'))).fetchSampleTraining(url, abort);
      return waitOutside(ctx, 'this page’s server to send the training record', read, signal);
    },
    /** Stops scoring; what was scored stays. */
    cancel(): void {
      scoring.dispose();
      change(cancelledSeries);
    },
    /** Takes it off the page; the map keeps what it shows. */
    drop(): void {
      scoring.dispose();
      store.setState({ series: null });
    },
    /** Says whether summaries include marked checkpoints. */
    includeMarked(includesMarked: boolean): void {
      change(() => ({ includesMarked }));
    },
    /** Goes on after a cancellation, with what failed, or with what is to be scored again. */
    resume(): void {
      if (store.getState().series !== null) resume();
    },
    /** Puts a point in its model's place, on the map and everywhere. */
    show(shownIndex: number): void {
      const { series, models } = store.getState();
      if (series === null) return;
      const pointOf = ({ slot }: ModelState) =>
        series.tracks.find((track) => track.slot === slot)?.checkpoints[shownIndex];
      if (series.tracks.some(({ checkpoints }) => checkpoints[shownIndex]?.scored == null)) return;
      store.setState({
        // A new key: answers that are still under way for what was shown before must not reach this one.
        models: models.map((model) => withCheckpoint(model, pointOf(model), ctx.nextKey())),
        series: { ...series, shownIndex },
      });
      for (const model of models) if (pointOf(model) !== undefined) stopModel(ctx, model.key);
    },
    /** Finds which of these need no reading, since their scores are cached in this browser. */
    async cachedLabels(
      points: readonly WantedCheckpoint[],
      options: ScoringOptions,
    ): Promise<ReadonlySet<string>> {
      const found = await Promise.all(points.map((point) => cachedOf(point, options)));
      return new Set(points.filter((_, at) => found[at] !== null).map(({ label }) => label));
    },
  };
}

function scoringOptionsOf(model: ModelState | undefined): ScoringOptions {
  const { layoutOverrides, convention } = model ?? { layoutOverrides: {}, convention: RAW_CONVENTION };
  return { layoutOverrides, convention };
}

function mapCheckpoints(
  tracks: readonly SeriesTrack[],
  change: (point: SeriesCheckpoint) => SeriesCheckpoint,
): readonly SeriesTrack[] {
  return tracks.map((track) => ({ ...track, checkpoints: track.checkpoints.map(change) }));
}

function unanswered(model: ModelState, label: string): WireError {
  if (model.question === null) return { code: 'cancelled', message: 'Cancelled.', permanent: false };
  return {
    code: 'layout-mismatch',
    message: `${label}: its files don’t say how they are to be read.`,
    where: label,
    hint: 'Open it alone and answer the question, then score the series anew.',
    permanent: true,
  };
}
