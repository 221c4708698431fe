/** How an exported figure is set: for a column of a journal or for the screen, and what of it is drawn. */

/** Figures for one column, for both, and for screens and slides. */
export const FIGURE_WIDTHS = ['single', 'double', 'screen'] as const;
export type FigureWidth = (typeof FIGURE_WIDTHS)[number];

/** Resolutions of a PNG, as multiples of the figure's px. */
export const PNG_SCALES = [1, 2, 3] as const;
export type PngScale = (typeof PNG_SCALES)[number];

/**
 * What can be left out of a figure. values: numbers in cells that have room; strips: median and quartiles of each layer; nullBand:
 * where random weights lie, on the scale and beside the map; nullCells: a dot in each cell that random weights could give;
 * selection: rings round pinned and compared heads; oneSided: of a diverging scale the legend shows the half that has values;
 * footer: the line that cites model, convention, date and QKScope.
 */
export const FIGURE_PARTS = [
  'values',
  'strips',
  'nullBand',
  'nullCells',
  'selection',
  'oneSided',
  'footer',
] as const;
export type FigurePart = (typeof FIGURE_PARTS)[number];

/** Letters as shapes look alike in every program; as text they can be edited, in a font that the reader has. */
export const SVG_TEXTS = ['shapes', 'text'] as const;
export type SvgText = (typeof SVG_TEXTS)[number];

export interface FigureStyle {
  readonly width: FigureWidth;
  readonly scale: PngScale;
  /** How an SVG writes its texts; a PNG always has their shapes. */
  readonly text: SvgText;
  /** What is drawn. */
  readonly parts: readonly FigurePart[];
}

export const DEFAULT_FIGURE_STYLE: FigureStyle = {
  width: 'screen',
  scale: 2,
  text: 'shapes',
  parts: ['values', 'strips', 'nullBand', 'selection', 'footer'],
};
