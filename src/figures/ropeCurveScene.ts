import { extent, scaleLinear, scaleSymlog } from 'd3';
import { type PlotBox, verticalMarker, yAxis } from './axis.ts';
import { formatScore } from './format.ts';
import { metricFor } from './metric.ts';
import { metricBand } from './nullBand.ts';
import type { FigureTheme } from './palette.ts';
import { estimateWidth, group, type Scene, type SceneNode, SMALL } from './scene.ts';

export interface RopeCurveData {
  /** Ascending. */
  readonly deltas: readonly number[];
  readonly r: readonly (number | null)[];
  /** The offset in force. */
  readonly applied: number;
  /** The d of the band of random orientations; left out where they don't lie about 1/d. */
  readonly dModel?: number | undefined;
}

export interface RopeCurveOptions {
  readonly theme: FigureTheme;
  readonly width: number;
}

const MARGIN = { left: 52, top: 30, right: 12, bottom: 44 };
/** Offsets under about this many positions lie on a linear axis, those beyond on a logarithmic one. */
const LINEAR_UNTIL = 4;
const TICKS = [4, 32, 256];

export function ropeCurveHeight(): number {
  return 220;
}

/** r of one head over the offset Δ between key and query, with the offset in force and random orientations marked. */
export function ropeCurveScene(data: RopeCurveData, { theme, width }: RopeCurveOptions): Scene {
  const height = ropeCurveHeight();
  const box: PlotBox = {
    left: MARGIN.left,
    top: MARGIN.top,
    width: Math.max(60, width - MARGIN.left - MARGIN.right),
    height: height - MARGIN.top - MARGIN.bottom,
  };
  const { deltas, r, dModel } = data;
  const band = dModel === undefined ? null : metricBand(metricFor('r'), dModel);
  const known = r.flatMap((value) => value ?? []);
  const [low = 0, high = 1] = extent([...known, ...(band ? [band.low, band.high] : [])]);
  const pad = Math.max((high - low) * 0.06, 1e-6);
  const y = scaleLinear([low - pad, high + pad], [box.top + box.height, box.top]);
  const [from = -1, to = 1] = [deltas[0], deltas.at(-1)];
  const x = scaleSymlog([from, to], [box.left, box.left + box.width]).constant(LINEAR_UNTIL);
  return {
    width,
    height,
    background: theme.paper,
    title: 'r over the RoPE offset Δ',
    description: inWords(data),
    children: [
      ...(band === null
        ? []
        : [
            {
              type: 'rect',
              x: box.left,
              y: y(band.high),
              width: box.width,
              height: Math.max(1, y(band.low) - y(band.high)),
              fill: theme.band,
            } as const,
          ]),
      group('y axis', yAxis(box, y, 'r over Δ', theme)),
      group(
        'curve',
        runs(deltas, r).map(
          (run): SceneNode => ({
            type: 'polyline',
            points: run.map(([delta, value]) => [x(delta), y(value)] as const),
            stroke: theme.ink,
            width: 1.25,
          }),
        ),
      ),
      group('x axis', xRules(x, [from, to], box, theme)),
      group('offset in force', inForce(data, x, y, box, theme)),
    ],
  };
}

/** The curve's unbroken parts. */
function runs(deltas: readonly number[], r: readonly (number | null)[]): [number, number][][] {
  const parts: [number, number][][] = [[]];
  for (const [index, value] of r.entries()) {
    if (value === null) parts.push([]);
    else parts.at(-1)!.push([deltas[index]!, value]);
  }
  return parts.filter((part) => part.length > 0);
}

function xRules(
  x: (delta: number) => number,
  [from, to]: readonly [number, number],
  box: PlotBox,
  theme: FigureTheme,
): SceneNode[] {
  const text = { type: 'text', size: SMALL, fill: theme.muted } as const;
  const bottom = box.top + box.height;
  const ticks = [...TICKS.map((tick) => -tick).reverse(), 0, ...TICKS].filter(
    (tick) => tick >= from && tick <= to,
  );
  let until = Number.NEGATIVE_INFINITY;
  return [
    { type: 'line', x1: box.left, x2: box.left + box.width, y1: bottom, y2: bottom, stroke: theme.hairline },
    ...ticks.flatMap((tick): SceneNode[] => {
      const label = `${tick < 0 ? '−' : ''}${Math.abs(tick)}`;
      const half = estimateWidth(label, SMALL, { mono: true }) / 2;
      const at = x(tick);
      const rule = {
        type: 'line',
        x1: at,
        x2: at,
        y1: bottom,
        y2: bottom + 4,
        stroke: theme.hairline,
      } as const;
      if (at - half < until) return [rule];
      until = at + half + 6;
      return [rule, { ...text, x: at, y: bottom + 18, text: label, anchor: 'middle', mono: true }];
    }),
    { ...text, x: box.left, y: bottom + 36, text: '← key before' },
    { ...text, x: box.left + box.width, y: bottom + 36, text: 'key after →', anchor: 'end' },
  ];
}

/** A rule at the offset of the convention in force, and its r. */
function inForce(
  { deltas, r, applied }: RopeCurveData,
  x: (delta: number) => number,
  y: (r: number) => number,
  box: PlotBox,
  theme: FigureTheme,
): SceneNode[] {
  const value = r[deltas.indexOf(applied)] ?? null;
  if (value === null) return [];
  const text = `Δ ${signed(applied)}: r ${formatScore(value)}`;
  const [rule, label] = verticalMarker(box, x(applied), { text, from: box.left + 64 }, theme);
  return [
    rule,
    { type: 'circle', x: x(applied), y: y(value), radius: 3, fill: theme.ink, stroke: theme.paper },
    label,
  ];
}

function signed(delta: number): string {
  return `${delta < 0 ? '−' : ''}${Math.abs(delta)}`;
}

function inWords({ deltas, r, applied }: RopeCurveData): string {
  const points = r.flatMap((value, index) => (value === null ? [] : [{ value, delta: deltas[index]! }]));
  const [first] = points;
  if (first === undefined) return 'r is undefined at every offset.';
  const highest = points.reduce((best, point) => (point.value > best.value ? point : best), first);
  const lowest = points.reduce((best, point) => (point.value < best.value ? point : best), first);
  const say = ({ value, delta }: typeof first) => `${formatScore(value)} at Δ ${signed(delta)}`;
  const now = points.find(({ delta }) => delta === applied);
  return (
    `r of M = Wq R_Δ Wkᵀ from Δ ${signed(deltas[0]!)} to ${signed(deltas.at(-1)!)}: ` +
    `${now === undefined ? '' : `${say(now)}, in force; `}highest ${say(highest)}, lowest ${say(lowest)}.`
  );
}
