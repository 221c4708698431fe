import { useCallback } from 'react';
import { distributionScene } from '../../figures/distributionScene.ts';
import type { HeatmapView } from '../../figures/heatmapLayout.ts';
import { metricFor } from '../../figures/metric.ts';
import { FIGURE_THEMES, type ThemeName } from '../../figures/palette.ts';
import { useAppState } from '../appContext.ts';
import { SceneFigure } from './SceneFigure.tsx';

interface DistributionPanelProps {
  readonly views: readonly HeatmapView[];
  readonly theme: ThemeName;
}

/** The heads' scores as a histogram, before the band where random orientations lie. */
export function DistributionPanel({ views, theme }: DistributionPanelProps) {
  const metric = metricFor(useAppState((state) => state.metric));
  const draw = useCallback(
    (width: number) =>
      distributionScene(views, { metric, theme: FIGURE_THEMES[theme], width: Math.min(width, 900) }),
    [views, metric, theme],
  );
  return <SceneFigure draw={draw} />;
}
