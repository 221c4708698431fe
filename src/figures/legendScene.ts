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
  /** Length of the scale, px. */
  readonly length?: number;
  /** Large values at the right by default, or at the top. */
  readonly isUpright?: boolean;
  /** The part of the scale that is shown; all of it by default. Colours are those of the whole. */
  readonly range?: readonly [low: number, high: number] | undefined;
  /** True where the length was chosen so that the name has room between the words at the ends. */
  readonly isNameMeasured?: boolean;
}

/** Colours of the gradient, between which no step is seen; odd, so that one of them is the exact middle. */
const STEPS = 65;
const BAR = 10;
/** Left of the scale, for what overhangs it. */
const LEFT = 24;
const TOP = 22;
/** Right of an upright scale: a number and a word. */
const BESIDE = 136;

/** The colour scale with its numeric ends and their meaning, marks for values beyond the ends, and the null band. */
export function legendScene(options: LegendOptions): Scene {
  const { metric, theme, isUpright = false } = options;
  const domain = shownPart(options);
  const length = options.length ?? 320;
  const name = legendName(metric, domain);
  const parts = isUpright ? upright(options, length, name) : across(options, length, name);
  const words = metric.endWords === undefined ? '' : `, ${metric.endWords.join(' to ')}`;
  return {
    ...(isUpright
      ? { width: LEFT + BAR + BESIDE, height: TOP + length + 12 }
      : { width: LEFT + length + 24, height: TOP + BAR + 22 }),
    background: theme.paper,
    title: 'Legend',
    description: `Colours of ${name} from ${formatTick(domain.low)} to ${formatTick(domain.high)}${words}.`,
    children: parts,
  };
}

function across(options: LegendOptions, width: number, name: string): SceneNode[] {
  const { theme } = options;
  const domain = shownPart(options);
  const at = (value: number) => LEFT + width * positionIn(domain, value);
  const text = { type: 'text', size: SMALL, fill: theme.muted } as const;
  const gradient = { colours: colours(options), isUpright: false };
  const bar: SceneNode = { type: 'rect', x: LEFT, y: TOP, width, height: BAR, gradient };
  const y = TOP + BAR + 16;
  const ticks = ticksOf(domain, width, 44).map(
    (value): SceneNode => ({
      ...text,
      x: at(value),
      y,
      text: formatTick(value),
      anchor: 'middle',
      mono: true,
    }),
  );
  const ink = { ...text, fill: theme.ink, y: 13 } as const;
  const [low, high] = endWords(options);
  // The meaning of both ends, with the name between them as far as there is room; without one the name stands at the left.
  const taken = Math.max(...[low, high].map((word = '') => estimateWidth(word, SMALL))) - 12;
  const { name: whole, label } = options.metric;
  const fitting = [name, name.replace(whole, label)].find(
    (each) => options.isNameMeasured === true || width / 2 - taken > estimateWidth(each, SMALL) / 2,
  );
  const labels: SceneNode[] =
    low === undefined || high === undefined
      ? [{ ...ink, x: LEFT, text: name }]
      : [
          { ...ink, x: LEFT - 12, text: low },
          {
            ...ink,
            x: LEFT + width / 2,
            text: fitting ?? label,
            anchor: 'middle',
            bold: true,
          },
          { ...ink, x: LEFT + width + 12, text: high, anchor: 'end' },
        ];
  const triangle = (x: number, reach: number): SceneNode => ({
    type: 'polyline',
    points: [
      [x, TOP + 1],
      [x + reach, TOP + BAR / 2],
      [x, TOP + BAR - 1],
    ],
    fill: theme.ink,
  });
  const band = bandOn(options, width);
  const line = { type: 'line', y1: TOP - 3, y2: TOP - 3, stroke: theme.ink, width: 2 } as const;
  return [
    ...labels,
    group('scale', [bar], { crisp: true }),
    group('ticks', ticks),
    group('clipped', [
      ...(domain.below > 0 ? [triangle(LEFT - 3, -7)] : []),
      ...(domain.above > 0 ? [triangle(LEFT + width + 3, 7)] : []),
    ]),
    group('null band', band === null ? [] : [{ ...line, x1: LEFT + band.from, x2: LEFT + band.to }]),
  ];
}

