import { useMemo } from 'react';
import type { Metric } from '../../figures/metric.ts';
import type { SeriesTrack } from '../../state/seriesTracks.ts';
import { useAppState } from '../appContext.ts';
import { type SeriesRun, seriesRuns } from './seriesRuns.ts';

/** The curves of these tracks in the stacks shown; they are recomputed only when a point, the stack or the metric changes. */
export function useSeriesRuns(tracks: readonly SeriesTrack[], metric: Metric): readonly SeriesRun[] {
  const shown = useAppState(({ models }) =>
    tracks.map(({ slot }) => models.find((model) => model.slot === slot)?.stackName ?? '').join('\n'),
  );
  return useMemo(() => seriesRuns(tracks, shown.split('\n'), metric), [tracks, shown, metric]);
}
