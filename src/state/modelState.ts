// One opened model on the page: its type, how it begins, and the one way to change it.
import type {
  EarlierLayer,
  EarlierScores,
  LayoutQuestion,
  PlannedStack,
  WaitsFor,
  WeightsOption,
} from '../core/analysis/index.ts';
import type { LayoutOverrides } from '../core/architectures/inferLayout.ts';
import type { WireError } from '../core/errors.ts';
import type { ModelChoice } from '../core/repos/index.ts';
import type { AnalysisResult, ByteCounts, EngineUse, ModelInfo, UserScores } from '../core/result/index.ts';
import { type Convention, RAW_CONVENTION } from '../core/weights/convention.ts';

/** Where scores come from that weren't computed here: there are no weights with them. */
export type ScoresOrigin =
  | {
      readonly kind: 'figure';
      /** The file's name. */
      readonly name: string;
      /** The JSON that it holds, as it is written there. */
      readonly text: string;
    }
  | {
      readonly kind: 'link';
      /** The scores are rounded to multiples of it. */
      readonly step: number;
    }
  /** An entry of the gallery that comes with the page. */
  | { readonly kind: 'gallery'; readonly mark: string }
  /** A model of a collection, with the collection's name. */
  | { readonly kind: 'collection'; readonly name: string }
  /** A local file's scores of an earlier visit. */
  | { readonly kind: 'browser' };

/** A local file whose scores are known from elsewhere: whether a dropped one is the same, its fingerprint tells. */
export interface ExpectedFile {
  /** The model's name in the figure or the link. */
  readonly name: string;
  /** Of a link its first 16 digits. */
  readonly fingerprint: string;
  readonly convention: Convention;
  /** Head splits that the user chose. */
  readonly splits?: LayoutOverrides['splits'] | undefined;
}

/** One opened model, from its request on. What was scored stays through a failure or a cancellation. */
export interface ModelState {
  /** Unique id of this load; a reload gets a new one. */
  readonly key: number;
  /** Its place on the page, which it keeps when it is opened again, or when another of its revisions takes its place. */
  readonly slot: number;
  readonly choice: ModelChoice;
  /** What the user asked for; it names the model until its own name is known. */
  readonly requestLabel: string;
  /** awaiting: it came by a link, and waits for a click that has its weights read, or for its file. */
  readonly status: 'opening' | 'question' | 'running' | 'done' | 'failed' | 'cancelled' | 'awaiting';
  /** What keeps it from a plan, where that takes long. */
  readonly waitsFor: WaitsFor | null;
  readonly question: LayoutQuestion | null;
  /** What the user chose that the files don't say: head splits, which tensors are Q and K. */
  readonly layoutOverrides: LayoutOverrides;
  /** What is done to the weights before they are scored. */
  readonly convention: Convention;
  readonly model: ModelInfo | null;
  readonly engine: EngineUse | null;
  readonly bytes: ByteCounts | null;
  /** One map each; their layers get scores as they come. */
  readonly stacks: readonly PlannedStack[];
  /** The name of the one that is looked at. */
  readonly stackName: string;
  /** Other weights of the same repository. */
  readonly weightsOptions: readonly WeightsOption[];
  readonly notes: readonly string[];
  readonly error: WireError | null;
  readonly result: AnalysisResult | null;
  /** Files of the user's own scores of its heads. */
  readonly userScores: readonly UserScores[];
  /** Where the scores were cached from an earlier visit: when they were made, and whether the revision has moved since. */
  readonly cached: { readonly createdAt: string; readonly hasMoved: boolean } | null;
  /** It came by a link: weights are read after a click that says their bytes, and not before. */
  readonly headersOnly: boolean;
  /** Where the scores came without weights; beside the result, never in it. Null where they are computed here. */
  readonly origin: ScoresOrigin | null;
  /** True while some of the scores are those that came with the page: the sample's, until it is scored here. */
  readonly isPrecomputed: boolean;
  /** The files that this one may be: of local models alone. */
  readonly expectedFiles: readonly ExpectedFile[];
  /** The layers that were scored here, by which engine: of a model that is stopped, what needn't be read again. */
  readonly scoredLayers: readonly EarlierLayer[];
  /** What it goes on from. */
  readonly earlier: EarlierScores | null;
  /** Bytes that an earlier run had read, whose layers are taken over. */
  readonly readBefore: number;
  /** performance.now() when the reading of weights began. */
  readonly startedAt: number;
  readonly elapsedMs: number | null;
}

export interface ModelsSlice {
  /** One model, or two side by side on one scale. */
  readonly models: readonly ModelState[];
}

export const INITIAL_MODELS: ModelsSlice = { models: [] };

/** Changes one model, by its key; the same array where there is no such model. */
export function patchModel(
  models: readonly ModelState[],
  key: number | undefined,
  change: (model: ModelState) => ModelState,
): readonly ModelState[] {
  const index = models.findIndex((model) => model.key === key);
  return index < 0 ? models : models.with(index, change(models[index]!));
}

/** Returns a model that was just requested. */
export function openingModel(
  key: number,
  choice: ModelChoice,
  requestLabel: string,
  layoutOverrides: LayoutOverrides = {},
  convention: Convention = RAW_CONVENTION,
): ModelState {
  return {
    key,
    slot: key,
    choice,
    requestLabel,
    layoutOverrides,
    convention,
    status: 'opening',
    waitsFor: null,
    question: null,
    model: null,
    engine: null,
    bytes: null,
    stacks: [],
    stackName: '',
    weightsOptions: [],
    notes: [],
    error: null,
    result: null,
    userScores: [],
    cached: null,
    headersOnly: false,
    origin: null,
    isPrecomputed: false,
    expectedFiles: [],
    scoredLayers: [],
    earlier: null,
    readBefore: 0,
    startedAt: 0,
    elapsedMs: null,
  };
}

/** Returns the same model, to be scored again: its maps stand empty meanwhile, so that nothing jumps. */
export function resetForRescore(old: ModelState, opening: ModelState): ModelState {
  const stacks = old.stacks.map((stack) => ({
    ...stack,
    layers: stack.layers.map(({ skipped: _, arriving: __, ...layer }) => ({ ...layer, heads: [] })),
  }));
  const bytes = old.bytes === null ? null : { ...old.bytes, read: 0 };
  const { slot, stackName, userScores } = old;
  // What is read in place of a recorded step is the finished model: not under the step's name.
  const isRecorded = old.engine?.id === 'recorded';
  const model = isRecorded && old.model !== null ? { ...old.model, revision: null } : old.model;
  const engine = isRecorded ? null : old.engine;
  return { ...opening, slot, model, engine, bytes, stacks, stackName, userScores };
}
