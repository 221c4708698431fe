// The types of a benchmark: its weights, its request and its plan of rows.
import { type Engine, type EngineHandle, METHODS, type Method } from '../engines/index.ts';
import type { WireError } from '../errors.ts';
import {
  type BenchmarkFailure,
  type BenchmarkReport,
  type BenchmarkRow,
  engineName,
  type ReportOrigin,
  type ScopeName,
  type TimedSpan,
} from '../result/index.ts';
import { unique } from '../unique.ts';
import type { LayerWeights } from '../weights/layerWeights.ts';
import type { WorkShape } from './flops.ts';
import type { SyntheticDtype } from './synthetic.ts';

/** What is timed: weights that were read, or random ones of a chosen shape. */
export type BenchmarkSource =
  | {
      readonly kind: 'layers';
      /** "google-bert/bert-large-uncased layer 0" */
      readonly name: string;
      /** All of one shape. One is enough for the scopes `head` and `layer`. */
      readonly layers: readonly LayerWeights[];
      /** Position of the layer that `head` and `layer` take; by default 0. */
      readonly layerIndex?: number;
      /** Why `all` can't be timed: its rows fail with it. */
      readonly allError?: WireError | undefined;
    }
  | {
      readonly kind: 'synthetic';
      readonly shape: WorkShape;
      readonly seed: number;
      /** The default is F32. */
      readonly dtype?: SyntheticDtype;
    };

/** What is asked for: plain data, that a worker can be sent. */
export interface BenchmarkRequest {
  /** All five where none is named. */
  readonly methods: readonly Method[];
  readonly scopes: readonly ScopeName[];
  /** The head of the scope `head`; by default 0. */
  readonly head?: number;
  /** The default is `kernel`; `end to end` needs deps.readLayers. */
  readonly region?: TimedSpan;
  /** The default is 7. */
  readonly runs?: number;
  /** True once the user has seen an estimate of more than CONFIRM_MS and wants it. */
  readonly confirmed?: boolean;
  /** What would take the benchmark beyond this time, ms, is left out: nothing is asked then. By default there is no limit. */
  readonly limitMs?: number | undefined;
}

/** A request with its weights. */
export interface BenchmarkJob extends BenchmarkRequest {
  readonly source: BenchmarkSource;
}

/** A benchmark over `all` that is expected to take longer than this asks first. */
export const CONFIRM_MS = 60_000;

/** What a report says of where it was made. */
export type BenchmarkEnvironment = Pick<ReportOrigin, 'app' | 'cores' | 'where'> & {
  readonly crossOriginIsolated: boolean;
};

/** Everything that isn't a number in, number out: injected. */
export interface BenchmarkDeps {
  /** The engines to time; the caller makes and closes them. */
  readonly engines: readonly TimedEngine[];
  /** The float64 engine, the yardstick of max |Δr|. */
  readonly reference: Engine;
  /** Milliseconds. */
  now(): number;
  /** Uniform in [0, 1): the order of the runs. */
  random(): number;
  /** Lets messages in, a cancellation among them. */
  yieldToEventLoop(): Promise<void>;
  readonly environment: BenchmarkEnvironment;
  /** ISO 8601. */
  date(): string;
  /** Engines that were asked for and didn't start: their rows fail with the reason. */
  readonly notStarted?: readonly { readonly engine: string; readonly error: WireError }[];
  readonly signal?: AbortSignal | undefined;
  /** When the benchmark was asked for, by `now`: its limit counts from there. By default the limit counts from the first step. */
  readonly startedAt?: number;
  /** Reads the layers of a scope again, for the span `end to end`. */
  readLayers?(scope: ScopeName, signal?: AbortSignal): Promise<readonly LayerWeights[]>;
}

/** What is left out of a benchmark to keep its limit. */
export interface LeftOutRow {
  /** engineName. */
  readonly engine: string;
  readonly method: Method;
  readonly scope: ScopeName;
}

/** All are structured-cloneable. */
export type BenchmarkEvent =
  /**
   * The estimated time of the whole, from one pass of each row, and what is left out to keep the limit. With
   * needsConfirmation nothing more comes: ask the user, then call with `confirmed`.
   */
  | {
      readonly type: 'estimate';
      readonly ms: number;
      readonly needsConfirmation: boolean;
      readonly leftOut: readonly LeftOutRow[];
    }
  /**
   * In steps: an estimate, a warm-up and the runs of each row. `msLeft` is null while estimating. `now` is what
   * comes next: "webgpu norm, one head".
   */
  | {
      readonly type: 'progress';
      readonly done: number;
      readonly total: number;
      readonly msLeft: number | null;
      readonly now: string;
    }
  | { readonly type: 'row'; readonly row: BenchmarkRow }
  | ({ readonly type: 'row-failed' } & BenchmarkFailure)
  /** Comes after a cancellation too: the rows then hold the runs that were taken. */
  | { readonly type: 'done'; readonly report: BenchmarkReport; readonly cancelled: boolean };

/** An engine, or a peer that only a benchmark knows. */
export type TimedEngine = Engine<EngineHandle, string>;

/** A row to be timed. */
export interface PlannedRow {
  readonly engine: TimedEngine;
  readonly method: Method;
  readonly scope: ScopeName;
}

/**
 * Plans the rows of a request, without those that would time the same calls twice: on one head every trace method is
 * `trace`; over more heads `trace` is `trace-loop`.
 */
export function planRows(request: BenchmarkRequest, engines: readonly TimedEngine[]): PlannedRow[] {
  return planMethods(request).flatMap(({ scope, methods }) =>
    engines.flatMap((engine) => methods.map((method) => ({ engine, method, scope }))),
  );
}

/** Plans the methods of each scope. */
export function planMethods({
  scopes,
  methods,
}: Pick<BenchmarkRequest, 'scopes' | 'methods'>): { scope: ScopeName; methods: Method[] }[] {
  const asked = methods.length > 0 ? methods : METHODS;
  return unique(scopes).map((scope) => ({
    scope,
    methods: unique(asked.map((method) => methodOn(method, scope))),
  }));
}

function methodOn(method: Method, scope: ScopeName): Method {
  if (scope === 'head') return method === 'norm' ? 'norm' : 'trace';
  return method === 'trace' ? 'trace-loop' : method;
}

export const SCOPE_WORDS: Readonly<Record<ScopeName, string>> = {
  head: 'one head',
  layer: 'one layer',
  all: 'all layers',
};

/** "webgpu norm, one head" */
export function nameRow({ engine, method, scope }: PlannedRow): string {
  return `${engineName(engine.describe())} ${method}, ${SCOPE_WORDS[scope]}`;
}

/** Names a row by its engine, method and scope, as plain data. */
export function keyOfRow({ engine, method, scope }: PlannedRow): LeftOutRow {
  return { engine: engineName(engine.describe()), method, scope };
}

export function failureOf(row: PlannedRow, error: WireError): BenchmarkFailure {
  return { ...keyOfRow(row), error };
}

/** Fisher and Yates, on a copy. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}
