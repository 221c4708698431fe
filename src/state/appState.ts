import type { PlannedStack, Question, WeightsOption } from '../core/analysis/index.ts';
import type { LayoutOverrides } from '../core/architectures/inferLayout.ts';
import type { SweepReport } from '../core/benchmark/index.ts';
import type { EngineChoice, EngineOffer } from '../core/engines/index.ts';
import type { WireError } from '../core/errors.ts';
import type { HeadDetail, Measure } from '../core/inspection/index.ts';
import type { CheckpointFolders, HubToken, ModelChoice } from '../core/repos/index.ts';
import type {
  AnalysisResult,
  BenchmarkReport,
  BenchmarkRow,
  ByteCounts,
  EngineUse,
  ModelInfo,
  UserScores,
} from '../core/result/index.ts';
import type { Convention } from '../core/weights/convention.ts';
import type { SortMode } from '../figures/arrangement.ts';
import type { DomainEnds, DomainMode } from '../figures/colourDomain.ts';
import type { MetricId } from '../figures/metric.ts';
import type { PaletteName } from '../figures/palette.ts';
import type {
  FailedOpening,
  PendingFolder,
  RefsState,
  ReplacedModels,
  RevisionFilesState,
  SeriesState,
} from './compareState.ts';

/** One opened model, from the moment it is asked for. What was scored stays through a failure or a cancellation. */
export interface ModelState {
  /** Names this opening; a newer one replaces it. */
  readonly key: number;
  /** Its place on the page, which it keeps when it is opened anew, or when another of its revisions takes its place. */
  readonly slot: number;
  readonly choice: ModelChoice;
  /** What was asked for, until the model tells its own name. */
  readonly requestLabel: string;
  readonly status: 'opening' | 'question' | 'running' | 'done' | 'failed' | 'cancelled';
  readonly question: Question | null;
  /** What the user said that the files don't: head splits, which tensors are Q and K. */
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
  /** Where the scores were kept from an earlier visit: when they were made, and whether the revision has moved since. */
  readonly cached: { readonly createdAt: string; readonly hasMoved: boolean } | null;
  /** performance.now() when the reading of weights began. */
  readonly startedAt: number;
  readonly elapsedMs: number | null;
}

export interface HeadAt {
  readonly layer: number;
  readonly head: number;
}

export type Theme = 'system' | 'light' | 'dark';

export interface Settings {
  readonly engine: EngineChoice;
  readonly hubUrl: string;
  readonly theme: Theme;
  /** Colours of values. */
  readonly palette: PaletteName;
  /** Whether what is read of the hub is kept in this browser. */
  readonly keepsBytes: boolean;
  /** Whether / and ? work wherever the focus is; else on a map alone, as its other keys. */
  readonly pageKeys: boolean;
  /** Parts of the head panel that are open. */
  readonly headSections: readonly HeadSectionId[];
}

/** The parts of the head panel, from top to bottom. */
export const HEAD_SECTIONS = [
  'energy',
  'eigenvalues',
  'singular',
  'chance',
  'matrices',
  'partners',
  'rope',
  'provenance',
] as const;
export type HeadSectionId = (typeof HEAD_SECTIONS)[number];

export type PanelName = 'compare' | 'timing' | 'distribution' | 'scatter' | 'training' | 'notebook' | 'table';

export interface BenchmarkState {
  readonly status: 'idle' | 'running' | 'confirm' | 'done' | 'failed';
  readonly rows: readonly BenchmarkRow[];
  readonly progress: {
    readonly done: number;
    readonly total: number;
    readonly msLeft: number | null;
    readonly now: string;
  } | null;
  readonly estimateMs: number | null;
  readonly report: BenchmarkReport | null;
  readonly error: WireError | null;
  /** What the page began to do while times were taken: "scoring a model" (timesTaken.ts). */
  readonly interference: string | null;
  /** A comparison ran until its model left the page, or was opened anew. */
  readonly invalidated: boolean;
}

/** The sweep over d and dh. */
export interface SweepState {
  readonly status: 'idle' | 'running' | 'done' | 'failed';
  readonly progress: BenchmarkState['progress'];
  readonly report: SweepReport | null;
  readonly error: WireError | null;
  /** As the comparison's. */
  readonly interference: string | null;
}

/** Whole-layer scores and directionality, being measured; what is measured is in the models' rows. */
export interface LayerMetricsState {
  readonly status: 'idle' | 'running' | 'failed';
  /** What was asked for last. */
  readonly what: Measure | null;
  /** Told before any weight is read, of all models together. */
  readonly estimate: { readonly layers: number; readonly flops: number; readonly bytes: number } | null;
  readonly progress: {
    /** 0 … 1 of the model that is measured. */
    readonly fraction: number;
    readonly msLeft: number | null;
    /** "sample/masked, layer 3" */
    readonly now: string;
  } | null;
  readonly error: WireError | null;
}

