import { quantile } from 'd3';
import { formatMagnitude } from './format.ts';
import type { IndexedImage } from './indexedImage.ts';
import { type FigureTheme, type PaletteName, valueColour } from './palette.ts';
import { type SceneNode, SMALL } from './scene.ts';

/** An odd number of colours, so that one of them is the exact middle, and few enough for a byte. */
const LEVELS = 255;
const BAR = 8;

/** End of a diverging scale for these values: the 98th percentile of |value|, so that a few large ones don't pale the rest. */
export function divergingLimit(values: ArrayLike<number>): number {
  const sizes = Array.from(values, Math.abs).filter(Number.isFinite);
  return quantile(sizes, 0.98) || Math.max(0, ...sizes) || 1;
}

/** Values [rows, columns], row-major, as colours of a diverging scale [−limit, limit]; NaN has the paper's colour. */
export function valuesImage(
  values: ArrayLike<number>,
  columns: number,
  limit: number,
  theme: FigureTheme,
  palette?: PaletteName,
): IndexedImage {
  const last = LEVELS - 1;
  const indices = Uint8Array.from(values, (value) =>
    Number.isNaN(value) ? LEVELS : Math.min(last, Math.max(0, Math.round(((value / limit + 1) / 2) * last))),
  );
  return {
    columns,
    rows: values.length / columns,
    palette: [...coloursOf(theme, palette), theme.paper],
    indices,
  };
}

function coloursOf(theme: FigureTheme, palette: PaletteName | undefined): string[] {
  return Array.from({ length: LEVELS }, (_, index) =>
    valueColour((2 * index) / (LEVELS - 1) - 1, 1, palette, theme.name),
  );
}

/** The scale of a matrix with its numeric ends and its middle. It takes 24 px. */
export function scaleBar(
  at: { readonly x: number; readonly y: number; readonly width: number },
  limit: number,
  theme: FigureTheme,
  palette?: PaletteName,
): SceneNode[] {
  const image: IndexedImage = {
    columns: LEVELS,
    rows: 1,
    palette: coloursOf(theme, palette),
    indices: Uint8Array.from({ length: LEVELS }, (_, index) => index),
  };
  const text = { type: 'text', size: SMALL, fill: theme.muted, mono: true, y: at.y + BAR + 14 } as const;
  const end = formatMagnitude(limit);
  return [
    { type: 'pixels', x: at.x, y: at.y, width: at.width, height: BAR, image },
    { ...text, x: at.x, text: `−${end}` },
    { ...text, x: at.x + at.width / 2, text: '0', anchor: 'middle' },
    { ...text, x: at.x + at.width, text: end, anchor: 'end' },
  ];
}
