// Draws norm against trace: one line an engine from the slower to the faster method, and the notebook's printed pair.
import { type ScaleLogarithmic, scaleLog } from 'd3';
import { formatDuration, formatFactor } from '../core/benchmark/index.ts';
import type { NotebookMatch } from '../core/notebook/notebookTimes.ts';
import type { BenchmarkReport } from '../core/result/index.ts';
import { inWords, type PairLine, pairLines } from './methodPairLines.ts';
import type { FigureTheme } from './palette.ts';
import {
  centredBaseline,
  estimateWidth,
  group,
  MIDDLE,
  type Scene,
  type SceneNode,
  SMALL,
  wrapText,
} from './scene.ts';
import { diamond, logTicks, tickText } from './timeAxis.ts';

export interface MethodPairOptions {
  readonly theme: FigureTheme;
  readonly width: number;
  readonly notebook: NotebookMatch | null;
  /** Stands over the figure, where nothing else says what it shows. */
  readonly heading?: string;
}

/** Where the lines lie, px. */
interface PairLayout {
  readonly width: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly rowHeight: number;
  /** From a row's top to its dots. */
  readonly dots: number;
  readonly isWide: boolean;
}

/** Narrower than this, a row's name stands above its dots. */
const WIDE = 560;
const LABELS = 176;
const SPEED_UPS = 72;
/** Room beside the outermost dots for "1.59 ms". */
const VALUE = 70;
const RADIUS = 5.5;
const TICK_ROOM = 56;
/** A line of the heading. */
const HEADING = 20;
/** The dots lie at least this factor apart on the axis, so that its ends differ. */
const LEAST_RANGE = 2;

/** Time per head of both methods on a log axis, where equal distances are equal speed-ups; the speed-up ends each row. */
export function methodPairScene(
  report: Pick<BenchmarkReport, 'rows' | 'device' | 'layer' | 'head'>,
  { theme, width, notebook, heading }: MethodPairOptions,
): Scene {
  const headings = heading === undefined ? [] : wrapText(heading, width, MIDDLE);
  const lines = pairLines(report, notebook);
  const layout = layoutOf(width, headings.length * HEADING);
  const bottom = layout.top + lines.length * layout.rowHeight;
  const x = timeScale(lines, layout);
  return {
    width,
    height: bottom + 42,
    background: theme.paper,
    title: 'Time per head, norm against trace',
    description: inWords(lines),
    children: [
      ...headings.map(
        (text, index): SceneNode => ({
          type: 'text',
          x: 0,
          y: 16 + index * HEADING,
          text,
          size: MIDDLE,
          fill: theme.ink,
          bold: true,
        }),
      ),
      group('axis', axis(x, layout, bottom, theme), { crisp: true }),
      group('key', key(layout, theme)),
      ...lines.map((line, index) =>
        group('row', rowNodes(line, x, layout, layout.top + index * layout.rowHeight, theme)),
      ),
    ],
  };
}

function layoutOf(width: number, above: number): PairLayout {
  const isWide = width >= WIDE;
  return {
    width,
    left: isWide ? LABELS : 0,
    right: Math.max((isWide ? LABELS : 0) + 2 * VALUE + 40, width - SPEED_UPS),
    top: above + 32,
    rowHeight: isWide ? 44 : 60,
    dots: isWide ? 22 : 42,
    isWide,
  };
}

type LogScale = ScaleLogarithmic<number, number>;

/** A scale whose dots leave room at both ends for their values. */
function timeScale(lines: readonly PairLine[], { left, right }: PairLayout): LogScale {
  const times = lines.flatMap(({ norm, trace }) => [norm.ms, trace.ms]);
  const [low, high] = times.length === 0 ? [0.1, 1] : [Math.min(...times), Math.max(...times)];
  const widen = Math.sqrt(Math.max(1, LEAST_RANGE / (high / low)));
  return scaleLog([low / widen, high * widen], [left + VALUE, right - VALUE]);
}

function axis(
  x: LogScale,
  { left, right, top }: PairLayout,
  bottom: number,
  theme: FigureTheme,
): SceneNode[] {
  const text = { type: 'text', size: SMALL, fill: theme.muted } as const;
  const ticks = logTicks(x.invert(left), x.invert(right), Math.floor((right - left) / TICK_ROOM));
  return [
    ...ticks.flatMap((tick): SceneNode[] => [
      { type: 'line', x1: x(tick), x2: x(tick), y1: top, y2: bottom, stroke: theme.hairline },
      // A name at an end would be cut there.
      ...(x(tick) < left + 20 || x(tick) > right - 20
        ? []
        : [
            {
              ...text,
              x: x(tick),
              y: bottom + 16,
              text: tickText(tick),
              anchor: 'middle',
              mono: true,
            } as const,
          ]),
    ]),
    { ...text, x: right, y: bottom + 34, text: 'time per head, log scale →', anchor: 'end' },
  ];
}

