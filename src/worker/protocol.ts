import type { BenchmarkEvent } from '../core/analysis/benchmarkPlan.ts';
import type { Region, ScopeName } from '../core/analysis/benchmarkReport.ts';
import type { AnalysisEvent } from '../core/analysis/events.ts';
import type { WorkShape } from '../core/analysis/flops.ts';
import type { SweepEvent, SweepLadder } from '../core/analysis/sweep.ts';
import type { LayoutAnswers } from '../core/architectures/inferLayout.ts';
import type { Method } from '../core/engines/calls.ts';
import type { EngineChoice, EngineOffer, TimedEngineKey } from '../core/engines/select.ts';
import type { WireError } from '../core/errors.ts';
import type { HubToken } from '../core/repos/hubToken.ts';
import type { ModelChoice } from '../core/repos/repo.ts';

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
  readonly engine: EngineChoice;
  readonly hubUrl: string;
  /** For gated and private models: sent to the hub that it was given for, and to no other. */
  readonly token?: HubToken | undefined;
  /** Whether what is read is kept in the browser. */
  readonly keepsBytes?: boolean | undefined;
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
  | { readonly type: 'engines' }
  /** Which commit a revision names now. */
  | {
      readonly type: 'revision';
      readonly repo: string;
      readonly revision: string;
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
  | { readonly type: 'engines'; readonly offers: readonly EngineOffer[] }
  | { readonly type: 'revision'; readonly sha: string }
  | { readonly type: 'failed'; readonly error: WireError }
  | { readonly type: 'end' }
);
