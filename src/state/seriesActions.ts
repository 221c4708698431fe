import type { StoreApi } from 'zustand/vanilla';
import { RAW_CONVENTION, type WireError } from '../core/index.ts';
import type { Ticket } from '../worker/client.ts';
import type { SendAnalysis } from './analysisSender.ts';
import type { AppState, ModelState } from './appState.ts';
import type { SeriesPoint, SeriesState, SeriesTrack } from './compareState.ts';
import { openingModel, reduceModel } from './modelReducer.ts';
import type { KeptModel, ResultCache } from './resultCache.ts';

export interface SeriesDeps {
  readonly store: StoreApi<AppState>;
  readonly send: SendAnalysis;
  now(): number;
  /** Names an opening that no answer under way knows. */
  nextKey(): number;
  /** Ends the timing comparison, which is the first model's. */
  stopTiming(): void;
  readonly results: ResultCache;
  /** Keeps a finished model's scores in the browser. */
  keep(model: ModelState, hubUrl: string): void;
}

/** What the user said of the open model holds for its other revisions too. */
type UsersWord = Pick<ModelState, 'answers' | 'convention'>;

/** What is asked for: a point before it is scored. */
export type WantedPoint = Pick<SeriesPoint, 'label' | 'step' | 'choice' | 'commit'>;

/**
 * Revisions or checkpoints of an open model, scored one after another; the slider puts one of them in the model's place. The
 * series ends when its model leaves the page.
 */
export function seriesActions({ store, send, now, nextKey, stopTiming, results, keep }: SeriesDeps) {
  /** Of the run that goes on; a newer run, or none, makes its answers stale. */
  let run = 0;
  let ticket: Ticket | null = null;

  store.subscribe(({ models, series }) => {
    if (series === null) return;
    const isWhole = series.tracks.every(({ modelKey }) => models.some(({ key }) => key === modelKey));
    if (!isWhole) stop(null);
  });

  function stop(status: 'cancelled' | null): void {
    run++;
    ticket?.cancel();
    ticket = null;
    store.setState(({ series }) => ({
      series:
        series === null || status === null
          ? null
          : {
              ...mapPoints(series, (point) => (point.status === 'running' ? waiting(point) : point)),
              status,
              bytes: null,
            },
    }));
  }

  function patch(label: string, change: Partial<SeriesPoint>, bytes: SeriesState['bytes'] = null): void {
    store.setState(({ series }) => ({
      series:
        series === null
          ? null
          : {
              ...mapPoints(series, (point) => (point.label === label ? { ...point, ...change } : point)),
              bytes,
            },
    }));
  }

  /** Scores what isn't scored yet, one after another: each reads as much as a model, and memory stays one model's. */
  async function goOn(): Promise<void> {
    const mine = ++run;
    const isMine = () => mine === run;
    store.setState(({ series }) => ({ series: series === null ? null : { ...series, status: 'running' } }));
    const track = store.getState().series?.tracks[0];
    const model = store.getState().models.find(({ key }) => key === track?.modelKey);
    for (const point of track?.points ?? []) {
      if (point.status === 'done') continue;
      patch(point.label, { status: 'running', error: null });
      const said = wordOf(model);
      const kept = openAlready(point) ?? (await keptOf(point, said));
      if (!isMine()) return;
      const outcome = kept ?? (await score(point, said, isMine));
      if (!isMine()) return;
      patch(
        point.label,
        'code' in outcome ? { status: 'failed', error: outcome } : { status: 'done', scored: outcome },
      );
    }
    store.setState(({ series }) => ({ series: series === null ? null : { ...series, status: 'done' } }));
  }

  /** Scores of an earlier visit, if they are of the commit that the revision names now. */
  async function keptOf({ choice, commit }: WantedPoint, said: UsersWord): Promise<KeptModel | null> {
    if (choice.kind !== 'hub') return null;
    const { hubUrl } = store.getState().settings;
    const kept = await results.read({ hubUrl, choice, ...said });
    return kept !== null && kept.result.model.sha === commit ? kept : null;
  }

  /** The point that is open is scored already. */
  function openAlready({ choice, commit }: WantedPoint): KeptModel | null {
    const { models, series } = store.getState();
    const model = models.find(({ key }) => key === series?.tracks[0]?.modelKey);
    if (model?.result == null) return null;
    const isSame =
      choice.kind === 'hub' ? commit !== null && model.model?.sha === commit : model.choice === choice;
    return isSame ? keptFrom(model) : null;
  }

  function score(
    point: SeriesPoint,
    { answers, convention }: UsersWord,
    isMine: () => boolean,
  ): Promise<KeptModel | WireError> {
    const { hubUrl } = store.getState().settings;
    let model = openingModel(0, point.choice, point.label, answers, convention);
    return new Promise((settle) => {
      ticket = send(
        model,
        (event) => {
          if (!isMine()) return;
          model = reduceModel(model, event, now());
          if (event.type === 'bytes') patch(point.label, {}, event.bytes);
        },
        () => {
          if (model.result !== null) keep(model, hubUrl);
          settle(keptFrom(model) ?? model.error ?? unanswered(model, point.label));
        },
      );
    });
  }

  return {
    /** Scores these points of an open model; those that are kept in the browser are read from there. */
    start(modelKey: number, name: string, word: string, points: readonly WantedPoint[]): void {
      stop(null);
      const track = { modelKey, name, points: points.map((point) => waiting(point)) };
      store.setState({ series: { word, status: 'running', tracks: [track], at: null, bytes: null } });
      void goOn();
    },
    /** A series that is scored already: what a training run recorded. */
    open(word: string, tracks: readonly SeriesTrack[]): void {
      stop(null);
      store.setState({ series: { word, status: 'done', tracks, at: null, bytes: null } });
    },
    /** What was scored stays. */
    cancel(): void {
      stop('cancelled');
    },
    /** Takes it off the page; the map keeps what it shows. */
    drop(): void {
      stop(null);
    },
    /** After a cancellation, or for what failed. */
    resume(): void {
      if (store.getState().series !== null) void goOn();
    },
    /** Puts a point in its model's place, on the map and everywhere. */
    show(at: number): void {
      const { series, models } = store.getState();
      if (series === null) return;
      const points = series.tracks.map((track) => track.points[at]);
      if (points.some((point) => point?.scored == null)) return;
      stopTiming();
      // A new key: answers that are still under way for what was shown before must not reach this one.
      const keys = new Map(series.tracks.map(({ modelKey }) => [modelKey, nextKey()]));
      store.setState({
        models: models.map((model) => {
          const track = series.tracks.findIndex(({ modelKey }) => modelKey === model.key);
          return track < 0 ? model : withPoint(model, points[track], keys.get(model.key)!);
        }),
        series: {
          ...series,
          at,
          tracks: series.tracks.map((track) => ({ ...track, modelKey: keys.get(track.modelKey)! })),
        },
      });
    },
    /** Which of these points need no reading, since their scores are kept in this browser. */
    async kept(points: readonly WantedPoint[], said: UsersWord): Promise<ReadonlySet<string>> {
      const found = await Promise.all(points.map((point) => keptOf(point, said)));
      return new Set(points.filter((_, at) => found[at] !== null).map(({ label }) => label));
    },
  };
}

