/** How large an exported figure and its parts are, on paper and on the screen. */
import type { FigureWidth } from './figureStyle.ts';

interface FigurePaper {
  /** Width on paper, inches; null where the figure is as wide as what it shows. */
  readonly inches: number | null;
  /** The figure's px to the inch. */
  readonly perInch: number;
  /** Round the figure, px. */
  readonly margin: number;
  /** Text of the line under the figure, px: 6 pt at least, as journals ask. */
  readonly footnote: number;
  /** A side of one module of a QR code, px. */
  readonly qrModule: number;
  /** Room for the map of one panel, and of each of two, px. */
  readonly one: { readonly width: number; readonly height: number };
  readonly two: { readonly width: number; readonly height: number };
}

/** 120 px to the inch make the values in cells, 10 px, 6 pt and labels 7.2 pt: what Nature and ICML print. */
const PRINT = { perInch: 120, margin: 6, footnote: 10, qrModule: 2 };

export const FIGURE_PAPERS: Readonly<Record<FigureWidth, FigurePaper>> = {
  single: {
    ...PRINT,
    inches: 3.3,
    one: { width: 384, height: 640 },
    two: { width: 180, height: 400 },
  },
  double: {
    ...PRINT,
    inches: 6.9,
    one: { width: 624, height: 560 },
    two: { width: 390, height: 560 },
  },
  screen: {
    perInch: 96,
    inches: null,
    margin: 24,
    footnote: 12,
    qrModule: 3,
    one: { width: 960, height: 760 },
    two: { width: 620, height: 620 },
  },
};