/** The pinned head looked at closely. */
export interface HeadDetailState {
  readonly status: 'idle' | 'running' | 'done' | 'failed';
  /** Names the opening, the map and the head that it is of; null when idle. */
  readonly key: string | null;
  /** Also while running: parts come one after the other (pValue and partners last). */
  readonly detail: HeadDetail | null;
  readonly error: WireError | null;
  /** All pairs of the layer's heads, asked for where the detail has the head's own alone; null where they aren't being computed. */
  readonly pairs: PairsState | null;
}

export type PairsState =
  | { readonly status: 'running'; readonly fraction: number }
  | { readonly status: 'failed'; readonly error: WireError };

export interface AppState {
  /** One model, or two side by side on one scale. */
  readonly models: readonly ModelState[];
  /** Models in whose place others are being opened. */
  readonly replacedModels: readonly ReplacedModels[];
  readonly failedOpening: FailedOpening | null;
  /** A refusal before any model opened: an id that is none, a drop without weights. What is on the page stays. */
  readonly notice: WireError | null;
  readonly metric: MetricId;
  readonly scale: DomainMode;
  /** The ends that were frozen, for each metric: they hold for whatever is opened next. */
  readonly lockedEnds: Readonly<Partial<Record<MetricId, DomainEnds>>>;
  readonly sort: SortMode;
  readonly hovered: HeadAt | null;
  readonly pinned: HeadAt | null;
  /** Where the keys are in the maps, also while the focus is elsewhere: the head last walked to, or pinned. */
  readonly cursor: HeadAt | null;
  /** Heads that the bar or dot under the pointer stands for, by the key of their model. */
  readonly marked: ReadonlyMap<number, readonly HeadAt[]> | null;
  /** What the head scatter shows. */
  readonly scatter: { readonly x: MetricId; readonly y: MetricId };
  /** Heads set beside each other, in the order they were chosen. */
  readonly compared: readonly HeadAt[];
  readonly panel: PanelName;
  readonly settings: Settings;
  /** For gated and private models; in memory alone, gone with the page. */
  readonly token: HubToken | null;
  readonly engines: readonly EngineOffer[];
  readonly benchmark: BenchmarkState;
  readonly sweep: SweepState;
  /** One for each model on the page, in their order: the pinned head in each. */
  readonly headDetails: readonly HeadDetailState[];
  readonly layerMetrics: LayerMetricsState;
  /** Of the repository that was asked for last. */
  readonly refs: RefsState | null;
  /** Of the repository whose revisions were compared last. */
  readonly revisionFiles: RevisionFilesState | null;
  /** Revisions of what is open, scored one after another. */
  readonly series: SeriesState | null;
  /** The folder whose checkpoints the page's model is of. */
  readonly folder: CheckpointFolders | null;
  readonly pendingFolder: PendingFolder | null;
}

export const DEFAULT_HUB = 'https://huggingface.co';

export const IDLE_BENCHMARK: BenchmarkState = {
  status: 'idle',
  rows: [],
  progress: null,
  estimateMs: null,
  report: null,
  error: null,
  interference: null,
  invalidated: false,
};

export const IDLE_SWEEP: SweepState = {
  status: 'idle',
  progress: null,
  report: null,
  error: null,
  interference: null,
};

export const IDLE_LAYER_METRICS: LayerMetricsState = {
  status: 'idle',
  what: null,
  estimate: null,
  progress: null,
  error: null,
};

export const IDLE_DETAIL: HeadDetailState = {
  status: 'idle',
  key: null,
  detail: null,
  error: null,
  pairs: null,
};

export const INITIAL_STATE: AppState = {
  models: [],
  replacedModels: [],
  failedOpening: null,
  notice: null,
  metric: 's',
  scale: 'auto',
  lockedEnds: {},
  sort: 'model',
  hovered: null,
  pinned: null,
  cursor: null,
  marked: null,
  scatter: { x: 's', y: 'norm' },
  compared: [],
  panel: 'timing',
  settings: {
    engine: 'auto',
    hubUrl: DEFAULT_HUB,
    theme: 'system',
    palette: 'RdBu',
    keepsBytes: false,
    pageKeys: true,
    headSections: ['energy', 'eigenvalues', 'singular', 'provenance'],
  },
  token: null,
  engines: [],
  benchmark: IDLE_BENCHMARK,
  sweep: IDLE_SWEEP,
  headDetails: [],
  layerMetrics: IDLE_LAYER_METRICS,
  refs: null,
  revisionFiles: null,
  series: null,
  folder: null,
  pendingFolder: null,
};
