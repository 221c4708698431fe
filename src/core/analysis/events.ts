// The types of an analysis's events.
import type { SplitOption } from '../architectures/headSplit.ts';
import type { Mapping, MatrixGroup } from '../architectures/mapping.ts';
import type { EngineId } from '../engines/index.ts';
import type { WireError } from '../errors.ts';
import type {
  AnalysisResult,
  ByteCounts,
  EngineUse,
  HeadResult,
  LayerResult,
  ModelInfo,
  ModelShape,
  StackResult,
} from '../result/index.ts';
import type { Convention } from '../weights/convention.ts';
import type { ConventionOffers } from './conventionOffers.ts';

/** Asked when the head count can't be known from names, shapes or config: never guessed. */
export interface HeadQuestion {
  readonly kind: 'heads';
  /** The stack that it is asked for: "self", "text.self". */
  readonly stack: string;
  /** Key under which the answer is given; stacks whose heads one entry of config.json decides share it. */
  readonly splitKey: string;
  /** Rows of Wq and of Wk; dh divides both. */
  readonly qRows: number;
  readonly kRows: number;
  readonly dModel: number;
  readonly layers: number;
  readonly candidates: readonly SplitOption[];
  /** Why it must be asked: "no config.json beside the file". */
  readonly why: string;
  /** config.json as it is, for whoever can read more from it. */
  readonly config: Readonly<Record<string, unknown>> | null;
}

/** Asked when nothing says which tensors are Q and K, or in which order a fused one's rows are. */
export interface MappingQuestion {
  readonly kind: 'mapping';
  readonly why: string;
  /** The checkpoint's matrices, those of attention first. */
  readonly groups: readonly MatrixGroup[];
  /** Rows of the registry that could be meant; their heads are 0: to be chosen. */
  readonly proposals: readonly Mapping[];
  /** Key under which a mapping is saved: the same for checkpoints of the same shape. */
  readonly shapeKey: string;
}

export type LayoutQuestion = HeadQuestion | MappingQuestion;

/** A model's weights as another set of files: the same model in another format, or at another revision. */
export interface WeightsOption {
  readonly path: string;
  readonly revision?: string | undefined;
  readonly label: string;
  readonly isCurrent: boolean;
}

/** A stack as it is planned: its layers without scores yet. */
export interface PlannedStack extends StackResult {
  /** Key under which the user's own head split is given. */
  readonly splitKey: string;
  /** Head splits that fit the shapes, for the override. */
  readonly splits: readonly SplitOption[];
  /** Conventions that this stack can be scored by. */
  readonly offers: ConventionOffers;
}

/** What an analysis waits for before its plan is known: the list of files, their headers, or an engine. */
export type WaitsFor = 'files' | 'headers' | 'engine';

/** The events that the pipeline reports as it goes. All are structured-cloneable. */
export type AnalysisEvent =
  /** It has been waited for this for a while. */
  | { readonly type: 'waiting'; readonly what: WaitsFor }
  /** The notes are what is to be known of the files all the same: a broken config, another format's fate. */
  | { readonly type: 'question'; readonly question: LayoutQuestion; readonly notes: readonly string[] }
  | {
      readonly type: 'plan';
      readonly model: ModelInfo;
      readonly shape: ModelShape;
      readonly engine: EngineUse;
      readonly bytes: ByteCounts;
      readonly convention: Convention;
      readonly stacks: readonly PlannedStack[];
      readonly notes: readonly string[];
      /** Other weights of the same repository; empty where there is no choice. */
      readonly weightsOptions: readonly WeightsOption[];
    }
  /** Only the headers were to be read, and are: the weights wait for a request of their own. */
  | { readonly type: 'headersRead' }
  /** Another engine took over, and why. */
  | { readonly type: 'engine'; readonly engine: EngineUse }
  | { readonly type: 'bytes'; readonly bytes: ByteCounts }
  /** Heads of a layer that is under way; all of them come with the layer. */
  | {
      readonly type: 'heads';
      readonly stack: string;
      readonly layer: number;
      readonly heads: readonly HeadResult[];
    }
  /** A layer as it came out, and the engine that scored it or failed to. */
  | {
      readonly type: 'layer';
      readonly stack: string;
      readonly layer: LayerResult;
      readonly engine: EngineId;
    }
  | { readonly type: 'done'; readonly result: AnalysisResult; readonly elapsedMs: number }
  | { readonly type: 'failed'; readonly error: WireError };
