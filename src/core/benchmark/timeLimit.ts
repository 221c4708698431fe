// Chooses the rows and the runs of a benchmark that fit a time limit.
import type { ScopeName } from '../result/index.ts';
import { unique } from '../unique.ts';
import type { LeftOutRow } from './benchmarkPlan.ts';
import { roughMs } from './benchmarkTask.ts';

/** The default benchmark ends within this time, ms. */
export const SHORT_MS = 30_000;
/** Part of the limit that is planned for: estimates of one pass are rough. */
export const PLANNED_SHARE = 0.8;
/** Runs are reduced to this many before rows are left out, and to the fewest where nothing more can be left out. */
const FEWER_RUNS = 5;
const FEWEST_RUNS = 3;
/** Passes that a row takes at least: an estimate, a warm-up and the fewest runs. */
export const FEWEST_PASSES = FEWEST_RUNS + 2;

/** A row with the expected wall time of one pass, ms. */
export interface RowEstimate extends LeftOutRow {
  readonly passMs: number;
}

export interface EstimateOptions {
  /** Least duration of a run, ms. */
  readonly targetMs: number;
  /** Expected time of one layer's float64 values, ms, and the layers that `all` holds. */
  readonly float64LayerMs: number;
  readonly layers: number;
}

export interface ShortenedPlan<Row extends RowEstimate> {
  readonly rows: readonly Row[];
  readonly leftOut: readonly Row[];
  /** Runs of each row. */
  readonly runs: number;
  /** Expected time of all of it, ms. */
  readonly ms: number;
}

/** Returns the expected time, ms, of warming rows up and running them, and of the float64 values they are compared with. */
export function expectedMs(
  rows: readonly RowEstimate[],
  runs: number,
  { targetMs, float64LayerMs, layers }: EstimateOptions,
): number {
  const scopes = new Set(rows.map(({ scope }) => scope));
  const compared = scopes.has('all') ? layers : scopes.has('layer') ? 1 : 0;
  return rows.reduce((sum, row) => sum + roughMs(row, targetMs) * (runs + 1), compared * float64LayerMs);
}

/**
 * Leaves out what doesn't fit into `limitMs`, of which `elapsedMs` have passed: first runs, then what says least of
 * norm against trace, the last engine's before the first's. Both methods over the smallest scope stay on the first
 * engine that has time for them; where none has, on the first one, however long they take.
 */
export function shortenPlan<Row extends RowEstimate>(
  rows: readonly Row[],
  runs: number,
  { limitMs, elapsedMs, ...options }: EstimateOptions & { limitMs: number; elapsedMs: number },
): ShortenedPlan<Row> {
  const available = PLANNED_SHARE * limitMs - elapsedMs;
  const plan = (kept: readonly Row[], keptRuns: number): ShortenedPlan<Row> => ({
    rows: kept,
    leftOut: rows.filter((row) => !kept.includes(row)),
    runs: keptRuns,
    ms: expectedMs(kept, keptRuns, options),
  });
  const engines = unique(rows.map(({ engine }) => engine));
  const [fewer, fewest] = [Math.min(runs, FEWER_RUNS), Math.min(runs, FEWEST_RUNS)];
  const answers = engines.map((engine) => ({ engine, answer: answerRows(rows, engine) }));
  const timed = answers
    .filter(({ answer }) => answer.length > 1)
    .map(({ engine, answer }) => ({ engine, ms: plan(answer, fewest).ms }));
  const main =
    timed.find(({ ms }) => ms <= available) ?? timed.toSorted((a, b) => a.ms - b.ms)[0] ?? answers[0];
  let kept = rows;
  for (const group of removalOrder(rows, main?.engine)) {
    for (const tried of unique([runs, fewer])) {
      const candidate = plan(kept, tried);
      if (candidate.ms <= available) return candidate;
    }
    kept = kept.filter((row) => !group.includes(row));
  }
  const last = unique([runs, fewer, fewest]).map((tried) => plan(kept, tried));
  return last.find(({ ms }) => ms <= available) ?? last.at(-1)!;
}

/** Returns groups of rows to leave out, those that are missed least first; never the main engine's answer. */
function removalOrder<Row extends RowEstimate>(rows: readonly Row[], main: string | undefined): Row[][] {
  const engines = unique(rows.map(({ engine }) => engine)).toReversed();
  const answers = engines.flatMap((engine) => answerRows(rows, engine));
  const rankOf = (row: Row) => worthOf(row, row.engine === main, answers.includes(row));
  const ranks = unique(rows.map(rankOf)).filter(Number.isFinite);
  const groups = ranks
    .toSorted((a, b) => a - b)
    .flatMap((rank) =>
      engines.map((engine) => rows.filter((row) => row.engine === engine && rankOf(row) === rank)),
    );
  return groups.filter((group) => group.length > 0);
}

const SCOPES_BY_SIZE: readonly ScopeName[] = ['head', 'layer', 'all'];

/** Returns an engine's rows that give the answer: norm and the fastest trace over the smallest scope. */
function answerRows<Row extends RowEstimate>(rows: readonly Row[], engine: string): Row[] {
  const smallest = SCOPES_BY_SIZE.find((scope) => rows.some((row) => row.scope === scope));
  const trace = smallest === 'head' ? 'trace' : 'trace-heads';
  return rows.filter(
    (row) =>
      row.engine === engine && row.scope === smallest && (row.method === 'norm' || row.method === trace),
  );
}

/**
 * Ranks a row by what it adds to the answer. norm over many heads is norm of one, so many times; trace-loop is trace of one, so many
 * times; over one layer trace-full is trace-heads.
 */
function worthOf({ method, scope }: RowEstimate, isMainEngine: boolean, isAnswer: boolean): number {
  if (isAnswer) return isMainEngine ? Number.POSITIVE_INFINITY : 5;
  if (scope === 'all') return method === 'norm' ? 0 : 1;
  if (method === 'norm') return 2;
  if (method !== 'trace-heads') return 3;
  return isMainEngine ? 6 : 4;
}
