import { median } from 'd3';
import type { Metric } from '../../figures/metric.ts';
import type { TrainingRun } from '../../figures/trainingRun.ts';

/**
 * A run in a sentence: its medians at the first and the last point, the lowest and the highest of them, and of how many points
 * that is. Points that are left out don't count. Null where no point counts.
 */
export function seriesSummary({ steps }: TrainingRun, metric: Metric): string | null {
  const points = steps.flatMap(({ label, values, mark }) => {
    const middle = median(values.flatMap((heads) => heads.filter((value) => value !== null)));
    return middle === undefined || mark?.isLeftOut ? [] : [{ label, middle }];
  });
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return null;
  const sorted = [...points].sort((a, b) => a.middle - b.middle);
  const at = ({ label, middle }: (typeof points)[number]) => `${metric.format(middle)} at ${label}`;
  const leftOut = steps.length - points.length;
  const counted = leftOut === 0 ? `${points.length} points` : `${points.length} of ${steps.length} points`;
  return `Median ${metric.label} of ${counted}: ${at(first)}, ${at(last)}; lowest ${at(sorted[0]!)}, highest ${at(sorted.at(-1)!)}.`;
}
