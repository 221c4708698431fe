/** The axes that all panels of training runs share. */
import { extent } from 'd3';
import { formatTick } from './format.ts';
import type { NullBand } from './nullBand.ts';
import type { AxisTick } from './tickedAxis.ts';
import { definedValues, MARKED_UP_TO, type TrainingRun, type TrainingStep } from './trainingRun.ts';

/** The position of each step on the x axis. */
export interface StepPlacement {
  of(step: TrainingStep, index: number): number;
  /** Null: the scale's own ticks. */
  readonly ticks: readonly AxisTick[] | null;
}

/** Places the steps: by their number or its logarithm, or at even distances where a name has none. */
export function placeSteps(runs: readonly TrainingRun[], spacing: 'linear' | 'log'): StepPlacement {
  const steps = runs.flatMap((run) => run.steps);
  if (steps.some(({ step }) => step === null)) {
    const longest = runs.reduce(
      (best, run) => (run.steps.length > best.length ? run.steps : best),
      runs[0]!.steps,
    );
    return {
      of: (_, index) => index,
      ticks: longest.map(({ label }, index) => ({ at: index, text: label })),
    };
  }
  const positionOf = spacing === 'linear' ? (step: number) => step : (step: number) => Math.log10(step + 1);
  const of = ({ step }: TrainingStep) => positionOf(step!);
  const marked = [...new Set(steps.map(({ step }) => step!))].sort((a, b) => a - b);
  const ticksAt = (numbers: readonly number[]) =>
    numbers.map((step) => ({ at: positionOf(step), text: formatTick(step) }));
  // Few points are named themselves: what lies between them wasn't looked at.
  if (marked.length <= MARKED_UP_TO) return { of, ticks: ticksAt(marked) };
  if (spacing === 'linear') return { of, ticks: null };
  const last = marked.at(-1)!;
  const powers = Array.from(
    { length: Math.floor(Math.log10(Math.max(1, last))) + 1 },
    (_, power) => 10 ** power,
  );
  return { of, ticks: ticksAt([...new Set([0, ...powers, last])]) };
}

export interface DataRanges {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** All panels share their axes: that is the comparison. */
export function dataRanges(
  runs: readonly TrainingRun[],
  place: StepPlacement,
  band: NullBand | null | undefined,
): DataRanges {
  const values = runs.flatMap((run) => run.steps.flatMap(definedValues));
  const [low = 0, high = 1] = extent([...values, ...(band ? [band.low, band.high] : [])]);
  const [from = 0, to = 1] = extent(runs.flatMap((run) => run.steps.map(place.of)));
  const pad = (high - low) * 0.04 || 0.5;
  return { x: from === to ? [from - 1, to + 1] : [from, to], y: [low - pad, high + pad] };
}
