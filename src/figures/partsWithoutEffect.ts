import type { ColourDomain } from './colourDomain.ts';
import { drawsHeads } from './figureKeys.ts';
import { panelSize } from './figurePanels.ts';
import type { FigurePart, FigureStyle } from './figureStyle.ts';
import type { MarkedHeads } from './headMarks.ts';
import { VALUES_FROM } from './heatmapLayout.ts';
import type { HeatmapView } from './heatmapView.ts';
import type { Metric } from './metric.ts';
import { sharedDModel } from './nullBand.ts';
import { oneSidedRange } from './oneSidedRange.ts';

export interface DrawnFigure {
  readonly metric: Metric;
  readonly domain: ColourDomain;
  readonly style: FigureStyle;
  readonly heads: MarkedHeads;
}

/** The parts that would change nothing in this figure, each with the reason in a few words. */
export function partsWithoutEffect(
  views: readonly HeatmapView[],
  { metric, domain, style, heads }: DrawnFigure,
): Partial<Record<FigurePart, string>> {
  const dModel = sharedDModel(views);
  const noBand =
    metric.fromS === null
      ? `not known of ${metric.label}`
      : dModel === undefined
        ? 'not the same for all that is shown'
        : null;
  const { cell } = panelSize(views, style);
  return {
    ...(cell < VALUES_FROM && { values: 'no room at this width' }),
    ...(noBand !== null && { nullBand: noBand, nullCells: noBand }),
    ...(!drawsHeads(views, [...(heads.pinned === null ? [] : [heads.pinned]), ...heads.compared]) && {
      selection: 'none is chosen',
    }),
    ...(oneSidedRange(views, metric, domain) === undefined && {
      oneSided: domain.kind === 'diverging' ? 'values lie on both sides' : 'it has one side',
    }),
  };
}
