// The lines of the figure of norm against trace: one an engine, and the notebook's printed pair.
import {
  ENGINE_SHORT,
  formatDuration,
  formatFactor,
  type MethodPair,
  methodPairs,
  rowTimes,
} from '../core/benchmark/index.ts';
import type { TimedEngineKey } from '../core/engines/index.ts';
import { type NotebookMatch, notebookTimeOf } from '../core/notebook/notebookTimes.ts';
import type { BenchmarkReport } from '../core/result/index.ts';

/** One line of the figure: times in ms per head. */
export interface PairLine {
  readonly name: string;
  readonly about: string;
  readonly norm: PairTime;
  readonly trace: PairTime;
  readonly isNotebook: boolean;
}

interface PairTime {
  readonly ms: number;
  /** Ends of the spread: the quartiles of ours, a standard deviation of the notebook's. */
  readonly spread: readonly [number, number];
}

type PairReport = Pick<BenchmarkReport, 'rows' | 'device' | 'layer' | 'head'>;

/** Returns the report's pairs, and the notebook's. */
export function pairLines(report: PairReport, notebook: NotebookMatch | null): PairLine[] {
  return [
    ...methodPairs(report.rows).map((pair) => ourLine(pair, report.device)),
    ...notebookLine(report, notebook),
  ];
}

function ourLine({ engine, norm, trace }: MethodPair, device: BenchmarkReport['device']): PairLine {
  const timeOf = (row: MethodPair['norm']): PairTime => {
    const { perHead, perHeadQ1, perHeadQ3 } = rowTimes(row);
    return { ms: perHead, spread: [perHeadQ1, perHeadQ3] };
  };
  const about = device[engine]?.includes('(software)')
    ? 'a GPU emulated on the CPU'
    : (ENGINE_SHORT[norm.engine as TimedEngineKey] ?? '');
  return { name: engine, about, norm: timeOf(norm), trace: timeOf(trace), isNotebook: false };
}

/** The notebook's pair for the very head that was timed, where it printed one for the same split. */
function notebookLine(report: PairReport, notebook: NotebookMatch | null): PairLine[] {
  if (!notebook?.sameSplit || !report.rows.some(({ scope }) => scope === 'head')) return [];
  const timeOf = (method: 'norm' | 'trace'): PairTime | null => {
    const time = notebookTimeOf(notebook, { method, scope: 'head' }, report);
    if (time === null) return null;
    return { ms: time.meanMs, spread: [time.meanMs - time.sdMs, time.meanMs + time.sdMs] };
  };
  const [norm, trace] = [timeOf('norm'), timeOf('trace')];
  if (norm === null || trace === null) return [];
  const about = notebook.sameWeights ? 'numpy, as printed' : 'numpy, a model’s weights';
  return [{ name: 'notebook’s machine', about, norm, trace, isNotebook: true }];
}

/** The figure for who can't see it. */
export function inWords(lines: readonly PairLine[]): string {
  const parts = lines.map(
    ({ name, norm, trace }) =>
      `${name}: norm ${formatDuration(norm.ms)}, trace ${formatDuration(trace.ms)}, ${formatFactor(norm.ms / trace.ms)} times`,
  );
  return `${parts.join('; ')}.`;
}
