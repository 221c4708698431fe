import { interpolateRgb, type ScaleLogarithmic, scaleLog } from 'd3';
import { formatDuration, rowTimes } from '../core/benchmark/index.ts';
import { METHODS, type Method } from '../core/engines/index.ts';
import { type NotebookMatch, notebookTimeOf } from '../core/notebook/notebookTimes.ts';
import { type BenchmarkReport, type BenchmarkRow, rowEngine, type ScopeName } from '../core/result/index.ts';
import type { FigureTheme } from './palette.ts';
import { centredBaseline, estimateWidth, group, type Scene, type SceneNode, SMALL } from './scene.ts';
import { diamond, tickText } from './timeAxis.ts';

export interface TimingSceneOptions {
  readonly theme: FigureTheme;
  readonly width: number;
  /** The layer and head that were timed: where the notebook's times belong. */
  readonly subject: Pick<BenchmarkReport, 'layer' | 'head'> | null;
  readonly notebook: NotebookMatch | null;
}

const LABELS = 150;
const VALUES = 72;
const TOP = 8;
const HEADING = 24;
const ROW = 22;
const RADIUS = 5;
/** Room for "100 µs". */
const TICK_TEXT = 48;
const SCOPES: Readonly<Record<ScopeName, string>> = {
  head: 'one head',
  layer: 'one layer',
  all: 'all layers',
};

/** A row with its place: the times are ms per head. */
interface TimeRow {
  readonly row: BenchmarkRow;
  readonly y: number;
  readonly median: number;
  readonly q1: number;
  readonly q3: number;
  /** The notebook's, on its own machine. */
  readonly notebook: number | null;
}

/**
 * Time per head on a log axis, one dot per row, grouped by engine; whiskers are the quartiles. Dots, since a log axis has no zero from
 * which a bar could start. The methods differ in lightness only: colour belongs to the scores.
 */
export function timingScene(rows: readonly BenchmarkRow[], options: TimingSceneOptions): Scene {
  const { theme, width } = options;
  const groups = groupByEngine(rows.filter((row) => rowTimes(row).perHead > 0));
  const placed = placeRows(groups, options);
  const bottom = TOP + groups.length * HEADING + placed.rows.length * ROW;
  const x = scaleLog(rangeOf(placed.rows), [LABELS, Math.max(LABELS + 60, width - VALUES)]);
  const marked = placed.rows.some(({ notebook }) => notebook !== null);
  return {
    width,
    height: bottom + (marked ? 66 : 44),
    background: theme.paper,
    title: 'Time per head',
    description: inWords(placed.rows),
    children: [
      group('axis', axis(x, bottom, theme), { crisp: true }),
      group('engines', placed.headings),
      ...placed.rows.map((row) => group('row', rowNodes(row, x, width, theme))),
      ...(marked ? [group('key', markerKey(bottom + 56, options))] : []),
    ],
  };
}

function groupByEngine(rows: readonly BenchmarkRow[]): [engine: string, rows: BenchmarkRow[]][] {
  const engines = [...new Set(rows.map(rowEngine))];
  return engines.map((engine) => [engine, rows.filter((row) => rowEngine(row) === engine)]);
}

function placeRows(groups: readonly [string, BenchmarkRow[]][], options: TimingSceneOptions) {
  const { theme, subject, notebook } = options;
  const headings: SceneNode[] = [];
  const placed: TimeRow[] = [];
  let y = TOP;
  for (const [engine, rows] of groups) {
    headings.push({ type: 'text', x: 0, y: y + 16, text: engine, size: SMALL, fill: theme.ink, bold: true });
    y += HEADING;
    for (const row of rows) {
      const { perHead, perHeadQ1, perHeadQ3 } = rowTimes(row);
      const printed = subject && notebook?.sameSplit ? notebookTimeOf(notebook, row, subject) : null;
      placed.push({
        row,
        y: y + ROW / 2,
        median: perHead,
        q1: perHeadQ1,
        q3: perHeadQ3,
        notebook: printed && printed.meanMs / printed.heads,
      });
      y += ROW;
    }
  }
  return { headings, rows: placed };
}

