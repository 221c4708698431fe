import type { StackResult } from '../../core/result/index.ts';
import { layoutOf } from '../../figures/difference.ts';
import type { HeatmapView } from '../../figures/heatmapView.ts';
import { stackView } from '../../figures/heatmapView.ts';
import type { Metric } from '../../figures/metric.ts';
import type { TrainingRun } from '../../figures/trainingRun.ts';
import type { SeriesCheckpoint, SeriesTrack } from '../../state/seriesTracks.ts';

/** A track's points that share the layout of its first, as the chart draws them. */
export interface SeriesRun {
  readonly run: TrainingRun;
  /** For each of the run's steps, the point's place in the series. */
  readonly places: readonly number[];
  readonly views: readonly HeatmapView[];
  /** Scored, but of other layers × heads: their heads are no continuation of these. */
  readonly leftOut: readonly string[];
}

/** `shown` names the stack that is looked at, for each track. */
export function seriesRuns(
  tracks: readonly SeriesTrack[],
  shown: readonly string[],
  metric: Metric,
): SeriesRun[] {
  return tracks.map((track, index) => runOf(track, shown[index] ?? '', metric));
}

function runOf({ name, checkpoints }: SeriesTrack, shown: string, metric: Metric): SeriesRun {
  const scored = checkpoints.flatMap((point, place) => {
    const stack = stackOf(point, shown);
    return stack === null ? [] : [{ point, place, view: stackView(point.scored!.result, stack.name) }];
  });
  const first = scored[0]?.view;
  const isAlike = ({ view }: (typeof scored)[number]) => layoutOf(view) === layoutOf(first!);
  const alike = scored.filter(isAlike);
  const views = alike.map(({ view }) => view);
  return {
    run: {
      name,
      layers: first?.rows.map(({ layer }) => layer) ?? [],
      steps: alike.map(({ point, view }) => ({
        label: point.label,
        step: point.step,
        values: view.rows.map((row) => row.heads.map((head) => metric.valueOf(view, row, head))),
      })),
    },
    places: alike.map(({ place }) => place),
    views,
    leftOut: scored.filter((one) => !isAlike(one)).map(({ point }) => point.label),
  };
}

/** The stack that is looked at; null where the point isn't scored, or has none of that name. */
function stackOf(point: SeriesCheckpoint, shown: string): StackResult | null {
  return point.scored?.result.stacks.find(({ name }) => name === shown) ?? null;
}
