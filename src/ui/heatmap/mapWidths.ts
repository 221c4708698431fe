import type { CSSProperties } from 'react';
import { narrowestMap, widestMap } from '../../figures/heatmapLayout.ts';
import type { HeatmapView } from '../../figures/heatmapView.ts';

/** From this width on one map has room for its scale at its side, px. */
export const UPRIGHT_FROM = 640;

/** Two maps on a wide screen stand side by side, not at its ends: neither gets more room than it could fill. */
export function mapWidths(views: readonly (HeatmapView | null)[]): CSSProperties {
  const widths = views.map((view) => (view === null ? 0 : widestMap(view)));
  const narrowest = views.map((view) => (view === null ? 0 : narrowestMap(view)));
  return {
    '--widest-map': `${Math.max(...widths)}px`,
    '--narrowest-map': `${Math.max(...narrowest)}px`,
  } as CSSProperties;
}
