import { type ScaleLogarithmic, scaleLog } from 'd3';
import {
  exponentText,
  formatDuration,
  type SweepAxis,
  type SweepReport,
  type SweepSeries,
  sweepSeries,
} from '../core/benchmark/index.ts';
import { keyEntry, type PlotBox } from './axis.ts';
import type { FigureTheme } from './palette.ts';
import { centredBaseline, group, type Scene, type SceneNode, SMALL } from './scene.ts';
import { tickText } from './timeAxis.ts';

export interface SweepSceneOptions {
  readonly theme: FigureTheme;
  readonly width: number;
}

const LEFT = 64;
const TOP = 56;
const HEIGHT = 220;
const BELOW = 44;
/** Narrower than this, the panels stand one above the other. */
const SIDE_BY_SIDE = 620;
const RADIUS = 3.5;

/**
 * Time of one head on logarithmic axes, over d and over dh: the medians with their quartiles, and the fitted power laws as lines.
 * Equal times lie at equal heights in both panels.
 */
export function sweepScene(report: Pick<SweepReport, 'rows'>, { theme, width }: SweepSceneOptions): Scene {
  const series = sweepSeries(report);
  const isWide = width >= SIDE_BY_SIDE;
  const panelWidth = isWide ? (width - 2 * LEFT - 16) / 2 : width - LEFT - 16;
  const times = timeRange(series);
  const panels = (['d', 'dh'] as const).map((axis, index) => {
    const box: PlotBox = {
      left: LEFT + (isWide ? index * (panelWidth + LEFT) : 0),
      top: TOP + (isWide ? 0 : index * (TOP + HEIGHT + BELOW)),
      width: Math.max(60, panelWidth),
      height: HEIGHT,
    };
    return panel(box, axis, series, times, report, theme);
  });
  return {
    width,
    height: (TOP + HEIGHT + BELOW) * (isWide ? 1 : 2),
    background: theme.paper,
    title: 'Time of one head over d and dh',
    description: inWords(series),
    children: panels,
  };
}

function panel(
  box: PlotBox,
  axis: SweepAxis,
  all: readonly SweepSeries[],
  times: readonly [number, number],
  report: Pick<SweepReport, 'rows'>,
  theme: FigureTheme,
): SceneNode {
  const series = all.filter((line) => line.axis === axis && line.points.length > 0);
  const xs = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))].toSorted((a, b) => a - b);
  const [first, last] = [xs[0] ?? 1, xs.at(-1) ?? 10];
  const x = scaleLog([first / 1.15, Math.max(last, first * 1.1) * 1.15], [box.left, box.left + box.width]);
  const y = scaleLog([...times], [box.top + box.height, box.top]);
  const fixed = report.rows.find((row) => row.axis === axis);
  const name = axis === 'd' ? `d, with dh = ${fixed?.dHead ?? '?'}` : `dh, with d = ${fixed?.dModel ?? '?'}`;
  return group(`over ${axis}`, [
    group('axes', axes(box, x, y, xs, name, theme), { crisp: true }),
    ...series.flatMap((line, index) => [
      ...curve(line, x, y, theme),
      ...keyEntry(box.left, box.top - 34 + 16 * index, keyText(line), colourOf(line, theme), theme),
    ]),
  ]);
}

type LogScale = ScaleLogarithmic<number, number>;

function axes(
  box: PlotBox,
  x: LogScale,
  y: LogScale,
  xs: readonly number[],
  name: string,
  theme: FigureTheme,
): SceneNode[] {
  const text = { type: 'text', size: SMALL, fill: theme.muted } as const;
  const bottom = box.top + box.height;
  const [low, high] = y.domain() as [number, number];
  const decades = Math.round(Math.log10(high / low));
  return [
    ...Array.from({ length: decades + 1 }, (_, index) => low * 10 ** index).flatMap((ms): SceneNode[] => [
      { type: 'line', x1: box.left, x2: box.left + box.width, y1: y(ms), y2: y(ms), stroke: theme.hairline },
      {
        ...text,
        x: box.left - 8,
        y: centredBaseline(y(ms), SMALL),
        text: tickText(ms),
        anchor: 'end',
        mono: true,
      },
    ]),
    ...xs.flatMap((tick): SceneNode[] => [
      { type: 'line', x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 4, stroke: theme.hairline },
      { ...text, x: x(tick), y: bottom + 18, text: `${tick}`, anchor: 'middle', mono: true },
    ]),
    { ...text, x: box.left + box.width, y: bottom + 36, text: `${name} →`, anchor: 'end' },
  ];
}

function curve(line: SweepSeries, x: LogScale, y: LogScale, theme: FigureTheme): SceneNode[] {
  const stroke = colourOf(line, theme);
  const { fit, points } = line;
  const ends = [points[0]!.x, points.at(-1)!.x];
  return [
    ...(fit === null
      ? []
      : [
          {
            type: 'polyline',
            points: ends.map((at) => [x(at), y(fit.factor * at ** fit.exponent)] as const),
            stroke,
            width: 1.5,
          } as const,
        ]),
    ...points.flatMap(({ x: at, ms, q1, q3 }): SceneNode[] => [
      { type: 'line', x1: x(at), x2: x(at), y1: y(q1), y2: y(q3), stroke },
      { type: 'circle', x: x(at), y: y(ms), radius: RADIUS, fill: stroke },
    ]),
  ];
}

/** norm dark, trace light: colour belongs to the scores. */
function colourOf({ method }: SweepSeries, theme: FigureTheme): string {
  return method === 'norm' ? theme.ink : theme.muted;
}

function keyText({ method, axis, fit }: SweepSeries): string {
  return fit === null ? method : `${method} ∝ ${axis}^${exponentText(fit.exponent, fit.standardError)}`;
}

/** Whole decades round all that is drawn. */
function timeRange(series: readonly SweepSeries[]): [number, number] {
  const all = series
    .flatMap(({ points }) => points.flatMap(({ q1, q3, ms }) => [q1, q3, ms]))
    .filter((t) => t > 0);
  if (all.length === 0) return [0.001, 1];
  const low = 10 ** Math.floor(Math.log10(Math.min(...all)));
  return [low, Math.max(10 ** Math.ceil(Math.log10(Math.max(...all))), 10 * low)];
}

function inWords(series: readonly SweepSeries[]): string {
  const parts = series
    .filter(({ points }) => points.length > 0)
    .map((line) => {
      const [first, last] = [line.points[0]!, line.points.at(-1)!];
      const law =
        line.fit === null ? '' : `, exponent ${exponentText(line.fit.exponent, line.fit.standardError)}`;
      return `${line.method} over ${line.axis}: ${formatDuration(first.ms)} at ${first.x} to ${formatDuration(last.ms)} at ${last.x}${law}`;
    });
  return `Median time of one head. ${parts.join('; ')}.`;
}