/** Beside a map: the words stand behind the numbers of the ends, and the null band left of the scale. */
function upright(options: LegendOptions, height: number, name: string): SceneNode[] {
  const { theme } = options;
  const domain = shownPart(options);
  const [left, bottom] = [LEFT - 14, TOP + height];
  const [low, high] = endWords(options);
  const at = (value: number) => bottom - height * positionIn(domain, value);
  const text = { type: 'text', size: SMALL, fill: theme.muted } as const;
  const gradient = { colours: colours(options).reverse(), isUpright: true };
  const bar: SceneNode = { type: 'rect', x: left, y: TOP, width: BAR, height, gradient };
  const x = left + BAR + 8;
  // The words of both ends begin at one place.
  const numbers = [domain.low, domain.high].map((value) =>
    estimateWidth(formatTick(value), SMALL, { mono: true }),
  );
  const after = x + Math.max(...numbers) + 8;
  const tick = (value: number): SceneNode[] => {
    const y = at(value) + 4;
    const word = value === domain.low ? low : value === domain.high ? high : undefined;
    const number = formatTick(value);
    return [
      { ...text, x, y, text: number, mono: true },
      ...(word === undefined ? [] : [{ ...text, x: after, y, text: word, fill: theme.ink }]),
    ];
  };
  const triangle = (y: number, reach: number): SceneNode => ({
    type: 'polyline',
    points: [
      [left + 1, y],
      [left + BAR / 2, y + reach],
      [left + BAR - 1, y],
    ],
    fill: theme.ink,
  });
  const band = bandOn(options, height);
  return [
    // What stands in brackets has no room here; the page says it under the scale.
    { ...text, x: 0, y: 10, text: name.replace(/ \(.*\)/, ''), fill: theme.ink, bold: true },
    group('scale', [bar], { crisp: true }),
    group('ticks', ticksOf(domain, height, 24).flatMap(tick)),
    group('clipped', [
      ...(domain.below > 0 ? [triangle(bottom + 2, 6)] : []),
      ...(domain.above > 0 ? [triangle(TOP - 2, -6)] : []),
    ]),
    group(
      'null band',
      band === null
        ? []
        : [
            {
              type: 'line',
              x1: left - 4,
              x2: left - 4,
              y1: bottom - band.from,
              y2: bottom - band.to,
              stroke: theme.ink,
              width: 2,
            },
          ],
    ),
  ];
}

/** The scale as far as the legend shows it. */
function shownPart({ domain, range }: LegendOptions): ColourDomain {
  return range === undefined ? domain : { ...domain, low: range[0], high: range[1] };
}

/** What the ends mean; where the scale ends in its middle, that is neither. */
function endWords({ metric, domain, range }: LegendOptions): readonly [low?: string, high?: string] {
  const [low, high] = metric.endWords ?? [];
  if (low === undefined || high === undefined) return [];
  const neither = 'neither';
  return [
    range === undefined || range[0] === domain.low ? low : neither,
    range === undefined || range[1] === domain.high ? high : neither,
  ];
}

function colours(options: LegendOptions): string[] {
  const { domain, palette, theme } = options;
  const part = shownPart(options);
  return Array.from({ length: STEPS }, (_, index) =>
    valueColour(valueAtPosition(part, index / (STEPS - 1)), domain, palette, theme.name),
  );
}

/** The quantity, and where its scale isn't the plain one from the values. */
function legendName(metric: Metric, domain: ColourDomain): string {
  const marks = [
    ...(domain.isLog ? ['log scale'] : []),
    ...(domain.mode === 'z' ? [`±${Z_END} s.d. of random`] : []),
    ...(domain.mode === 'locked' ? ['locked'] : []),
  ];
  return [metric.name, ...marks].join(', ');
}

/** Quarters of a linear scale; the ends and round numbers between them, at least `apart` px from each other, of a logarithmic one. */
function ticksOf(domain: ColourDomain, length: number, apart: number): number[] {
  const { low, high, isLog } = domain;
  if (!isLog) return [0, 0.25, 0.5, 0.75, 1].map((part) => valueAtPosition(domain, part));
  const between: number[] = [];
  let last = 0;
  for (const tick of scaleLog([low, high]).ticks(5)) {
    const position = positionIn(domain, tick) * length;
    if (position - last < apart || length - position < apart) continue;
    between.push(tick);
    last = position;
  }
  return [low, ...between, high];
}

/** Where random orientations lie on a scale of this length, px from its low end; null where the scale ends before they do. */
function bandOn(options: LegendOptions, length: number) {
  const { dModel, metric } = options;
  const domain = shownPart(options);
  const band = dModel === undefined ? null : metricBand(metric, dModel);
  if (band === null || band.high > domain.high) return null;
  const at = (value: number) => length * positionIn(domain, value);
  const middle = at(band.mean);
  const from = Math.max(-2, Math.min(at(band.low), middle - 2));
  return { middle, from, to: Math.max(at(band.high), middle + 2) };
}
