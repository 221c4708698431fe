import { useMemo, useRef } from 'react';
import type { ColourDomain } from '../../figures/colourDomain.ts';
import { formatSignificant } from '../../figures/format.ts';
import { legendScene } from '../../figures/legendScene.ts';
import type { Metric } from '../../figures/metric.ts';
import { metricBand } from '../../figures/nullBand.ts';
import { PALETTES, type PaletteName, paletteFor } from '../../figures/palette.ts';
import { useActions, useAppState } from '../appContext.ts';
import { SceneCanvas } from '../figure/SceneCanvas.tsx';
import { useWidth } from '../figure/useElementSize.ts';
import { useFigureTheme } from '../figure/useFigureTheme.ts';
import './legend.css';

interface LegendProps {
  readonly metric: Metric;
  readonly domain: ColourDomain;
  /** Marks where random orientations lie; leave it out where the models shown differ in d. */
  readonly dModel: number | undefined;
}

/** The one colour scale of all maps shown. */
export function Legend({ metric, domain, dModel }: LegendProps) {
  const actions = useActions();
  const theme = useFigureTheme();
  const palette = useAppState((state) => state.settings.palette);
  const box = useRef<HTMLDivElement>(null);
  // The labels of the ends overhang the scale by 24 px.
  const width = Math.min(320, Math.max(160, useWidth(box) - 48));
  const scene = useMemo(
    () =>
      legendScene({
        metric,
        domain,
        theme,
        palette,
        width,
        ...(dModel === undefined ? {} : { dModel }),
      }),
    [metric, domain, theme, palette, width, dModel],
  );
  const band = dModel === undefined ? null : metricBand(metric, dModel);
  const beyond = domain.below + domain.above;
  return (
    <div ref={box} className="legend">
      <SceneCanvas scene={scene} />
      <p className="legend-note">
        {band !== null && (
          <span>
            random weights: {formatSignificant(band.mean, 2)} ± {formatSignificant(band.high - band.mean, 2)}{' '}
            (2 s.d.)
          </span>
        )}
        {beyond > 0 && (
          <span>
            {beyond} {beyond === 1 ? 'head is' : 'heads are'} off the scale
          </span>
        )}
      </p>
      <label className="control">
        <span className="control-label">colours</span>
        <select
          className="select"
          value={paletteFor(domain.kind, palette)}
          disabled={domain.kind === 'sequential'}
          title={domain.kind === 'sequential' ? 'values without a middle are shown in cividis' : ''}
          onChange={(event) => actions.settings.set({ palette: event.currentTarget.value as PaletteName })}
        >
          {PALETTES.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
