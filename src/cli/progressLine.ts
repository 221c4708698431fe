// How a run goes, on stderr: one line that is written over, or now and then a line in a log.
import { type RunCounts, runProgress } from '../core/analysis/index.ts';
import { formatBytes, formatSeconds } from '../figures/format.ts';
import type { ScoreEvent } from '../library/door.ts';
import type { Terminal } from './terminal.ts';

/** A terminal's line is written over this often; a log gets a line once in so long, ms. */
const REWRITE_MS = 100;
const LOG_MS = 10_000;

export interface ProgressLine {
  hear(event: ScoreEvent): void;
  /** Removes the line. */
  end(): void;
}

export const NO_PROGRESS: ProgressLine = { hear() {}, end() {} };

/** Makes the line of one model; on a terminal it is there at once. */
export function createProgressLine(terminal: Terminal, name: string): ProgressLine {
  const { canRewrite, columns, now } = terminal;
  const began = now();
  let shownAt = canRewrite ? Number.NEGATIVE_INFINITY : began;
  let counts: RunCounts = { bytes: null, readBefore: 0, done: 0, all: 0, elapsedMs: 0 };
  let isShown = false;
  const show = (text: string) => {
    if (now() - shownAt < (canRewrite ? REWRITE_MS : LOG_MS)) return;
    shownAt = now();
    terminal.err(canRewrite ? `\r\u001b[2K${text.slice(0, Math.max(20, columns - 1))}` : `${text}\n`);
    isShown = true;
  };
  if (canRewrite) show(`${name}  opening`);
  return {
    hear(event) {
      switch (event.type) {
        case 'plan': {
          const all = event.stacks.reduce((sum, { layers }) => sum + layers.length, 0);
          const done = event.stacks.reduce(
            (sum, { layers }) => sum + layers.filter(({ skipped }) => skipped !== undefined).length,
            0,
          );
          counts = { ...counts, bytes: event.bytes, all, done };
          break;
        }
        case 'bytes':
          counts = { ...counts, bytes: event.bytes };
          break;
        case 'layer':
          counts = { ...counts, done: counts.done + 1 };
          break;
        case 'metric':
          show(
            `${name}  ${percent(event.fraction)} of ${event.what === 'score' ? 'layer scores' : event.what}`,
          );
          return;
        default:
          return;
      }
      show(lineOf(name, { ...counts, elapsedMs: now() - began }));
    },
    end() {
      if (isShown && canRewrite) terminal.err('\r\u001b[2K');
      isShown = false;
    },
  };
}

function lineOf(name: string, counts: RunCounts): string {
  const { fraction, msLeft } = runProgress(counts);
  const { bytes, done, all } = counts;
  const read = bytes === null ? '' : `, ${formatBytes(bytes.read)} of ${formatBytes(bytes.planned)} read`;
  const left = msLeft === null || fraction >= 1 ? '' : `, ${formatSeconds(msLeft)} left`;
  return `${name}  ${percent(fraction)}, layer ${done} of ${all}${read}${left}`;
}

function percent(fraction: number): string {
  return `${Math.floor(100 * fraction)} %`;
}
