// What the user does with models: opens them, answers their questions, chooses how they are read and scored.
import type { HeadSplit } from '../core/architectures/headSplit.ts';
import type { Mapping } from '../core/architectures/mapping.ts';
import { QKError, toWire } from '../core/errors.ts';
import { SAMPLE_NAMES, type WeightChoice } from '../core/repos/index.ts';
import type { AnalysisResult, ModelInfo } from '../core/result/index.ts';
import { type ConventionChoice, conventionOf } from '../core/weights/convention.ts';
import type { ConfigReading } from './configReading.ts';
import { type Context, stopModel } from './context.ts';
import type { GalleryEntry } from './gallery.ts';
import { hubChoice, needed } from './lazyCode.ts';
import { patchModel, resetForRescore, type ScoresOrigin } from './modelState.ts';
import {
  type OpeningState,
  openOnPage,
  reopenModel,
  retryFailed,
  showModels,
  startModel,
  stopOpenings,
} from './openings.ts';
import { showProblem } from './page.ts';
import { replaceModels, restoreReplaced } from './replacedModels.ts';
import { precomputedSample } from './sampleScores.ts';
import { sourceText } from './scoresOrigin.ts';
import { clearSelection } from './selection.ts';
import { OPENING_CODE, waitOutside } from './waits.ts';

/** Opens both sisters of the sample, side by side. */
export function openSample(ctx: Context<OpeningState>): void {
  const open = () =>
    SAMPLE_NAMES.map((name) =>
      startModel(ctx, { kind: 'sample', name, baseUrl: ctx.sampleUrl }, `sample/${name}`, {
        precomputed: precomputedSample(name),
      }),
    );
  showModels(ctx, open, 'training');
}

/** A figure's title and a file's name stay readable. */
const MAX_NAME = 80;

