// What the page may ask of the analysis worker, and what it hears of each request: one table for both sides.
import type { AnalysisEvent, EarlierScores } from '../core/analysis/index.ts';
import type { LayoutOverrides } from '../core/architectures/inferLayout.ts';
import type { BenchmarkEvent, SweepEvent, SweepLadder, WorkShape } from '../core/benchmark/index.ts';
import type { CollectionEvent, CollectionRequest } from '../core/collection/index.ts';
import type { EngineChoice, EngineId, EngineOffer, Method, TimedEngineKey } from '../core/engines/index.ts';
import type { WireError } from '../core/errors.ts';
import type {
  HeadDetail,
  HeadPlace,
  KnownModel,
  LayerMetric,
  LayerMetricEvent,
  PartnersEvent,
} from '../core/inspection/index.ts';
import type { HubRef, HubToken, LocalFile, ModelChoice, RevisionFiles } from '../core/repos/index.ts';
import type { ScopeName, TimedSpan } from '../core/result/index.ts';
import type { Convention } from '../core/weights/convention.ts';

/** How the hub is reached. */
export interface HubAccess {
  readonly hubUrl: string;
  /** Opens gated and private models. It is sent to the hub that it was given for, and to no other. */
  readonly token?: HubToken | undefined;
  /** Whether what is read is saved in the browser. */
  readonly keepsBytes?: boolean | undefined;
}

/** How a model's files are read. */
interface ModelReading extends HubAccess {
  readonly choice: ModelChoice;
  readonly layoutOverrides?: LayoutOverrides | undefined;
  /** Raw where it is left out. */
  readonly convention?: Convention | undefined;
}

export interface AnalyseRequest extends ModelReading {
  readonly engine: EngineChoice;
  /** Ends with the plan: no weight is read. */
  readonly headersOnly?: boolean | undefined;
  /** Layers that needn't be read again. */
  readonly earlier?: EarlierScores | undefined;
}

/** Names a scored model that is to be inspected, as it was read when it was scored. */
export interface ScoredModel extends ModelReading {
  /** The worker caches the model's plan and last layer under this key. */
  readonly modelKey: string;
  /** What was scored must be what is read now. */
  readonly known: KnownModel;
  /** The engine that scored it. */
  readonly engine: EngineId;
}

/** The benchmark times layers of a model, which are read again, or weights made up for a shape. */
export type BenchmarkSubject =
  | {
      readonly kind: 'model';
      readonly choice: ModelChoice;
      readonly layoutOverrides?: LayoutOverrides | undefined;
      readonly name: string;
    }
  | { readonly kind: 'synthetic'; readonly shape: WorkShape; readonly seed: number };

export interface BenchmarkRequest extends HubAccess {
  readonly subject: BenchmarkSubject;
  readonly engines: readonly TimedEngineKey[];
  readonly methods: readonly Method[];
  readonly scopes: readonly ScopeName[];
  readonly region: TimedSpan;
  readonly confirmed: boolean;
  /** The layer (by its number in the model) and the head that the scopes `head` and `layer` take; the first where left out. */
  readonly layer?: number | undefined;
  readonly head?: number | undefined;
  /** What would take it beyond this time, ms, is left out. */
  readonly limitMs?: number | undefined;
}

/** What one commit's weight files hold, or why they couldn't be listed. */
export interface CommitFiles {
  readonly commit: string;
  readonly files: RevisionFiles | null;
  readonly error: WireError | null;
}

/**
 * Every procedure of the worker: what it takes, and what it reports, once or many times, until it ends. Requests and events are
 * structured-cloneable. A failure isn't an event: it ends the stream as a QKError.
 */
export interface Procedures {
  /** Opens a model and scores it. */
  analyse: { readonly request: AnalyseRequest; readonly event: AnalysisEvent };
  /** Computes one head in detail; each event says more than the last. */
  headDetail: { readonly request: ScoredModel & { readonly place: HeadPlace }; readonly event: HeadDetail };
  /** Compares all heads of one layer in pairs; a head's detail of a large layer has its own pairs alone. */
  partners: {
    readonly request: ScoredModel & { readonly place: Pick<HeadPlace, 'stack' | 'layer'> };
    readonly event: PartnersEvent;
  };
  /** Computes whole-layer scores, or directionality, of every layer. */
  layerMetrics: {
    readonly request: ScoredModel & { readonly what: LayerMetric };
    readonly event: LayerMetricEvent;
  };
  /** Times engines and methods. */
  benchmark: { readonly request: BenchmarkRequest; readonly event: BenchmarkEvent };
  /** Times made-up weights over a ladder of shapes. */
  sweep: {
    readonly request: { readonly engine: TimedEngineKey; readonly ladder: SweepLadder };
    readonly event: SweepEvent;
  };
  /** Reads many models' results. */
  collection: {
    readonly request: CollectionRequest;
    readonly event: CollectionEvent;
  };
  /** Reads one model's result out of a Parquet file: its JSON, which is to be checked as any file's. */
  collectionModel: {
    readonly request: { readonly file: LocalFile; readonly from: number; readonly to: number };
    readonly event: { readonly text: string };
  };
  /** Answers at once: whoever waits for a worker hears thereby that it isn't stuck. */
  ping: { readonly request: null; readonly event: { readonly isThere: true } };
  /** Lists the engines that can run here. */
  engines: { readonly request: null; readonly event: readonly EngineOffer[] };
  /** Finds the commit that a revision names now. */
  revision: {
    readonly request: HubAccess & { readonly repo: string; readonly revision: string };
    readonly event: { readonly sha: string };
  };
  /** Lists a repository's branches and tags. */
  refs: { readonly request: HubAccess & { readonly repo: string }; readonly event: readonly HubRef[] };
  /** Lists what the weight files of these commits hold, by the hub's hashes: one event a commit. */
  revisionFiles: {
    readonly request: HubAccess & {
      readonly repo: string;
      readonly commits: readonly string[];
      /** The tensors that hold Q and K: of sharded weights their files decide. */
      readonly tensors: readonly string[];
    };
    readonly event: CommitFiles;
  };
}

export type ProcedureName = keyof Procedures;
export type RequestOf<P extends ProcedureName> = Procedures[P]['request'];
export type EventOf<P extends ProcedureName> = Procedures[P]['event'];

/** One procedure as both sides know it: the worker implements it, the page's client offers it. */
export type Handler<P extends ProcedureName> = (
  request: RequestOf<P>,
  signal: AbortSignal,
) => AsyncIterable<EventOf<P>>;
export type Handlers = { readonly [P in ProcedureName]: Handler<P> };

/** A request on its way to the worker; `id` names it in every response. */
export type CallMessage<P extends ProcedureName = ProcedureName> = {
  readonly [Name in P]: { readonly id: number; readonly name: Name; readonly request: RequestOf<Name> };
}[P];
export type RequestMessage = CallMessage | { readonly id: number; readonly name: 'cancel' };

/** A response on its way to the page: `failed` and `done` end the request. Failures are data, since clones of errors lose fields. */
export type ResponseMessage = { readonly id: number } & (
  | { readonly type: 'event'; readonly event: EventOf<ProcedureName> }
  /** The cancellation was received; the request ends when it can. */
  | { readonly type: 'cancelling' }
  | { readonly type: 'failed'; readonly error: WireError }
  | { readonly type: 'done' }
);
