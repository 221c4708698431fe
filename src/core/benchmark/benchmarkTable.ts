// The columns and cells of a benchmark's table.
import { type NotebookMatch, notebookTimeOf } from '../notebook/notebookTimes.ts';
import {
  type BenchmarkFailure,
  type BenchmarkReport,
  type BenchmarkRow,
  rowEngine,
  type TimedSpan,
  type TimingClock,
} from '../result/index.ts';
import { rowTimes, speedUps } from './rowTimes.ts';

/** The columns of the timing table, on the page and in Markdown. */
const TIMING_COLUMNS = [
  { key: 'engine', head: 'engine', about: 'what computed' },
  { key: 'method', head: 'method', about: 'the notebook’s name' },
  { key: 'scope', head: 'scope', about: 'one head, one layer, or all layers in a call' },
  { key: 'perHead', head: 'per head', about: 'median ÷ heads in scope' },
  { key: 'speedUp', head: 'speed-up', about: 'norm per head ÷ this per head, on the same engine' },
  { key: 'deltaR', head: 'max |Δr|', about: 'against float64, over the heads in scope' },
  { key: 'call', head: 'per call', about: 'mean ± standard deviation of the runs' },
  { key: 'notebook', head: 'notebook’s machine', about: 'the time that the notebook printed, per call' },
  { key: 'runs', head: 'runs × loops', about: 'loops: calls back to back in a run' },
  { key: 'heads', head: 'heads', about: 'in scope' },
  { key: 'median', head: 'median', about: 'of the runs, per call' },
  { key: 'iqr', head: 'IQR', about: 'third quartile of the runs less the first, per call' },
  { key: 'fastest', head: 'fastest', about: 'of the runs, per call' },
  { key: 'rate', head: 'GF/s', about: 'FLOPs by formula ÷ median' },
  { key: 'byteRate', head: 'GB/s', about: 'bytes of weights by formula ÷ median' },
  { key: 'flops', head: 'GFLOP', about: 'of one call, by formula' },
  { key: 'bytes', head: 'weights', about: 'read by one call, by formula' },
  { key: 'calls', head: 'launches', about: 'kernel launches of one call; for trace-full its chunks' },
  { key: 'clock', head: 'clock', about: 'wall time, or the GPU’s timestamps' },
  { key: 'region', head: 'region', about: 'what the time covers' },
] as const;

export type BenchmarkColumnKey = (typeof TIMING_COLUMNS)[number]['key'];
export type TimingCells = Readonly<Record<BenchmarkColumnKey, string>>;

export interface TimingColumn {
  readonly key: BenchmarkColumnKey;
  readonly head: string;
  readonly about: string;
}

/**
 * Returns the columns that have something to show: the notebook's where it printed a time, with whose weights it
 * took it.
 */
export function benchmarkColumns(
  cells: readonly TimingCells[],
  notebook: NotebookMatch | null,
): readonly TimingColumn[] {
  return TIMING_COLUMNS.filter(
    ({ key }) => key !== 'notebook' || cells.some((row) => row.notebook !== ''),
  ).map((column) =>
    column.key === 'notebook' && notebook?.sameWeights === false
      ? { ...column, head: 'notebook’s machine and weights' }
      : column,
  );
}

export const TIMED_SPAN_ABOUT: Readonly<Record<TimedSpan, string>> = {
  kernel: 'the computation only: the weights are already loaded',
  'upload + kernel': 'the weights are brought to the engine each time',
  'end to end':
    'the weights are read, brought to the engine and computed on, one after the other, each time; an analysis reads ahead meanwhile',
};

const CLOCK_WORDS: Readonly<Record<TimingClock, string>> = { wall: 'wall', gpu: 'GPU', process: 'its own' };