export function modelsActions(ctx: Context<OpeningState>) {
  const { store, mappings } = ctx;

  return {
    /** Resolves once the background worker answers. */
    async workerAnswers(): Promise<void> {
      for await (const _ of ctx.client.stream('ping', null, new AbortController().signal));
    },
    /** Opens `gpt2`, `owner/model@revision` or a hub URL. */
    async openText(text: string): Promise<void> {
      try {
        openOnPage(ctx, await waitOutside(ctx, OPENING_CODE, () => hubChoice(text)), text.trim());
      } catch (error) {
        showProblem(ctx, error);
      }
    },
    openSample: () => openSample(ctx),
    /** Shows models whose scores came without their weights: of a figure or a link. */
    async openScored(results: readonly AnalysisResult[], origin: ScoresOrigin): Promise<void> {
      const { openScored } = await import('./openScored.ts');
      openScored(ctx, results, origin);
    },
    /** The models whose scores come with the page. */
    async gallery(): Promise<readonly GalleryEntry[]> {
      return (await import('./gallery.ts')).galleryEntries(ctx);
    },
    /** Shows one of them. @throws QKError where it can't be read */
    async openGalleryEntry(entry: GalleryEntry): Promise<void> {
      const { openGalleryEntry } = await waitOutside(ctx, OPENING_CODE, () => needed(import('./gallery.ts')));
      await openGalleryEntry(ctx, entry);
    },
    /** Answers the head question of one stack, or overrides its split; null goes back to the model's own. */
    splitHeads(index: number, splitKey: string, split: HeadSplit | null): void {
      reopenModel(ctx, index, ({ layoutOverrides }) => {
        const { [splitKey]: _, ...others } = layoutOverrides.splits ?? {};
        const splits = split === null ? others : { ...others, [splitKey]: split };
        return { layoutOverrides: { ...layoutOverrides, splits } };
      });
    },
    /** Says which tensors are Q and K; null asks again. */
    mapTensors(index: number, mapping: Mapping | null): void {
      const { question, layoutOverrides } = store.getState().models[index] ?? {};
      if (mapping === null && layoutOverrides?.mapping !== undefined)
        mappings.forget(layoutOverrides.mapping);
      if (mapping !== null && question?.kind === 'mapping') mappings.save(question.shapeKey, mapping);
      reopenModel(ctx, index, () => ({ layoutOverrides: mapping === null ? {} : { mapping } }));
    },
    /** Opens other weights of the same repository: another format, another revision. */
    chooseWeights(index: number, weights: WeightChoice): void {
      reopenModel(ctx, index, ({ choice }) =>
        choice.kind === 'sample' ? {} : { choice: { ...choice, weights }, layoutOverrides: {} },
      );
    },
    /** Names a model, in titles, files and exports; an empty name goes back to the model's own. */
    rename(index: number, text: string): void {
      const name = text.trim().slice(0, MAX_NAME);
      const renamed = ({ name: _, ...info }: ModelInfo): ModelInfo =>
        name === '' ? info : { ...info, name };
      store.setState(({ models }) => ({
        models: patchModel(models, models[index]?.key, (old) => ({
          ...old,
          model: old.model && renamed(old.model),
          result: old.result && { ...old.result, model: renamed(old.result.model) },
        })),
      }));
    },
    /** Shows another stack of the model. */
    showStack(index: number, stackName: string): void {
      store.setState(({ models }) => ({
        models: patchModel(models, models[index]?.key, (model) => ({ ...model, stackName })),
        ...clearSelection('other'),
      }));
    },
    /** Scores every model on the page again by another convention: never one by another than its neighbour. */
    setConvention(choice: ConventionChoice): void {
      const convention = conventionOf(choice);
      const { models } = store.getState();
      if (models.every((model) => model.convention.text === convention.text)) return;
      const origin = models.find((model) => model.origin !== null)?.origin;
      if (origin) {
        const text = `These scores came from ${sourceText(origin)}, without the weights that another convention needs.`;
        store.setState({
          notice: toWire(new QKError('no-weights', text, { hint: 'Recompute them first.' })),
        });
        return;
      }
      stopOpenings(ctx, models);
      const openings = models.map((old) => {
        const { layoutOverrides, headersOnly } = old;
        return resetForRescore(
          old,
          startModel(ctx, old.choice, old.requestLabel, { layoutOverrides, convention, headersOnly }),
        );
      });
      store.setState((state) => ({
        ...replaceModels(state, models, openings),
        ...clearSelection('same'),
      }));
    },
    /** Reads and scores a model again. */
    retry(index: number): void {
      reopenModel(ctx, index, () => ({}), true);
    },
    /** Goes on with a model that was stopped: its scored layers are kept, and the rest is read. */
    async goOn(index: number): Promise<void> {
      try {
        const { goOn } = await waitOutside(ctx, OPENING_CODE, () => needed(import('./goOn.ts')));
        goOn(ctx, index);
      } catch (error) {
        showProblem(ctx, error);
      }
    },
    /** Reads the weights of a model that came by a link, after its bytes were said, and scores it. */
    readWeights(index: number): void {
      // The heads that the link chose are those whose values now come.
      reopenModel(ctx, index, () => ({ headersOnly: false }), true, { heads: 'same' });
    },
    /** Stops reading and scoring; what was scored stays. */
    cancel(): void {
      for (const { key } of store.getState().models) stopModel(ctx, key);
    },
    /** Closes a question without an answer: nothing is guessed, nothing is scored. */
    dropQuestion(index: number): void {
      const key = store.getState().models[index]?.key;
      if (key === undefined) return;
      store.setState(({ models }) => ({
        models: patchModel(models, key, (model) => ({ ...model, status: 'cancelled' })),
      }));
      store.setState((state) => restoreReplaced(state, key));
    },
    /** Reads the heads of a config.json that QKScope can't tell; the library that does it is fetched first. */
    async readConfig(config: Readonly<Record<string, unknown>>): Promise<ConfigReading | null> {
      const { readConfig } = await import('./configReading.ts');
      return readConfig(config);
    },
    /** Opens once more what came to no map. */
    retryFailed: () => retryFailed(ctx),
    dismissFailed(): void {
      store.setState({ failedOpening: null });
    },
  };
}
