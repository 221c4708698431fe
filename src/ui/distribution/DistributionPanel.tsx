import { useCallback } from 'react';
import { distributionScene } from '../../figures/distributionScene.ts';
import type { HeatmapView } from '../../figures/heatmapView.ts';
import { layerSpreadScene } from '../../figures/layerSpreadScene.ts';
import type { FigureTheme } from '../../figures/palette.ts';
import { InteractiveFigure } from '../figure/InteractiveFigure.tsx';
import { useMetric } from '../figure/useMetric.ts';
import { PublishedStrip } from './PublishedStrip.tsx';
import './distribution.css';

interface DistributionPanelProps {
  readonly views: readonly HeatmapView[];
}

/** The heads' values as a histogram before the band of random orientations, and layer by layer on the same axis. */
export function DistributionPanel({ views }: DistributionPanelProps) {
  const metric = useMetric();
  const histogram = useCallback(
    (width: number, theme: FigureTheme) => distributionScene(views, { metric, theme, width }),
    [views, metric],
  );
  const layers = useCallback(
    (width: number, theme: FigureTheme) => layerSpreadScene(views, { metric, theme, width }),
    [views, metric],
  );
  return (
    <div className="distribution">
      <div className="figures">
        <InteractiveFigure
          draw={histogram}
          views={views}
          label={`Histogram of ${metric.plainName}. Left and right keys go through the bars; their heads are framed in the maps.`}
        />
        <InteractiveFigure
          draw={layers}
          views={views}
          label={`${metric.plainName} layer by layer. Left and right keys go through the heads, up and down through the layers; Enter pins.`}
        />
      </div>
      <PublishedStrip />
    </div>
  );
}