/** Returns the text of each row, in the rows' order. `subject` says which layer and head were timed. */
export function benchmarkCells(
  rows: readonly BenchmarkRow[],
  subject: Pick<BenchmarkReport, 'layer' | 'head'> | null,
  notebook: NotebookMatch | null,
): TimingCells[] {
  const speeds = speedUps(rows);
  return rows.map((row, i) => {
    const times = rowTimes(row);
    const speed = speeds[i];
    return {
      engine: rowEngine(row),
      method: row.method,
      scope: row.scope,
      heads: String(row.heads),
      region: row.region,
      clock: CLOCK_WORDS[row.clock],
      call: `${formatDuration(times.mean)}${row.runsMs.length > 1 ? ` ± ${formatDuration(times.sd)}` : ''}`,
      runs: `${row.runsMs.length} × ${loopsText(row)}`,
      median: formatDuration(times.median),
      iqr: row.runsMs.length > 1 ? formatDuration(times.q3 - times.q1) : '',
      fastest: formatDuration(times.min),
      perHead: formatDuration(times.perHead),
      speedUp: speed
        ? `${formatDigits(speed.value)}×${speed.against === row.scope ? '' : ` of ${speed.against}’s norm`}`
        : '',
      flops: formatDigits(row.flops / 1e9),
      bytes: formatBytes(row.bytes),
      rate: formatDigits(times.gflops),
      byteRate: formatDigits(times.gbytes),
      calls: String(row.calls),
      deltaR: row.maxAbsDeltaR === null ? 'a head has no value' : formatSmall(row.maxAbsDeltaR),
      notebook: subject ? notebookCell(row, subject, notebook) : '',
    };
  });
}

function loopsText({ loops, runLoops = [loops] }: BenchmarkRow): string {
  const [min, max] = [Math.min(...runLoops), Math.max(...runLoops)];
  return min === max ? `${max}` : `${min}–${max}`;
}

function notebookCell(
  row: BenchmarkRow,
  subject: Pick<BenchmarkReport, 'layer' | 'head'>,
  notebook: NotebookMatch | null,
): string {
  const time = notebookTimeOf(notebook, row, subject);
  if (!time || !notebook) return '';
  const split = notebook.sameSplit ? '' : `, as ${notebook.shape.heads} × ${notebook.shape.dHead}`;
  return `${formatDuration(time.meanMs)} ± ${formatDuration(time.sdMs)}${split}`;
}

/**
 * Describes rows that failed alike, in one sentence: "norm, trace-loop (all) failed on wasm, 2 threads; webgpu: …".
 */
export function failureTexts(
  failed: readonly BenchmarkFailure[],
): { readonly text: string; readonly hint: string | undefined }[] {
  const engines = new Map<string, { ofEngine: string[]; methods: string; failure: BenchmarkFailure }>();
  for (const failure of failed) {
    const { engine, scope, error } = failure;
    const same = failed.filter(
      (other) => other.engine === engine && other.scope === scope && other.error.message === error.message,
    );
    const methods = same.map(({ method }) => method).join(', ');
    const key = JSON.stringify([methods, scope, error.message]);
    const entry = engines.get(key) ?? { ofEngine: [], methods, failure };
    if (!entry.ofEngine.includes(engine)) entry.ofEngine.push(engine);
    engines.set(key, entry);
  }
  return [...engines.values()].map(({ ofEngine, methods, failure: { scope, error } }) => ({
    text: `${methods} (${scope}) failed on ${ofEngine.join('; ')}: ${error.message}`,
    hint: error.hint,
  }));
}

/** Formats a time with three digits and a unit: "593 µs", "3.78 ms", "1.20 s". */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0 µs';
  const size = Number(Math.abs(ms).toPrecision(3));
  if (size >= 1000) return `${formatDigits(ms / 1000)} s`;
  if (size >= 1) return `${formatDigits(ms)} ms`;
  return size >= 1e-3 ? `${formatDigits(ms * 1000)} µs` : `${formatDigits(ms * 1e6)} ns`;
}

/** Formats a number with three significant digits, without an exponent. */
export function formatDigits(x: number): string {
  if (!Number.isFinite(x)) return '';
  if (x === 0) return '0';
  const rounded = Number(x.toPrecision(3));
  return rounded.toFixed(Math.min(9, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded))))));
}

function formatBytes(bytes: number): string {
  if (bytes >= 1e9) return `${formatDigits(bytes / 1e9)} GB`;
  return bytes >= 1e6 ? `${formatDigits(bytes / 1e6)} MB` : `${formatDigits(bytes / 1e3)} kB`;
}

function formatSmall(x: number): string {
  return x === 0 ? '0' : x.toExponential(1).replace('e-', 'e−');
}
