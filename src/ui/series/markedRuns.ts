import { type CheckpointMark, markText } from '../../core/series/index.ts';
import type { StepMark } from '../../figures/trainingMarks.ts';
import type { SeriesRun } from './seriesRuns.ts';

/** Runs whose steps carry what is to be said of them; where marked points are included none is left out. */
export function markedRuns(
  runs: readonly SeriesRun[],
  marks: readonly (readonly CheckpointMark[])[],
  includesMarked: boolean,
): readonly SeriesRun[] {
  return runs.map((seriesRun, track) => ({
    ...seriesRun,
    run: {
      ...seriesRun.run,
      steps: seriesRun.run.steps.map((step, index) => {
        const mark = marks[track]?.[seriesRun.places[index]!];
        return mark === undefined ? step : { ...step, mark: stepMark(mark, includesMarked) };
      }),
    },
  }));
}

function stepMark(mark: CheckpointMark, includesMarked: boolean): StepMark | null {
  const text = markText(mark);
  if (mark.flag === null || text === null) return null;
  return { text, isLeftOut: mark.isLeftOut && !includesMarked };
}
