// Says what a benchmark found: how much faster the trace method is than the norm method.
import type { Method } from '../engines/index.ts';
import { type BenchmarkReport, type BenchmarkRow, rowEngine, type TimedSpan } from '../result/index.ts';
import { unique } from '../unique.ts';
import { formatDigits, formatDuration } from './benchmarkTable.ts';
import { type RowTimes, rowTimes } from './rowTimes.ts';
import { SHAPE_PRESETS } from './shapePresets.ts';

/** Both methods on one engine, over the same heads and by the same clock. */
export interface MethodPair {
  /** engineName */
  readonly engine: string;
  readonly norm: BenchmarkRow;
  readonly trace: BenchmarkRow;
  /** norm’s median time per head ÷ trace’s. */
  readonly factor: number;
}

/** Trace methods, the one that the answer is of first. */
const TRACES: readonly Method[] = ['trace', 'trace-heads', 'trace-full', 'trace-loop'];
const SCOPES = ['head', 'layer', 'all'] as const;

/** Less than this share isn't called a difference: a factor is shown with two digits. */
const LEAST_DIFFERENCE = 0.05;

/** Returns one pair an engine, over the smallest scope that has both methods, in the rows' order. */
export function methodPairs(rows: readonly BenchmarkRow[]): MethodPair[] {
  return unique(rows.map(rowEngine)).flatMap((engine) => pairOf(engine, rows) ?? []);
}

function pairOf(engine: string, all: readonly BenchmarkRow[]): MethodPair | null {
  const rows = all.filter((row) => rowEngine(row) === engine && rowTimes(row).perHead > 0);
  for (const scope of SCOPES) {
    const inScope = rows.filter((row) => row.scope === scope);
    const norm = inScope.find(({ method }) => method === 'norm');
    if (norm === undefined) continue;
    const comparable = inScope.filter(({ region, clock }) => region === norm.region && clock === norm.clock);
    const trace = TRACES.flatMap((method) => comparable.find((row) => row.method === method) ?? [])[0];
    if (trace === undefined) continue;
    return { engine, norm, trace, factor: rowTimes(norm).perHead / rowTimes(trace).perHead };
  }
  return null;
}

export interface BenchmarkAnswer {
  /** "On this machine the trace method is 7.4 × faster than the norm method for one head of this model (wasm, 2 threads)." */
  readonly sentence: string;
  /** The two medians, the runs, and what the count of operations would give. */
  readonly basis: string;
}

type AnsweredReport = Pick<BenchmarkReport, 'rows' | 'device' | 'synthetic' | 'shape'>;

/**
 * Returns the answer of a report by its medians, on the first engine that timed both methods; null where none did. `isElsewhere` is true of a report that came from a file: another machine may have made it.
 */
export function benchmarkAnswer(
  report: AnsweredReport,
  { isElsewhere = false }: { readonly isElsewhere?: boolean } = {},
): BenchmarkAnswer | null {
  const [pair] = methodPairs(report.rows);
  if (pair === undefined) return null;
  const machine = isElsewhere ? 'On the machine that was timed' : 'On this machine';
  const { norm } = pair;
  const what = `${scopeText(norm)} of ${subjectText(report)}${SPAN_TEXTS[norm.region]}`;
  const emulated = report.device[pair.engine]?.includes('(software)') ? ', emulated on the CPU' : '';
  const where = `(${pair.engine}${emulated})`;
  return {
    sentence: `${machine} ${verdictText(pair, what)} ${where}.`,
    basis: basisText(pair),
  };
}

function verdictText({ norm, trace, factor }: MethodPair, what: string): string {
  const [slow, fast] = [rowTimes(norm), rowTimes(trace)];
  const isSmall = Math.abs(factor - 1) < LEAST_DIFFERENCE;
  if (isSmall || isWithinSpread(slow, fast)) {
    const why = isSmall ? `under ${100 * LEAST_DIFFERENCE} %` : 'within the spread of the runs';
    return `the trace method and the norm method take about as long for ${what}: the difference is ${why}`;
  }
  const verdict = factor > 1 ? `${formatFactor(factor)} × faster` : `${formatFactor(1 / factor)} × slower`;
  return `the trace method is ${verdict} than the norm method for ${what}`;
}

/** Whether the middle halves of the runs overlap. */
function isWithinSpread(a: RowTimes, b: RowTimes): boolean {
  return a.perHeadQ1 <= b.perHeadQ3 && b.perHeadQ1 <= a.perHeadQ3;
}

/** "7.4", "12", "103" */
export function formatFactor(factor: number): string {
  return factor < 9.95 ? factor.toFixed(1) : `${Math.round(factor)}`;
}

function basisText({ norm, trace }: MethodPair): string {
  const counts = unique([norm, trace].map(({ runsMs }) => runsMs.length)).toSorted((a, b) => a - b);
  const runs =
    counts.length === 1 && counts[0] === 1
      ? 'one run each, so no spread is known'
      : `medians of ${counts.join(' and ')} runs`;
  const [slow, fast] = [norm, trace].map((row) => formatDuration(rowTimes(row).perHead));
  const operations = norm.flops / trace.flops;
  return `norm ${slow}, ${trace.method} ${fast} per head: ${runs}. The count of operations differs by ${formatDigits(operations)} ×.`;
}

const SPAN_TEXTS: Readonly<Record<TimedSpan, string>> = {
  kernel: '',
  'upload + kernel': ', its weights brought to the engine each time',
  'end to end': ', its weights read each time',
};

function scopeText({ scope, heads }: BenchmarkRow): string {
  if (scope === 'head') return 'one head';
  return scope === 'layer' ? `one layer (${heads} heads)` : 'all layers';
}

function subjectText({ synthetic, shape }: AnsweredReport): string {
  if (!synthetic) return 'this model';
  const { layers, heads, dModel, dHead } = shape;
  const preset = SHAPE_PRESETS.find(
    (known) =>
      known.shape.heads === heads &&
      known.shape.kvHeads === shape.kvHeads &&
      known.shape.dModel === dModel &&
      known.shape.dHead === dHead,
  );
  return preset === undefined
    ? `made-up weights (${layers} × ${heads}, d ${dModel}, dh ${dHead})`
    : `made-up weights of ${preset.name}’s shape`;
}