function key({ left, width, top }: PairLayout, theme: FigureTheme): SceneNode[] {
  const text = { type: 'text', y: top - 16, size: SMALL, fill: theme.muted } as const;
  const second = left + 76;
  return [
    dot(left + RADIUS, top - 20, true, theme),
    { ...text, x: left + 18, text: 'trace' },
    dot(second + RADIUS, top - 20, false, theme),
    { ...text, x: second + 18, text: 'norm' },
    { ...text, x: width, text: 'speed-up', anchor: 'end' },
  ];
}

function rowNodes(
  line: PairLine,
  x: LogScale,
  { left, right, width, dots, isWide }: PairLayout,
  top: number,
  theme: FigureTheme,
): SceneNode[] {
  const { norm, trace, isNotebook } = line;
  const y = top + dots;
  const [a, b] = [x(trace.ms), x(norm.ms)];
  const factor = norm.ms / trace.ms;
  return [
    { type: 'line', x1: left, x2: right, y1: y, y2: y, stroke: theme.hairline },
    ...nameNodes(line, top, isWide, theme),
    ...[trace, norm].flatMap(({ spread }) => spreadNodes(spread, x, y, left, right, theme)),
    { type: 'line', x1: a, x2: b, y1: y, y2: y, stroke: theme.ink, width: 2 },
    ...(isNotebook
      ? [diamond(a, y, theme, theme.ink), diamond(b, y, theme)]
      : [dot(a, y, true, theme), dot(b, y, false, theme)]),
    valueNode(trace.ms, a, y, a <= b ? 'end' : 'start', theme),
    valueNode(norm.ms, b, y, a <= b ? 'start' : 'end', theme),
    {
      type: 'text',
      x: width,
      y: centredBaseline(y, MIDDLE),
      text: `${factor < 1 ? factor.toFixed(2) : formatFactor(factor)} ×`,
      size: MIDDLE,
      fill: isNotebook ? theme.muted : theme.ink,
      anchor: 'end',
      bold: !isNotebook,
    },
  ];
}

function nameNodes({ name, about }: PairLine, top: number, isWide: boolean, theme: FigureTheme): SceneNode[] {
  const text = { type: 'text', size: SMALL } as const;
  if (isWide)
    return [
      { ...text, x: 0, y: top + 19, text: name, fill: theme.ink },
      { ...text, x: 0, y: top + 35, text: about, fill: theme.muted },
    ];
  return [
    { ...text, x: 0, y: top + 16, text: name, fill: theme.ink },
    { ...text, x: estimateWidth(name, SMALL) + 4, y: top + 16, text: about, fill: theme.muted },
  ];
}

/** The spread, where it is wider than its dot. */
function spreadNodes(
  [low, high]: readonly [number, number],
  x: LogScale,
  y: number,
  left: number,
  right: number,
  theme: FigureTheme,
): SceneNode[] {
  const x1 = Math.max(left, x(Math.max(low, Number.MIN_VALUE)));
  const x2 = Math.min(right, x(high));
  if (x2 - x1 <= 2 * RADIUS) return [];
  const cap = (at: number): SceneNode => ({
    type: 'line',
    x1: at,
    x2: at,
    y1: y - 4,
    y2: y + 4,
    stroke: theme.muted,
  });
  return [{ type: 'line', x1, x2, y1: y, y2: y, stroke: theme.muted }, cap(x1), cap(x2)];
}

function dot(x: number, y: number, isFilled: boolean, theme: FigureTheme): SceneNode {
  return {
    type: 'circle',
    x,
    y,
    radius: RADIUS,
    fill: isFilled ? theme.ink : theme.paper,
    stroke: theme.ink,
  };
}

function valueNode(ms: number, x: number, y: number, side: 'start' | 'end', theme: FigureTheme): SceneNode {
  return {
    type: 'text',
    x: x + (side === 'end' ? -1 : 1) * (RADIUS + 6),
    y: centredBaseline(y, SMALL) - 10,
    text: formatDuration(ms),
    size: SMALL,
    fill: theme.ink,
    anchor: side,
    mono: true,
  };
}
