import { scaleLog } from 'd3';
import { type ColourDomain, positionIn, valueAtPosition, Z_END } from './colourDomain.ts';
import { formatTick } from './format.ts';
import type { Metric } from './metric.ts';
import { metricBand } from './nullBand.ts';
import { type FigureTheme, type PaletteName, valueColour } from './palette.ts';
import { estimateWidth, group, type Scene, type SceneNode, SMALL } from './scene.ts';

export interface LegendOptions {
  readonly metric: Metric;
  readonly domain: ColourDomain;
  readonly theme: FigureTheme;
  readonly palette?: PaletteName;
  /** The d of the models shown, for the mark of random orientations; left out where they differ in it. */
  readonly dModel?: number | undefined;
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
  const at = (value: number) => left + width * positionIn(domain, value);
  const text = { type: 'text', size: SMALL, fill: theme.muted } as const;
  const bar = Array.from({ length: STEPS }, (_, index): SceneNode => {
    const fill = valueColour(valueAtPosition(domain, index / (STEPS - 1)), domain, options.palette);
    const x = left + (width * index) / STEPS;
    return { type: 'rect', x, y: top, width: width / STEPS, height: BAR, fill };
  });
  const ticks = ticksOf(domain, width).map(
    (value): SceneNode => ({
      ...text,
      x: at(value),
      y: top + BAR + 16,
      text: formatTick(value),
      anchor: 'middle',
      mono: true,
    }),
  );
  const name = { ...text, x: left, y: 13, text: legendName(metric, domain), fill: theme.ink };
  return {
    width: left + width + 24,
    height: top + BAR + 22,
    background: theme.paper,
    title: 'Legend',
    description: `Colours of ${legendName(metric, domain)} from ${formatTick(domain.low)} to ${formatTick(domain.high)}.`,
    children: [
      name,
      group('scale', bar, { crisp: true }),
      group('ticks', ticks),
      group('clipped', clipMarks(options, left, left + width, top)),
      group('null band', nullMark(options, at, top, left + estimateWidth(name.text, SMALL))),
    ],
  };
}

/** The quantity, and where its scale isn't the plain one from the values. */
function legendName(metric: Metric, domain: ColourDomain): string {
  const marks = [
    ...(domain.isLog ? ['log scale'] : []),
    ...(domain.mode === 'z' && metric.id !== 'z' ? [`|z| ≤ ${Z_END}`] : []),
    ...(domain.mode === 'locked' ? ['locked'] : []),
  ];
  return [metric.name, ...marks].join(', ');
}

/** Quarters of a linear scale; the ends and round numbers between them of a logarithmic one. */
function ticksOf(domain: ColourDomain, width: number): number[] {
  const { low, high, isLog } = domain;
  if (!isLog) return [0, 0.25, 0.5, 0.75, 1].map((part) => valueAtPosition(domain, part));
  const between: number[] = [];
  let last = 0;
  for (const tick of scaleLog([low, high]).ticks(5)) {
    const position = positionIn(domain, tick) * width;
    if (position - last < 44 || width - position < 44) continue;
    between.push(tick);
    last = position;
  }
  return [low, ...between, high];
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

/** A bracket over the scale where random orientations lie, named where the scale's own name leaves room. */
function nullMark(
  { dModel, domain, metric, theme }: LegendOptions,
  at: (value: number) => number,
  top: number,
  nameEnd: number,
): SceneNode[] {
  const band = dModel === undefined ? null : metricBand(metric, dModel);
  if (band === null || band.high > domain.high) return [];
  const middle = at(band.mean);
  const line = { type: 'line', y1: top - 3, y2: top - 3, stroke: theme.ink, width: 2 } as const;
  const [x1, x2] = [Math.min(at(band.low), middle - 2), Math.max(at(band.high), middle + 2)];
  const label = { type: 'text', y: 13, text: 'random', size: SMALL, fill: theme.muted } as const;
  if (middle - estimateWidth('random', SMALL) / 2 > nameEnd)
    return [
      { ...line, x1, x2 },
      { ...label, x: middle, anchor: 'middle' },
    ];
  return [{ ...line, x1, x2 }];
}
