import type { StoreApi } from 'zustand/vanilla';
import {
  type AnalysisEvent,
  type Convention,
  type ConventionChoice,
  conventionOf,
  type HeadSplit,
  type LayoutAnswers,
  type LocalFile,
  type Mapping,
  type ModelChoice,
  parseModelId,
  RAW_CONVENTION,
  SAMPLE_NAMES,
  toWire,
  type WeightChoice,
} from '../core/index.ts';
import type { Ticket, WorkerClient } from '../worker/client.ts';
import { analysisSender } from './analysisSender.ts';
import type { AppState, ModelState, Settings } from './appState.ts';
import { compareActions } from './compareActions.ts';
import { contextActions } from './contextActions.ts';
import { batchEvents, type Schedule } from './eventBatches.ts';
import { folderActions } from './folderActions.ts';
import { headActions } from './headActions.ts';
import { hubActions } from './hubActions.ts';
import { measureActions } from './measureActions.ts';
import { CANCELLED, emptied, openingModel, reduceModel } from './modelReducer.ts';
import { areScores, fallBack, ownScoresActions } from './ownScoresActions.ts';
import { refActions } from './refActions.ts';
import type { RememberedMappings } from './rememberedMappings.ts';
import type { ResultCache } from './resultCache.ts';
import { revisionFilesActions } from './revisionFilesActions.ts';
import { seriesActions } from './seriesActions.ts';
import { settingsActions } from './settingsActions.ts';
import type { OAuthLibrary } from './signIn.ts';
import type { TimesActions, timesActions } from './timesActions.ts';
import { viewActions } from './viewActions.ts';

export interface ActionDeps {
  readonly store: StoreApi<AppState>;
  readonly client: WorkerClient;
  now(): number;
  /** Folder of the bundled sample, absolute, with a slash at its end. */
  readonly sampleUrl: string;
  saveSettings(settings: Settings): void;
  readonly results: ResultCache;
  readonly mappings: RememberedMappings;
  readonly privateFiles: (() => Promise<FileSystemDirectoryHandle>) | undefined;
  loadOAuth(): Promise<OAuthLibrary>;
  /** When scores that arrive are shown. */
  readonly schedule: Schedule;
}

interface StartOptions {
  readonly answers?: LayoutAnswers;
  /** Raw unless told. */
  readonly convention?: Convention;
  /** Reads and scores anew, also where scores of an earlier visit are kept. */
  readonly isFresh?: boolean;
}

export type Actions = ReturnType<typeof createActions>;

