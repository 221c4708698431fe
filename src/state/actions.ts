import type { StoreApi } from 'zustand/vanilla';
import type { HeadSplit } from '../core/architectures/headSplit.ts';
import type { Mapping } from '../core/architectures/mapping.ts';
import { toWire } from '../core/errors.ts';
import { type LocalFile, SAMPLE_NAMES, type WeightChoice } from '../core/repos/index.ts';
import { type ConventionChoice, conventionOf } from '../core/weights/convention.ts';
import type { WorkerClient } from '../worker/client.ts';
import { analysisSender } from './analysisSender.ts';
import type { AppState, Settings } from './appState.ts';
import { compareActions } from './compareActions.ts';
import { contextActions } from './contextActions.ts';
import type { Schedule } from './eventBatches.ts';
import { folderActions } from './folderActions.ts';
import { headActions } from './headActions.ts';
import { hubActions } from './hubActions.ts';
import { hubChoice } from './hubChoice.ts';
import { measureActions } from './measureActions.ts';
import { createOpenings } from './openings.ts';
import { areUserScores, ownScoresActions } from './ownScoresActions.ts';
import { refActions } from './refActions.ts';
import type { SavedMappings } from './rememberedMappings.ts';
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
  readonly mappings: SavedMappings;
  readonly privateFiles: (() => Promise<FileSystemDirectoryHandle>) | undefined;
  loadOAuth(): Promise<OAuthLibrary>;
  /** When scores that arrive are shown. */
  readonly schedule: Schedule;
}

export type Actions = ReturnType<typeof createActions>;

/** The only writers of the store. */
export function createActions(deps: ActionDeps) {
  const { store, client, now, sampleUrl, saveSettings, mappings } = deps;
  const send = analysisSender(store, client);
  let times: TimesActions | null = null;
  const stopTiming = () => times?.timing.stop();
  const hub = hubActions(deps);
  const view = viewActions(store);
  const details = headActions(store, client);
  const own = ownScoresActions(store);
  const openings = createOpenings({ ...deps, send, hub, stopTiming });
  const { start, show, reopen, stop, nextKey } = openings;
  const beside = compareActions({ store, start, stop, stopTiming });
  const revisionFiles = revisionFilesActions(store, client);
  const series = seriesActions({
    ...{ ...deps, send, nextKey, stop, stopTiming, keep: hub.keep },
    checkFiles: revisionFiles.check,
  });
  const folder = folderActions({
    store,
    open(choice, asked, target) {
      if (target === 'beside') return beside.open(choice, asked);
      const opening = start(choice, asked);
      show(() => [opening]);
      return opening.key;
    },
    startSeries: series.start,
  });

  return {
    ...view,
    /** `gpt2`, `owner/model@revision` or a hub URL. */
    async openText(text: string): Promise<void> {
      try {
        const choice = await hubChoice(text);
        show(() => [start(choice, text.trim())]);
      } catch (error) {
        store.setState({ notice: toWire(error) });
      }
    },
    /** A model's files; or, where they are sheets or JSON with values of heads, scores for the model that is open. */
    async openFiles(files: readonly LocalFile[]): Promise<void> {
      if (files.length === 0) return;
      if (await areUserScores(files)) return own.open(files);
      await folder.take(files, 'page');
    },
    /** Both sisters, side by side. */
    openSample(): void {
      const open = () =>
        SAMPLE_NAMES.map((name) => start({ kind: 'sample', name, baseUrl: sampleUrl }, `sample/${name}`));
      show(open, 'training');
    },
    /** The answer to the head question, or an override, for one stack; null goes back to the model's own split. */
    splitHeads(index: number, splitKey: string, split: HeadSplit | null): void {
      reopen(index, ({ layoutOverrides }) => {
        const { [splitKey]: _, ...others } = layoutOverrides.splits ?? {};
        return {
          layoutOverrides: {
            ...layoutOverrides,
            splits: split === null ? others : { ...others, [splitKey]: split },
          },
        };
      });
    },
    /** Which tensors are Q and K; null asks anew. */
    mapTensors(index: number, mapping: Mapping | null): void {
      const { question, layoutOverrides } = store.getState().models[index] ?? {};
      if (mapping === null && layoutOverrides?.mapping !== undefined)
        mappings.forget(layoutOverrides.mapping);
      if (mapping !== null && question?.kind === 'mapping') mappings.save(question.shapeKey, mapping);
      reopen(index, () => ({ layoutOverrides: mapping === null ? {} : { mapping } }));
    },
    /** Other weights of the same repository: another format, another revision. */
    chooseWeights(index: number, weights: WeightChoice): void {
      reopen(index, ({ choice }) =>
        choice.kind === 'sample' ? {} : { choice: { ...choice, weights }, layoutOverrides: {} },
      );
    },
    /** Another of the model's maps. */
    showStack(index: number, stackName: string): void {
      store.setState((state) => ({
        models: state.models.map((model, at) => (at === index ? { ...model, stackName } : model)),
        hovered: null,
        pinned: null,
      }));
    },
    /** What is done to the weights before they are scored, for every model on the page: each is scored anew. */
    setConvention(choice: ConventionChoice): void {
      const convention = conventionOf(choice);
      const { models } = store.getState();
      if (models.every((model) => model.convention.text === convention.text)) return;
      openings.rescore(convention);
    },
    /** Reads and scores anew. */
    retry(index: number): void {
      reopen(index, () => ({}), true);
    },
    /** Stops reading and scoring; what was scored stays. */
    cancel: openings.cancel,
    /** A question was closed without an answer. */
    dropQuestion(index: number): void {
      const model = store.getState().models[index];
      if (model !== undefined) openings.giveUp(model.key);
    },
    /** Opens once more what came to no map. */
    retryFailed: openings.retryFailed,
    dismissFailed(): void {
      store.setState({ failedOpening: null });
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
