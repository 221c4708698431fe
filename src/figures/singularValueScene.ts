import { scaleLinear, scaleLog } from 'd3';
import { type PlotBox, verticalMarker } from './axis.ts';
import { type AxisUnit, axisUnit, decadeTexts } from './axisUnit.ts';
import { formatMagnitude, formatSignificant, formatTick } from './format.ts';
import type { FigureTheme } from './palette.ts';
import { centredBaseline, group, type Scene, type SceneNode, SMALL } from './scene.ts';

export interface SingularValueOptions {
  readonly theme: FigureTheme;
  readonly width: number;
  readonly height?: number;
}

export interface SingularValues {
  /** Descending. */
  readonly singularValues: readonly number[];
  readonly effectiveRank: number;
}

const MARGIN = { left: 52, top: 30, right: 12, bottom: 44 };
/** From this ratio of the largest to the smallest on, the axis is logarithmic. */
const LOG_FROM = 100;
/** Smaller ones are rounding of the products that they come from, and lie on the axis. */
const DECADES = 8;
/** Dots where there is room for them, px from one to the next. */
const DOTS_FROM = 7;

/** The singular values of M, largest first, with the effective rank marked. */
export function singularValueScene(
  { singularValues, effectiveRank }: SingularValues,
  { theme, width, height = 220 }: SingularValueOptions,
): Scene {
  const box: PlotBox = {
    left: MARGIN.left,
    top: MARGIN.top,
    width: Math.max(60, width - MARGIN.left - MARGIN.right),
    height: height - MARGIN.top - MARGIN.bottom,
  };
  const largest = singularValues[0] ?? 0;
  const smallest = singularValues.at(-1) ?? 0;
  const isLog = largest > LOG_FROM * smallest;
  const x = scaleLinear([0.5, Math.max(1.5, singularValues.length + 0.5)], [box.left, box.left + box.width]);
  const unit = axisUnit(largest);
  const values = singularValues.map(unit.of);
  const axis = isLog ? logAxis(values, unit, box) : linearAxis(values, unit, box);
  const points = values.map((value, index) => [x(index + 1), axis.y(value)] as const);
  const apart = box.width / Math.max(1, singularValues.length);
  return {
    width,
    height,
    background: theme.paper,
    title: 'Singular values of M',
    description: inWords(singularValues, effectiveRank, isLog),
    children: [
      group('y axis', yRules(axis, box, theme)),
      group('effective rank', rankMark(effectiveRank, x(effectiveRank), box, theme)),
      group('x axis', xRules(x, singularValues.length, box, theme)),
      group('singular values', [
        { type: 'polyline', points, stroke: theme.ink, width: 1.5 },
        ...(apart < DOTS_FROM
          ? []
          : points.map(
              ([cx, cy]): SceneNode => ({ type: 'circle', x: cx, y: cy, radius: 2, fill: theme.ink }),
            )),
      ]),
    ],
  };
}

/** In the axis' unit. */
interface ValueAxis {
  y(value: number): number;
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
  readonly name: string;
}

function linearAxis([largest = 0]: readonly number[], { suffix }: AxisUnit, box: PlotBox): ValueAxis {
  const y = scaleLinear([0, largest > 0 ? largest * 1.05 : 1], [box.top + box.height, box.top]);
  return {
    y,
    ticks: y.ticks(4).map((value) => ({ value, text: formatTick(value) })),
    name: `σ${suffix}`,
  };
}

/** Whole decades, no more than DECADES below the largest; what is smaller lies on the axis. */
function logAxis(values: readonly number[], { suffix }: AxisUnit, box: PlotBox): ValueAxis {
  const largest = values[0]!;
  const floor = largest * 10 ** -DECADES;
  const low = Math.floor(Math.log10(Math.max(floor, Math.min(...values.filter((value) => value >= floor)))));
  const high = Math.max(low + 1, Math.ceil(Math.log10(largest)));
  const scale = scaleLog([10 ** low, 10 ** high], [box.top + box.height, box.top]);
  const step = Math.ceil((high - low) / 5);
  const exponents = Array.from(
    { length: Math.floor((high - low) / step) + 1 },
    (_, index) => low + index * step,
  );
  const texts = decadeTexts(exponents);
  return {
    y: (value) => scale(Math.max(value, 10 ** low)),
    ticks: exponents.map((exponent, index) => ({ value: 10 ** exponent, text: texts[index]! })),
    name: `σ${suffix}, log`,
  };
}

function yRules(axis: ValueAxis, box: PlotBox, theme: FigureTheme): SceneNode[] {
  const text = { type: 'text', size: SMALL, fill: theme.muted } as const;
  return [
    ...axis.ticks.flatMap(({ value, text: label }): SceneNode[] => {
      const y = axis.y(value);
      return [
        { type: 'line', x1: box.left, x2: box.left + box.width, y1: y, y2: y, stroke: theme.hairline },
        { ...text, x: box.left - 8, y: centredBaseline(y, SMALL), text: label, anchor: 'end', mono: true },
      ];
    }),
    { ...text, x: 0, y: 14, text: `↑ ${axis.name}` },
  ];
}

function xRules(x: (value: number) => number, count: number, box: PlotBox, theme: FigureTheme): SceneNode[] {
  const text = { type: 'text', size: SMALL, fill: theme.muted } as const;
  const bottom = box.top + box.height;
  const middle = Math.ceil(count / 2);
  const ticks = [...new Set(count < 3 ? [1, count] : [1, middle, count])].filter((tick) => tick > 0);
  return [
    { type: 'line', x1: box.left, x2: box.left + box.width, y1: bottom, y2: bottom, stroke: theme.hairline },
    ...ticks.flatMap((tick): SceneNode[] => [
      { type: 'line', x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 4, stroke: theme.hairline },
      { ...text, x: x(tick), y: bottom + 18, text: String(tick), anchor: 'middle', mono: true },
    ]),
    { ...text, x: box.left + box.width, y: bottom + 36, text: 'rank order →', anchor: 'end' },
  ];
}

/** A rule where the effective rank lies; its label keeps inside the figure. */
function rankMark(rank: number, x: number, box: PlotBox, theme: FigureTheme): SceneNode[] {
  if (!Number.isFinite(x)) return [];
  const text = `effective rank ${formatSignificant(rank)}`;
  return [...verticalMarker(box, x, { text, from: box.left + 20 }, theme)];
}

function inWords(values: readonly number[], effectiveRank: number, isLog: boolean): string {
  const [first = 0, last = 0] = [values[0], values.at(-1)];
  const scale = isLog ? 'logarithmic' : 'linear';
  return `${values.length} singular values from ${formatMagnitude(first)} down to ${formatMagnitude(last)} on a ${scale} axis; effective rank ${formatSignificant(effectiveRank)}.`;
}