/** The only writers of the store. */
export function createActions(deps: ActionDeps) {
  const { store, client, now, sampleUrl, saveSettings, mappings } = deps;
  const tickets = new Map<number, Pick<Ticket, 'cancel'>>();
  let lastKey = 0;
  const send = analysisSender(store, client);
  let times: TimesActions | null = null;
  const stopTiming = () => times?.timing.stop();
  const hub = hubActions(deps);
  const view = viewActions(store);
  const details = headActions(store, client);
  const own = ownScoresActions(store);

  function patchModel(key: number, change: (model: ModelState) => ModelState): void {
    store.setState((state) => ({
      models: state.models.map((model) => (model.key === key ? change(model) : model)),
    }));
  }

  function start(choice: ModelChoice, name: string, options: StartOptions = {}): ModelState {
    const { answers = {}, convention = RAW_CONVENTION, isFresh = false } = options;
    const key = ++lastKey;
    const { hubUrl } = store.getState().settings;
    const opening = openingModel(key, choice, name, answers, convention);
    if (choice.kind !== 'hub' || isFresh) analyse(opening);
    else {
      const asked = { hubUrl, choice, answers, convention };
      const cancelled = () => hear(key, [CANCELLED], hubUrl);
      tickets.set(key, hub.lookUp(key, asked, { missing: () => analyse(opening), cancelled }));
    }
    return opening;
  }

  function analyse(opening: ModelState): void {
    const { key } = opening;
    const { hubUrl } = store.getState().settings;
    const ticket = send(
      opening,
      batchEvents((events) => hear(key, events, hubUrl), deps.schedule),
      () => tickets.delete(key),
    );
    tickets.set(key, ticket);
  }

  function hear(key: number, events: readonly AnalysisEvent[], hubUrl: string): void {
    patchModel(key, (model) => events.reduce((state, event) => reduceModel(state, event, now()), model));
    const event = events.at(-1)!;
    const models = store.getState().models;
    const index = models.findIndex((model) => model.key === key);
    const model = models[index];
    if (model === undefined) return;
    if (event.type === 'done') hub.keep(model, hubUrl);
    if (event.type === 'question' && event.question.kind === 'mapping') {
      const mapping = mappings.of(event.question.shapeKey);
      // What was chosen for files of this shape; if it no longer fits, the question comes back with it in the answers.
      if (mapping !== null && model.answers.mapping === undefined)
        reopen(index, () => ({ answers: { mapping } }));
    }
  }

  /** Replaces what is on the page; whatever still runs for it is cancelled. */
  function show(open: () => readonly ModelState[], panel: AppState['panel'] = 'timing'): void {
    for (const ticket of tickets.values()) ticket.cancel();
    stopTiming();
    const models = open();
    store.setState((state) => ({
      ...fallBack(state, models),
      ...{ models, panel, folder: null },
      ...{ notice: null, hovered: null, pinned: null, cursor: null, compared: [] },
    }));
  }

  function reopen(
    index: number,
    change: (old: ModelState) => Partial<Pick<ModelState, 'choice' | 'answers'>>,
    isFresh = false,
  ): void {
    const old = store.getState().models[index];
    if (old === undefined) return;
    tickets.get(old.key)?.cancel();
    stopTiming();
    const { choice = old.choice, answers = old.answers } = change(old);
    const model = {
      ...start(choice, old.asked, { answers, convention: old.convention, isFresh }),
      seat: old.seat,
      own: old.own,
    };
    store.setState((state) => ({
      models: state.models.map((other, at) => (at === index ? model : other)),
      hovered: null,
      pinned: null,
    }));
  }

  const stop = (key: number) => tickets.get(key)?.cancel();
  const beside = compareActions({
    store,
    start,
    stop,
    stopTiming,
  });

  const nextKey = () => ++lastKey;
  const revisionFiles = revisionFilesActions(store, client);
  const series = seriesActions({
    ...{ ...deps, send, nextKey, stop, stopTiming, keep: hub.keep },
    checkFiles: revisionFiles.check,
  });
  const folder = folderActions({
    store,
    open(choice, asked, target) {
      if (target === 'beside') return beside.open(choice, asked);
      show(() => [start(choice, asked)]);
      return lastKey;
    },
    startSeries: series.start,
  });

  return {
    ...view,
    /** `gpt2`, `owner/model@revision` or a hub URL. */
    openText(text: string): void {
      try {
        const { repo, revision, path } = parseModelId(text);
        const weights = path === undefined ? undefined : { path };
        show(() => [start({ kind: 'hub', repo, revision, weights }, text.trim())]);
      } catch (error) {
        store.setState({ notice: toWire(error) });
      }
    },
    /** A model's files; or, where they are sheets or JSON with values of heads, scores for the model that is open. */
    async openFiles(files: readonly LocalFile[]): Promise<void> {
      if (files.length === 0) return;
      if (await areScores(files)) return own.open(files);
      folder.take(files, 'page');
    },
    /** Both sisters, side by side. */
    openSample(): void {
      const open = () =>
        SAMPLE_NAMES.map((name) => start({ kind: 'sample', name, baseUrl: sampleUrl }, `sample/${name}`));
      show(open, 'training');
    },
    /** The answer to the head question, or an override, for one stack; null goes back to the model's own split. */
    splitHeads(index: number, splitKey: string, split: HeadSplit | null): void {
      reopen(index, ({ answers }) => {
        const { [splitKey]: _, ...others } = answers.splits ?? {};
        return {
          answers: { ...answers, splits: split === null ? others : { ...others, [splitKey]: split } },
        };
      });
    },
    /** Which tensors are Q and K; null asks anew. */
    mapTensors(index: number, mapping: Mapping | null): void {
      const { question, answers } = store.getState().models[index] ?? {};
      if (mapping === null && answers?.mapping !== undefined) mappings.forget(answers.mapping);
      if (mapping !== null && question?.kind === 'mapping') mappings.remember(question.shapeKey, mapping);
      reopen(index, () => ({ answers: mapping === null ? {} : { mapping } }));
    },
    /** Other weights of the same repository: another format, another revision. */
    chooseWeights(index: number, weights: WeightChoice): void {
      reopen(index, ({ choice }) =>
        choice.kind === 'sample' ? {} : { choice: { ...choice, weights }, answers: {} },
      );
    },
    /** Another of the model's maps. */
    showStack(index: number, shown: string): void {
      store.setState((state) => ({
        models: state.models.map((model, at) => (at === index ? { ...model, shown } : model)),
        hovered: null,
        pinned: null,
      }));
    },
    /** What is done to the weights before they are scored, for every model on the page: each is scored anew. */
    setConvention(choice: ConventionChoice): void {
      const convention = conventionOf(choice);
      const { models } = store.getState();
      if (models.every((model) => model.convention.text === convention.text)) return;
      stopTiming();
      const again = models.map((old) => {
        tickets.get(old.key)?.cancel();
        return emptied(old, start(old.choice, old.asked, { answers: old.answers, convention }));
      });
      store.setState({ models: again, hovered: null });
    },
    /** Reads and scores anew. */
    retry(index: number): void {
      reopen(index, () => ({}), true);
    },
    /** Stops reading and scoring; what was scored stays. */
    cancel(): void {
      for (const ticket of tickets.values()) ticket.cancel();
    },
    /** A question was closed without an answer: nothing is guessed, nothing is scored. */
    dropQuestion(index: number): void {
      store.setState((state) => ({
        models: state.models.map((model, at) => (at === index ? { ...model, status: 'cancelled' } : model)),
      }));
    },
    /** A refusal that isn't a model's: a drop that couldn't be read. */
    showError(error: unknown): void {
      store.setState({ notice: toWire(error) });
    },
    dismissNotice(): void {
      store.setState({ notice: null });
    },
    setPanel(panel: AppState['panel']): void {
      store.setState({ panel });
    },
    ...settingsActions(store, client, saveSettings),
    /** What takes times, made once, by the first who needs it. */
    times(make: typeof timesActions): TimesActions {
      times ??= make(store, client);
      return times;
    },
    /** Computes the pinned head's detail anew where that failed. */
    retryHeadDetail: details.retry,
    pairs: details.pairs,
    measures: measureActions({ store, client, now, keep: hub.keepMeasured }),
    hub,
    beside,
    context: contextActions(store),
    own,
    refs: refActions(store, client),
    revisionFiles,
    series,
    folder,
  };
}
