import { useMemo } from 'react';
import { type ColourDomain, colourDomain } from '../../figures/colourDomain.ts';
import type { HeatmapView } from '../../figures/heatmapView.ts';
import { knownValues } from '../../figures/metricValues.ts';
import { sharedDModel } from '../../figures/nullBand.ts';
import { useAppState } from '../appContext.ts';
import { useMetric } from '../figure/useMetric.ts';

/**
 * The one colour scale of all maps shown, and the d that their models share.
 * @param scaled views whose values the scale covers, where these are more than are shown
 */
export function useColourDomain(
  views: readonly HeatmapView[],
  scaled: readonly HeatmapView[] = views,
): { readonly domain: ColourDomain; readonly dModel: number | undefined } {
  const metric = useMetric();
  const scale = useAppState((state) => state.scale);
  const lockedEnds = useAppState((state) => state.lockedEnds);
  const dModel = sharedDModel(views);
  const domain = useMemo(
    () =>
      colourDomain(
        scaled.flatMap((view) => knownValues(view, metric)),
        metric,
        { mode: scale, locked: lockedEnds[metric.id], dModel },
      ),
    [scaled, metric, scale, lockedEnds, dModel],
  );
  return { domain, dModel };
}