/** Whole decades round all that is drawn. */
function rangeOf(rows: readonly TimeRow[]): [number, number] {
  const ends = rows
    .flatMap(({ q1, q3, notebook }) => [q1, q3, ...(notebook ? [notebook] : [])])
    .filter((t) => t > 0);
  if (ends.length === 0) return [0.01, 1];
  const low = 10 ** Math.floor(Math.log10(Math.min(...ends) * 0.9));
  return [low, Math.max(10 ** Math.ceil(Math.log10(Math.max(...ends))), 10 * low)];
}

type LogScale = ScaleLogarithmic<number, number>;

function axis(x: LogScale, bottom: number, theme: FigureTheme): SceneNode[] {
  const [low, high] = x.domain() as [number, number];
  const decades = Math.round(Math.log10(high / low));
  const text = { type: 'text', size: SMALL, fill: theme.muted } as const;
  // Where decades are narrower than their names, only some are named.
  const named = Math.ceil((TICK_TEXT * decades) / Math.max(1, x(high) - x(low)));
  return [
    ...Array.from({ length: decades + 1 }, (_, i) => low * 10 ** i).flatMap((tick, i): SceneNode[] => [
      { type: 'line', x1: x(tick), x2: x(tick), y1: TOP, y2: bottom, stroke: theme.hairline },
      ...(i % named === 0
        ? [
            {
              ...text,
              x: x(tick),
              y: bottom + 16,
              text: tickText(tick),
              anchor: 'middle',
              mono: true,
            } as const,
          ]
        : []),
    ]),
    { ...text, x: x(high), y: bottom + 34, text: 'time per head, log scale →', anchor: 'end' },
  ];
}

function rowNodes(
  { row, y, median, q1, q3, notebook }: TimeRow,
  x: LogScale,
  width: number,
  theme: FigureTheme,
): SceneNode[] {
  const left = x.range()[0]!;
  const [middle, low, high] = [x(median), x(Math.max(q1, x.domain()[0]!)), x(q3)];
  const text = { type: 'text', y: centredBaseline(y, SMALL), size: SMALL } as const;
  const cap = (at: number): SceneNode => ({
    type: 'line',
    x1: at,
    x2: at,
    y1: y - 3,
    y2: y + 3,
    stroke: theme.ink,
  });
  return [
    { ...text, x: 10, text: `${row.method}, ${SCOPES[row.scope]}`, fill: theme.muted },
    { type: 'line', x1: left, x2: x.range()[1]!, y1: y, y2: y, stroke: theme.hairline },
    { type: 'line', x1: low, x2: high, y1: y, y2: y, stroke: theme.ink },
    cap(low),
    cap(high),
    { type: 'circle', x: middle, y, radius: RADIUS, fill: shade(row.method, theme) },
    ...(notebook === null ? [] : [diamond(x(notebook), y, theme)]),
    { ...text, x: width, text: formatDuration(median), fill: theme.ink, anchor: 'end', mono: true },
  ];
}

/** From dark, norm, to light; all of them 3 : 1 on the paper. */
function shade(method: Method, theme: FigureTheme): string {
  return interpolateRgb(
    theme.ink,
    theme.hairline,
  )(0.15 + (0.4 * METHODS.indexOf(method)) / (METHODS.length - 1));
}

function markerKey(y: number, { theme, notebook, width }: TimingSceneOptions): SceneNode[] {
  const whose = notebook?.sameWeights === false ? 'notebook’s machine and weights' : 'notebook’s machine';
  const text = `${whose}, mean as printed`;
  // On a phone it begins further left, or it would be cut.
  const left = Math.max(0, Math.min(LABELS, width - 18 - estimateWidth(text, SMALL)));
  return [
    diamond(left + 6, y - 4, theme),
    {
      type: 'text',
      x: left + 18,
      y,
      text,
      size: SMALL,
      fill: theme.muted,
    },
  ];
}

function inWords(rows: readonly TimeRow[]): string {
  const parts = rows.map(
    ({ row, median }) => `${rowEngine(row)} ${row.method}, ${SCOPES[row.scope]}: ${formatDuration(median)}`,
  );
  return `Median time per head. ${parts.join('; ')}.`;
}
