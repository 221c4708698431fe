import type { ColourDomain } from './colourDomain.ts';
import { formatTick, type Metric, metricOf } from './format.ts';
import { type FigureTheme, type PaletteName, valueColour } from './palette.ts';
import { group, type Scene, type SceneNode, SMALL } from './scene.ts';

export interface LegendOptions {
  readonly metric: Metric;
  readonly domain: ColourDomain;
  readonly theme: FigureTheme;
  readonly palette?: PaletteName;
  /** Of the model shown: marks where random orientations lie. Left out where models differ in d. */
  readonly dModel?: number;
  /** Room for the scale, px. */
  readonly width?: number;
}

/** An odd number of steps, so that one of them is the exact middle. */
const STEPS = 65;
const BAR = 10;

/** The colour scale with its numeric ends, its middle, marks for values beyond the ends, and the null band. */
export function legendScene(options: LegendOptions): Scene {
  const { metric, domain, theme, width = 320 } = options;
  const [left, top] = [24, 22];
  const at = (s: number) => left + (width * (s / domain.limit + 1)) / 2;
  const text = { type: 'text', size: SMALL, fill: theme.muted } as const;
  const bar = Array.from({ length: STEPS }, (_, index): SceneNode => {
    const s = domain.limit * ((2 * index) / (STEPS - 1) - 1);
    const fill = valueColour(s, domain.limit, options.palette);
    const x = left + (width * index) / STEPS;
    return { type: 'rect', x, y: top, width: width / STEPS, height: BAR, fill };
  });
  const ticks = [-1, -0.5, 0, 0.5, 1].map((part): SceneNode => {
    const label = formatTick(metricOf(part * domain.limit, metric));
    return {
      ...text,
      x: at(part * domain.limit),
      y: top + BAR + 16,
      text: label,
      anchor: 'middle',
      mono: true,
    };
  });
  return {
    width: left + width + 24,
    height: top + BAR + 22,
    background: theme.paper,
    title: 'Legend',
    description: `Colours from ${formatTick(metricOf(-domain.limit, metric))} to ${formatTick(metricOf(domain.limit, metric))}.`,
    children: [
      { ...text, x: left, y: 13, text: nameOf(metric), fill: theme.ink },
      group('scale', bar, { crisp: true }),
      group('ticks', ticks),
      group('clipped', clipMarks(options, left, left + width, top)),
      group('null band', nullMark(options, at, top)),
    ],
  };
}

function nameOf(metric: Metric): string {
  return metric === 's' ? 'symmetry score s' : 'symmetry ratio r';
}

/** A triangle beyond an end, where values lie beyond it. */
function clipMarks({ domain, theme }: LegendOptions, left: number, right: number, top: number): SceneNode[] {
  const mark = (x: number, reach: number): SceneNode => ({
    type: 'polyline',
    points: [
      [x, top + 1],
      [x + reach, top + BAR / 2],
      [x, top + BAR - 1],
    ],
    fill: theme.ink,
  });
  return [
    ...(domain.below > 0 ? [mark(left - 3, -7)] : []),
    ...(domain.above > 0 ? [mark(right + 3, 7)] : []),
  ];
}

/** A bracket over the scale: s of random orientations has mean 1/d and standard deviation √2/d. */
function nullMark(
  { dModel, domain, theme }: LegendOptions,
  at: (s: number) => number,
  top: number,
): SceneNode[] {
  if (dModel === undefined) return [];
  const { low, high } = nullBand(dModel);
  if (high > domain.limit) return [];
  const line = { type: 'line', y1: top - 3, y2: top - 3, stroke: theme.ink, width: 2 } as const;
  return [
    { ...line, x1: Math.min(at(low), at(1 / dModel) - 2), x2: Math.max(at(high), at(1 / dModel) + 2) },
    {
      type: 'text',
      x: at(1 / dModel),
      y: 13,
      text: 'random',
      size: SMALL,
      fill: theme.muted,
      anchor: 'middle',
    },
  ];
}

/** Where s of random orientations lies: 1/d ± 2·√2/d. */
export function nullBand(dModel: number): { mean: number; low: number; high: number } {
  const mean = 1 / dModel;
  const sd = Math.SQRT2 / dModel;
  return { mean, low: mean - 2 * sd, high: mean + 2 * sd };
}
