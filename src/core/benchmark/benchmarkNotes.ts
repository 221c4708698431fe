// The notes of a benchmark's report.
import {
  type NotebookMatch,
  notebookTimeOf,
  OTHER_WEIGHTS_NOTE,
  TRACE_FULL_NOTE,
} from '../notebook/notebookTimes.ts';
import { type BenchmarkReport, type BenchmarkRow, type ReportOrigin, rowEngine } from '../result/index.ts';
import { unique } from '../unique.ts';
import { formatDuration, TIMED_SPAN_ABOUT } from './benchmarkTable.ts';
import { RUN_CLOCK_STEPS, RUN_MS } from './benchmarkTask.ts';

/** Engine id → what its kernels find where the weights lie: what is outside the region `kernel`, and what isn't. */
const KERNEL_READS: Readonly<Record<string, string>> = {
  webgpu: 'float32 copies, unpacked when the weights were loaded',
  wasm: 'the weights as they are stored, unpacked within the time',
  'ort-webgpu': 'float32 copies, packed when the weights were loaded',
  'ort-wasm': 'float32 copies, packed when the weights were loaded',
  reference: 'float64 copies, made when the weights were loaded',
};

/** Returns what ± and IQR are, and what was run how often: stands with the figures, before them. */
export function spreadNote(rows: readonly BenchmarkRow[]): string {
  const runs = runsText(rows);
  if (runs === '1')
    return 'One run of each row: no spread is known. Runs × loops: a run is so many calls back to back.';
  return `Per call: mean ± standard deviation (n − 1) of the ${runs} runs’ mean times per call; IQR: their third quartile less their first. Runs × loops: a run is so many calls back to back, and its time is divided by their number.`;
}

/** "7", or "2 to 3" after a cancellation. */
function runsText(rows: readonly BenchmarkRow[]): string {
  const runs = rows.map(({ runsMs }) => runsMs.length);
  const [min, max] = [Math.min(...runs), Math.max(...runs)];
  return min === max ? `${max}` : `${min} to ${max}`;
}

/**
 * Says when, by what, where and on which weights a report was made. Parts that an older report lacks are left out.
 */
export function originNotes({
  createdAt,
  app,
  where,
  cores,
  dtype,
  seed,
  disturbed,
}: ReportOrigin): string[] {
  const made = [
    ...(createdAt === undefined ? [] : [createdAt]),
    ...(app === undefined ? [] : [`QKScope ${app.version}`]),
    ...(where === undefined ? [] : [where.name]),
    ...(cores === undefined ? [] : [`${cores} logical core${cores === 1 ? '' : 's'}`]),
  ];
  const weights = [
    ...(dtype === undefined ? [] : [dtype]),
    ...(seed === undefined ? [] : [`made up with seed ${seed}`]),
  ];
  return [
    ...(made.length === 0 ? [] : [`Made: ${made.join('; ')}.`]),
    ...(weights.length === 0 ? [] : [`Weights: ${weights.join(', ')}.`]),
    ...(disturbed === undefined
      ? []
      : [
          `Disturbed: the page was ${disturbed} while this was timed, and each slowed the other. Time it again for numbers to keep.`,
        ]),
  ];
}

/**
 * Returns what stands under the table: region, statistics, clock, device, isolation, and the notebook's caveats.
 */
export function benchmarkNotes(report: BenchmarkReport, notebook: NotebookMatch | null): string[] {
  const { rows } = report;
  const regions = unique(rows.map(({ region }) => region));
  const device = unique(rows.map(rowEngine)).map((id) => `${id}: ${report.device[id] ?? 'unknown'}`);
  const beside = rows.flatMap((row) => notebookTimeOf(notebook, row, report) ?? []);
  return [
    ...originNotes(report),
    ...regions.map((region) => `${region}: ${TIMED_SPAN_ABOUT[region]}.`),
    ...(regions.includes('kernel') ? kernelNotes(rows) : []),
    'Per head, speed-up, GF/s and GB/s are of the medians. Rows were run in turns, in random order.',
    ...cancelledNotes(report, rows),
    'FLOPs by formula, per head: norm 2 d² dh + 5 d²; trace 2 d (2 dh² + dh) + 4 dh², with B once per key head where heads are batched.',
    ...(rows.some(({ scope }) => scope !== 'all')
      ? [`Layer ${report.layer}; head scope: head ${report.head}.`]
      : []),
    ...clockNotes(report, rows),
    ...device,
    ...(beside.length > 0 && notebook?.sameWeights === false ? [OTHER_WEIGHTS_NOTE] : []),
    ...(beside.some(({ method }) => method === 'trace-full') ? [TRACE_FULL_NOTE] : []),
  ];
}

function kernelNotes(rows: readonly BenchmarkRow[]): string[] {
  const reads = unique(rows.map(({ engine }) => engine)).flatMap((id) => {
    const what = KERNEL_READS[id];
    return what === undefined ? [] : [`${id}, ${what}`];
  });
  return reads.length === 0 ? [] : [`What its kernels read: ${reads.join('; ')}.`];
}

/** "Cancelled: fewer runs, 2 to 3 of each row." */
export function cancelledNotes(
  { cancelled }: { readonly cancelled?: true },
  rows: readonly BenchmarkRow[],
): string[] {
  if (cancelled === undefined) return [];
  if (rows.length === 0) return ['Cancelled before the first run.'];
  return [`Cancelled: fewer runs, ${runsText(rows)} of each row.`];
}

type Clocked = Pick<BenchmarkReport, 'clock' | 'clockStepMs' | 'crossOriginIsolated' | 'where'>;

/** Returns the clocks that took the times, where, and how fine they are. */
export function clockNotes(report: Clocked, rows: readonly BenchmarkRow[]): string[] {
  const { clock, clockStepMs, crossOriginIsolated, where } = report;
  const min = Math.max(RUN_MS, RUN_CLOCK_STEPS * clockStepMs);
  const isolation = crossOriginIsolated
    ? ' The page is cross-origin isolated.'
    : ' The page is not cross-origin isolated: its clock is coarse, wasm’s workers share no memory, so that each head, and all of a small layer, is computed on one core, and onnxruntime’s WASM has one thread.';
  return [
    `Clock: ${clock}.${where?.runtime === 'node' ? '' : isolation}`,
    `Each run takes at least ${formatDuration(min)}: ${RUN_MS} ms, and ${RUN_CLOCK_STEPS} steps of the clock.`,
    ...gpuClockNotes(rows),
    ...(rows.some((row) => row.clock === 'process')
      ? ['Its own clock: a peer’s, round its calls alone; what lies between it and us isn’t counted.']
      : []),
  ];
}

function gpuClockNotes(rows: readonly BenchmarkRow[]): string[] {
  const timed = rows.filter(({ clock }) => clock === 'gpu');
  if (timed.length === 0) return [];
  const step = smallestStep(timed.flatMap(({ runsMs }) => runsMs));
  const seen =
    step === null
      ? 'no two runs here differ'
      : `the smallest difference between two runs here is ${formatDuration(step)}`;
  return [
    `GPU clock: WebGPU’s timestamps round each submission, which browsers round to 100 µs unless their developer features are on; ${seen}.`,
  ];
}

/**
 * Returns the smallest difference between two of the times, ms; differences of less than 1 ns are float64's.
 */
function smallestStep(times: readonly number[]): number | null {
  const sorted = times.toSorted((a, b) => a - b);
  const steps = sorted.slice(1).map((time, index) => time - sorted[index]!);
  const min = Math.min(...steps.filter((one) => one > 1e-6));
  return Number.isFinite(min) ? min : null;
}
