import { type ScaleLinear, scaleLinear } from 'd3';
import { formatMagnitude, formatTick } from './format.ts';
import type { FigureTheme } from './palette.ts';
import { centredBaseline, estimateWidth, type SceneNode, SMALL } from './scene.ts';

/** The part of a figure where data are drawn, px. */
export interface PlotBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export type Scale = ScaleLinear<number, number>;

/** Scales of a box for these data ranges; y grows upwards. */
export function boxScales(
  box: PlotBox,
  x: readonly [number, number],
  y: readonly [number, number],
): { x: Scale; y: Scale } {
  return {
    x: scaleLinear([...x], [box.left, box.left + box.width]),
    y: scaleLinear([...y], [box.top + box.height, box.top]),
  };
}

/** Labels of ticks, as short as they can be; with an exponent where steps are too fine, or numbers too long, for decimals. */
function tickTexts(ticks: readonly number[]): string[] {
  const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0));
  const largest = Math.max(0, ...ticks.map(Math.abs));
  if (step >= 1e-4 && largest < 1e7) return ticks.map(formatTick);
  return ticks.map((tick) => (tick === 0 ? '0' : formatMagnitude(tick)));
}

/** Numbers under the box and short rules at them; the axis name ends the line. */
export function xAxis(box: PlotBox, scale: Scale, name: string, theme: FigureTheme): SceneNode[] {
  const bottom = box.top + box.height;
  const label = { type: 'text', size: SMALL, fill: theme.muted } as const;
  const ticks = scale.ticks(Math.max(2, Math.floor(box.width / 80)));
  const texts = tickTexts(ticks);
  return [
    { type: 'line', x1: box.left, x2: box.left + box.width, y1: bottom, y2: bottom, stroke: theme.hairline },
    ...ticks.flatMap((tick, index): SceneNode[] => {
      const x = scale(tick);
      return [
        { type: 'line', x1: x, x2: x, y1: bottom, y2: bottom + 4, stroke: theme.hairline },
        { ...label, x, y: bottom + 18, text: texts[index] ?? '', anchor: 'middle', mono: true },
      ];
    }),
    { ...label, x: box.left + box.width, y: bottom + 36, text: `${name} →`, anchor: 'end' },
  ];
}

/** Numbers left of the box on hairlines across it; the axis name stands above. */
export function yAxis(box: PlotBox, scale: Scale, name: string, theme: FigureTheme): SceneNode[] {
  const label = { type: 'text', size: SMALL, fill: theme.muted } as const;
  const ticks = scale.ticks(Math.max(2, Math.floor(box.height / 40)));
  const texts = tickTexts(ticks);
  return [
    ...ticks.flatMap((tick, index): SceneNode[] => {
      const y = scale(tick);
      return [
        { type: 'line', x1: box.left, x2: box.left + box.width, y1: y, y2: y, stroke: theme.hairline },
        {
          ...label,
          x: box.left - 8,
          y: centredBaseline(y, SMALL),
          text: texts[index] ?? '',
          anchor: 'end',
          mono: true,
        },
      ];
    }),
    { ...label, x: box.left, y: box.top - 10, text: `↑ ${name}` },
  ];
}

/** A dashed rule across the box at x, and its label above it, which starts at `from` or later and ends within the box. */
export function verticalMarker(
  box: PlotBox,
  x: number,
  { text, from }: { readonly text: string; readonly from: number },
  theme: FigureTheme,
): readonly [rule: SceneNode, label: SceneNode] {
  const half = estimateWidth(text, SMALL) / 2;
  return [
    {
      type: 'line',
      x1: x,
      x2: x,
      y1: box.top - 6,
      y2: box.top + box.height,
      stroke: theme.muted,
      dash: [4, 3],
    },
    {
      type: 'text',
      x: Math.min(Math.max(x, from + half), box.left + box.width - half),
      y: 14,
      text,
      size: SMALL,
      fill: theme.ink,
      anchor: 'middle',
    },
  ];
}

/** A name in its colour's swatch: "▪ masked". */
export function keyEntry(
  x: number,
  y: number,
  text: string,
  colour: string,
  theme: FigureTheme,
): SceneNode[] {
  return [
    { type: 'rect', x, y: y - 9, width: 10, height: 10, fill: colour },
    { type: 'text', x: x + 16, y, text, size: SMALL, fill: theme.ink },
  ];
}
