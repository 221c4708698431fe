import { useMemo } from 'react';
import type { ColourDomain } from '../../figures/colourDomain.ts';
import type { Metric } from '../../figures/format.ts';
import { legendScene } from '../../figures/legendScene.ts';
import { FIGURE_THEMES, type PaletteName, type ThemeName } from '../../figures/palette.ts';
import { SceneCanvas } from './SceneCanvas.tsx';

interface LegendProps {
  readonly metric: Metric;
  readonly domain: ColourDomain;
  readonly theme: ThemeName;
  readonly palette?: PaletteName;
  /** Marks where random orientations lie; leave it out where the models shown differ in d. */
  readonly dModel?: number;
}

/** The one colour scale of all maps shown. */
export function Legend({ metric, domain, theme, palette = 'RdBu', dModel }: LegendProps) {
  const scene = useMemo(
    () =>
      legendScene({
        metric,
        domain,
        theme: FIGURE_THEMES[theme],
        palette,
        ...(dModel === undefined ? {} : { dModel }),
      }),
    [metric, domain, theme, palette, dModel],
  );
  const beyond = domain.below + domain.above;
  return (
    <div className="legend">
      <SceneCanvas scene={scene} />
      <p className="legend-note">
        {dModel !== undefined && <span>random: orientations by chance, 1/d ± 2·√2/d</span>}
        {beyond > 0 && (
          <span>
            {beyond} {beyond === 1 ? 'head lies' : 'heads lie'} beyond the ends
          </span>
        )}
      </p>
    </div>
  );
}
