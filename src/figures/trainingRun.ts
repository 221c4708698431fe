/** A training run as charts draw it: each head's values over the checkpoints. */
import type { StepMark } from './trainingMarks.ts';

/** One model's checkpoints, in their order. */
export interface TrainingRun {
  readonly name: string;
  /** The layers of the rows of values. */
  readonly layers: readonly number[];
  readonly steps: readonly {
    /** "step1000" */
    readonly label: string;
    /** Null where the name has no step: then points stand at even distances. */
    readonly step: number | null;
    /** In the metric shown, per row and head; null where undefined. */
    readonly values: readonly (readonly (number | null)[])[];
    /** A remark: whose files it holds, that it jumps. */
    readonly mark?: StepMark | null;
  }[];
}

export type TrainingStep = TrainingRun['steps'][number];

/** Up to so many points each has a dot. */
export const MARKED_UP_TO = 12;

/** Whether a run has anything to draw: with many points single ones have no dot, so two must follow each other. */
export function hasCurves({ steps }: TrainingRun): boolean {
  const isKnown = steps.map((step) => definedValues(step).length > 0);
  return steps.length <= MARKED_UP_TO
    ? isKnown.includes(true)
    : isKnown.some((here, index) => here && isKnown[index - 1] === true);
}

/** The values of one head over the steps. */
export function headSeries(run: TrainingRun, row: number, head: number): (number | null)[] {
  return run.steps.map((step) => step.values[row]?.[head] ?? null);
}

/** The defined values of a step. */
export function definedValues(step: TrainingStep): number[] {
  return step.values.flatMap((heads) => heads.flatMap((value) => (value === null ? [] : [value])));
}
