import type { AnalysisEvent } from '../core/analysis/index.ts';
import type { LayoutAnswers } from '../core/architectures/inferLayout.ts';
import type { BenchmarkEvent, SweepEvent, SweepLadder, WorkShape } from '../core/benchmark/index.ts';
import type { EngineChoice, EngineId, EngineOffer, Method, TimedEngineKey } from '../core/engines/index.ts';
import type { WireError } from '../core/errors.ts';
import type {
  HeadDetail,
  HeadPlace,
  KnownModel,
  Measure,
  MeasuresEvent,
  PartnersEvent,
} from '../core/inspection/index.ts';
import type { HubRef, HubToken, ModelChoice, RevisionFiles } from '../core/repos/index.ts';
import type { Region, ScopeName } from '../core/result/index.ts';
import type { Convention } from '../core/weights/convention.ts';

/** What is timed: layers of a model, read anew, or weights made up for a shape. */
export type BenchmarkSubject =
  | {
      readonly kind: 'model';
      readonly choice: ModelChoice;
      readonly answers?: LayoutAnswers | undefined;
      readonly name: string;
    }
  | { readonly kind: 'synthetic'; readonly shape: WorkShape; readonly seed: number };

export interface AnalyseRequest {
  readonly type: 'analyse';
  readonly choice: ModelChoice;
  readonly answers?: LayoutAnswers | undefined;
  /** Raw unless told. */
  readonly convention?: Convention | undefined;
  readonly engine: EngineChoice;
  readonly hubUrl: string;
  /** For gated and private models: sent to the hub that it was given for, and to no other. */
  readonly token?: HubToken | undefined;
  /** Whether what is read is kept in the browser. */
  readonly keepsBytes?: boolean | undefined;
}

/** A scored model, for a closer look at it. */
export interface ScoredModel {
  /** Names its weights: the worker keeps what it knows of them between requests. */
  readonly modelKey: string;
  readonly choice: ModelChoice;
  readonly answers?: LayoutAnswers | undefined;
  /** The one it was scored under; raw unless told. */
  readonly convention?: Convention | undefined;
  /** What was scored must be what is read now. */
  readonly known: KnownModel;
  /** The one that scored it. */
  readonly engine: EngineId;
  readonly hubUrl: string;
  /** For gated and private models: sent to the hub that it was given for, and to no other. */
  readonly token?: HubToken | undefined;
  readonly keepsBytes?: boolean | undefined;
}

/** One head in detail; the answers say more and more of it. */
export interface HeadRequest extends ScoredModel {
  readonly type: 'head';
  readonly place: HeadPlace;
}

/** All pairs of the heads of one layer, where a head's detail has its own alone. */
export interface PartnersRequest extends ScoredModel {
  readonly type: 'partners';
  readonly place: Pick<HeadPlace, 'stack' | 'layer'>;
}

/** Whole-layer scores, or directionality, of every layer. */
export interface MeasuresRequest extends ScoredModel {
  readonly type: 'measures';
  readonly what: Measure;
}

export interface CompareRequest {
  readonly type: 'benchmark';
  readonly subject: BenchmarkSubject;
  readonly engines: readonly TimedEngineKey[];
  readonly methods: readonly Method[];
  readonly scopes: readonly ScopeName[];
  readonly region: Region;
  readonly confirmed: boolean;
  /** The layer, by its number in the model, and the head that the scopes `head` and `layer` take; the first unless told. */
  readonly layer?: number | undefined;
  readonly head?: number | undefined;
  readonly hubUrl: string;
  /** For gated and private models: sent to the hub that it was given for, and to no other. */
  readonly token?: HubToken | undefined;
}

export interface SweepRequest {
  readonly type: 'sweep';
  readonly engine: TimedEngineKey;
  readonly ladder: SweepLadder;
}

/** The page asks; `id` names the request in every answer. Structured-cloneable. */
export type WorkerRequest = { readonly id: number } & (
  | AnalyseRequest
  | CompareRequest
  | SweepRequest
  | HeadRequest
  | PartnersRequest
  | MeasuresRequest
  | { readonly type: 'engines' }
  /** Which commit a revision names now. */
  | {
      readonly type: 'revision';
      readonly repo: string;
      readonly revision: string;
      readonly hubUrl: string;
      readonly token?: HubToken | undefined;
    }
  /** A repository's branches and tags. */
  | {
      readonly type: 'refs';
      readonly repo: string;
      readonly hubUrl: string;
      readonly token?: HubToken | undefined;
    }
  /** What the weight files of these commits hold, by the hub's hashes. */
  | {
      readonly type: 'revisionFiles';
      readonly repo: string;
      readonly commits: readonly string[];
      /** That hold Q and K: of sharded weights their files decide. */
      readonly tensors: readonly string[];
      readonly hubUrl: string;
      readonly token?: HubToken | undefined;
    }
  | { readonly type: 'cancel' }
);

/** The worker answers with events and one `end`. Failures are data: error objects lose their fields on the way. */
export type WorkerAnswer = { readonly id: number } & (
  | { readonly type: 'analysis'; readonly event: AnalysisEvent }
  | { readonly type: 'benchmark'; readonly event: BenchmarkEvent }
  | { readonly type: 'sweep'; readonly event: SweepEvent }
  | { readonly type: 'head'; readonly detail: HeadDetail }
  | { readonly type: 'partners'; readonly event: PartnersEvent }
  | { readonly type: 'measures'; readonly event: MeasuresEvent }
  | { readonly type: 'engines'; readonly offers: readonly EngineOffer[] }
  | { readonly type: 'revision'; readonly sha: string }
  | { readonly type: 'refs'; readonly refs: readonly HubRef[] }
  /** Of one commit; an error where its files couldn't be listed. */
  | {
      readonly type: 'revisionFiles';
      readonly commit: string;
      readonly files: RevisionFiles | null;
      readonly error: WireError | null;
    }
  /** The cancellation has come; the request ends when it can. */
  | { readonly type: 'cancelling' }
  | { readonly type: 'failed'; readonly error: WireError }
  | { readonly type: 'end' }
);