function wordOf(model: ModelState | undefined): UsersWord {
  const { answers, convention } = model ?? { answers: {}, convention: RAW_CONVENTION };
  return { answers, convention };
}

function waiting(point: WantedPoint): SeriesPoint {
  const { label, step, choice, commit } = point;
  return { label, step, choice, commit, status: 'waiting', scored: null, error: null };
}

function mapPoints(series: SeriesState, change: (point: SeriesPoint) => SeriesPoint): SeriesState {
  return {
    ...series,
    tracks: series.tracks.map((track) => ({ ...track, points: track.points.map(change) })),
  };
}

/** Results, with the plan's word on head splits; the layers are held once. */
function keptFrom({ result, stacks, weightsOptions }: ModelState): KeptModel | null {
  if (result === null) return null;
  const scored = stacks.map((stack) => ({
    ...stack,
    layers: result.stacks.find(({ name }) => name === stack.name)?.layers ?? stack.layers,
  }));
  return { result, stacks: scored, weightsOptions };
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

function withPoint(model: ModelState, point: SeriesPoint | undefined, key: number): ModelState {
  if (point?.scored == null) return model;
  const { result, stacks, weightsOptions } = point.scored;
  return {
    ...model,
    key,
    choice: point.choice,
    asked: point.label,
    status: 'done',
    question: null,
    error: null,
    result,
    stacks,
    weightsOptions,
    model: result.model,
    engine: result.engine,
    bytes: result.bytes,
    notes: result.notes,
    shown: stacks.some(({ name }) => name === model.shown) ? model.shown : (stacks[0]?.name ?? ''),
    kept: null,
    elapsedMs: null,
  };
}
