import type { ColourDomain } from './colourDomain.ts';
import type { Metric } from './metric.ts';
import type { FigureTheme, PaletteName } from './palette.ts';

/** How a map that is laid out is drawn. */
export interface HeatmapOptions {
  readonly metric: Metric;
  readonly domain: ColourDomain;
  readonly theme: FigureTheme;
  readonly palette?: PaletteName;
}
