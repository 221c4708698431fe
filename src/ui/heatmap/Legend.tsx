import { useMemo, useRef } from 'react';
import type { ColourDomain } from '../../figures/colourDomain.ts';
import { formatSignificant } from '../../figures/format.ts';
import { legendScene } from '../../figures/legendScene.ts';
import type { Metric } from '../../figures/metric.ts';
import { metricBand } from '../../figures/nullBand.ts';
import { useAppState } from '../appContext.ts';
import { SceneCanvas } from '../figure/SceneCanvas.tsx';
import { useWidth } from '../figure/useElementSize.ts';
import { useFigureTheme } from '../figure/useFigureTheme.ts';
import './legend.css';

interface LegendProps {
  readonly metric: Metric;
  readonly domain: ColourDomain;
  /** Marks where random orientations lie; leave it out where the models shown differ in d. */
  readonly dModel: number | undefined;
  /** Beside the cells, instead of above them. */
  readonly isUpright?: boolean;
}

/** Length of a scale beside the cells, px. */
const UPRIGHT = 200;

/** The one colour scale of all maps shown. */
export function Legend({ metric, domain, dModel, isUpright = false }: LegendProps) {
  const theme = useFigureTheme();
  const palette = useAppState((state) => state.settings.palette);
  const box = useRef<HTMLDivElement>(null);
  // The labels of the ends overhang the scale by 24 px.
  const width = Math.min(320, Math.max(160, useWidth(box) - 48));
  const length = isUpright ? UPRIGHT : width;
  const scene = useMemo(
    () =>
      legendScene({
        metric,
        domain,
        theme,
        palette,
        length,
        isUpright,
        ...(dModel === undefined ? {} : { dModel }),
      }),
    [metric, domain, theme, palette, length, isUpright, dModel],
  );
  const band = dModel === undefined ? null : metricBand(metric, dModel);
  const beyond = domain.below + domain.above;
  return (
    <div ref={box} className={isUpright ? 'legend legend-upright' : 'legend'}>
      <SceneCanvas scene={scene} />
      <p className="legend-note">
        {(isUpright || metric.id !== 's') && (
          <span className="legend-more legend-sentence">{metric.title}.</span>
        )}
        {band !== null && (
          <span>
            random<span className="legend-more"> weights</span>: {formatSignificant(band.mean, 2)} ±{' '}
            {formatSignificant(band.high - band.mean, 2)} (2 s.d.)
            {band.high > domain.high && ', more than this scale shows'}
          </span>
        )}
        {beyond > 0 && (
          <span>
            {beyond} {beyond === 1 ? 'head is' : 'heads are'} off the scale
          </span>
        )}
      </p>
    </div>
  );
}
