import { quantile } from 'd3';
import type { HeadResult } from '../core/analysis/result.ts';
import { type ColourDomain, clampedIn } from './colourDomain.ts';
import { formatTick, shapeText } from './format.ts';
import { type HeatmapLayout, type HeatmapView, heatmapLayout } from './heatmapLayout.ts';
import { knownValues, type Metric, rowValues } from './metric.ts';
import { type FigureTheme, inkOn, type PaletteName, valueColour } from './palette.ts';
import { centredBaseline, estimateWidth, group, type Scene, type SceneNode, SMALL } from './scene.ts';

export interface HeatmapOptions {
  readonly metric: Metric;
  readonly domain: ColourDomain;
  readonly theme: FigureTheme;
  /** Side of a cell, px: see fitCell. */
  readonly cell: number;
  /** Draw each layer's median and interquartile range beside the grid. */
  readonly strip: boolean;
  readonly palette?: PaletteName;
}

/** Cells stand apart from this size on; smaller ones touch, or the gaps would outweigh them. */
const GAP_FROM = 6;
const VALUES_FROM = 28;

/** One model's map: heads to the right, layers downwards with layer 0 on top, both counted from 0. */
export function heatmapScene(view: HeatmapView, options: HeatmapOptions): Scene {
  const layout = heatmapLayout(view, options.cell, options);
  const children = [
    columnLabels(layout, options.theme),
    rowLabels(view, layout, options.theme),
    group('separators', separators(view, layout, options.theme), { crisp: true }),
    group('cells', cells(view, layout, options), { crisp: true }),
    group('values', values(view, layout, options)),
  ];
  if (options.strip) children.push(group('row strip', strip(view, layout, options)));
  return {
    width: layout.width,
    height: layout.height,
    background: options.theme.paper,
    title: `${view.title}, ${shapeText(view.shape)}`,
    description: describeView(view, options.metric),
    children,
  };
}

/** What the figure says, in words. */
export function describeView(view: HeatmapView, metric: Metric): string {
  const known = knownValues(view, metric);
  const [low, middle, high] = [0, 0.5, 1].map((p) => quantile(known, p));
  const isScored = view.rows.some(({ heads }) => heads.length > 0);
  if (low === undefined || middle === undefined || high === undefined)
    return isScored ? `${view.title}: no head has a ${metric.spoken}.` : `${view.title}: no scores yet.`;
  const say = (value: number) => formatTick(Number(value.toPrecision(3)));
  return `${view.title}: ${metric.name} of ${known.length} heads, from ${say(low)} to ${say(high)}, median ${say(middle)}.`;
}

function columnLabels(layout: HeatmapLayout, theme: FigureTheme): SceneNode {
  const style = { type: 'text', size: SMALL, fill: theme.muted } as const;
  const widest = estimateWidth(String(layout.columns - 1), SMALL, { mono: true }) + 8;
  const step = tickStep(widest / layout.cell);
  const ticks: SceneNode[] = [];
  for (let column = 0; column < layout.columns; column += step) {
    const x = layout.columnX(column) + layout.cell / 2;
    ticks.push({ ...style, x, y: layout.gridY - 8, text: String(column), anchor: 'middle', mono: true });
  }
  const name = { ...style, x: layout.gridX, y: layout.gridY - 25, text: 'heads →' };
  return group('column labels', [name, ...ticks]);
}

function rowLabels(view: HeatmapView, layout: HeatmapLayout, theme: FigureTheme): SceneNode {
  const style = { type: 'text', size: SMALL, fill: theme.muted, anchor: 'end', x: layout.gridX - 8 } as const;
  const step = layout.cell >= 15 ? 1 : tickStep(22 / layout.cell);
  const ticks = view.rows.flatMap((row, index): SceneNode[] => {
    if (index % step !== 0) return [];
    const y = centredBaseline(layout.gridY + (index + 0.5) * layout.cell, SMALL);
    return [{ ...style, y, text: String(row.layer), mono: true }];
  });
  return group('row labels', [{ ...style, y: layout.gridY - 8, text: 'layers ↓' }, ...ticks]);
}

/** Thin lines in the gaps between key-value groups. */
function separators(view: HeatmapView, layout: HeatmapLayout, theme: FigureTheme): SceneNode[] {
  const { heads, kvHeads } = view.shape;
  if (kvHeads >= heads || kvHeads < 2) return [];
  const size = heads / kvHeads;
  return Array.from({ length: kvHeads - 1 }, (_, index): SceneNode => {
    const column = (index + 1) * size;
    const left = layout.columnX(column - 1) + layout.cell;
    const x = (left + layout.columnX(column) - gapOf(layout.cell)) / 2;
    const [y1, y2] = [layout.gridY - 3, layout.gridY + layout.gridHeight];
    return { type: 'line', x1: x, x2: x, y1, y2, stroke: theme.hairline };
  });
}

function gapOf(cell: number): number {
  return cell >= GAP_FROM ? 1 : 0;
}

function cells(view: HeatmapView, layout: HeatmapLayout, options: HeatmapOptions): SceneNode[] {
  return view.rows.flatMap((row, index) => {
    const y = layout.gridY + index * layout.cell;
    if (row.skipped) return [skippedRow(layout, y, options.theme, row.skipped.code === 'no-attention')];
    if (row.heads.length === 0)
      return waitingRow(layout, row.shape?.heads ?? layout.columns, y, options.theme);
    return row.heads.map((head) =>
      cellRect(head, options.metric.valueOf(view, row, head), layout, y, options),
    );
  });
}

function cellRect(
  { head }: HeadResult,
  value: number | null,
  layout: HeatmapLayout,
  y: number,
  { theme, domain, palette }: HeatmapOptions,
): SceneNode {
  const side = layout.cell - gapOf(layout.cell);
  const rect = { type: 'rect', x: layout.columnX(head), y, width: side, height: side } as const;
  if (value === null) return { ...rect, fill: theme.paper, hatch: theme.hatch };
  return { ...rect, fill: valueColour(value, domain, palette) };
}

/** A hybrid's layer without attention is hatched in a quieter tone than one that couldn't be scored. */
function skippedRow(layout: HeatmapLayout, y: number, theme: FigureTheme, isQuiet: boolean): SceneNode {
  const gap = gapOf(layout.cell);
  const [width, height] = [layout.gridWidth - gap, layout.cell - gap];
  return {
    type: 'rect',
    x: layout.gridX,
    y,
    width,
    height,
    fill: theme.paper,
    hatch: isQuiet ? theme.hairline : theme.hatch,
  };
}

/** Dots where values will be; where cells are too small for dots, a rule. Neither looks like a value near zero. */
function waitingRow(layout: HeatmapLayout, columns: number, y: number, theme: FigureTheme): SceneNode[] {
  const middle = y + (layout.cell - gapOf(layout.cell)) / 2;
  if (layout.cell < GAP_FROM) {
    const [x1, x2] = [layout.gridX, layout.gridX + layout.gridWidth];
    return [{ type: 'line', x1, x2, y1: middle, y2: middle, stroke: theme.hairline }];
  }
  const size = layout.cell < 14 ? 1 : 2;
  return Array.from({ length: columns }, (_, column): SceneNode => {
    const x = layout.columnX(column) + (layout.cell - 1 - size) / 2;
    return { type: 'rect', x, y: middle - size / 2, width: size, height: size, fill: theme.empty };
  });
}

function values(view: HeatmapView, layout: HeatmapLayout, options: HeatmapOptions): SceneNode[] {
  if (layout.cell < VALUES_FROM) return [];
  const size = layout.cell < 36 ? 10 : 11;
  const side = layout.cell - 1;
  return view.rows.flatMap((row, index) =>
    row.heads.flatMap((head): SceneNode[] => {
      const value = options.metric.valueOf(view, row, head);
      if (value === null) return [];
      const colour = valueColour(value, options.domain, options.palette);
      const x = layout.columnX(head.head) + side / 2;
      const y = centredBaseline(layout.gridY + index * layout.cell + side / 2, size);
      const text = options.metric.inCell(value, layout.cell);
      return [{ type: 'text', x, y, text, size, fill: inkOn(colour), anchor: 'middle', mono: true }];
    }),
  );
}

/** Per layer, the median as a dot on the bar from the first to the third quartile: the paper's statistic. */
function strip(view: HeatmapView, layout: HeatmapLayout, options: HeatmapOptions): SceneNode[] {
  const { theme, metric, domain } = options;
  const at = (value: number) => layout.stripX + layout.stripWidth * clampedIn(domain, value);
  const [top, bottom] = [layout.gridY, layout.gridY + layout.gridHeight - gapOf(layout.cell)];
  const { low, high } = domain;
  const middle = domain.kind === 'diverging' ? [(low + high) / 2] : [];
  const ends = layout.stripWidth < 80 ? [low, high] : [low, ...middle, high];
  const label = { type: 'text', size: SMALL, fill: theme.muted } as const;
  const title = layout.stripWidth < 80 ? `median ${metric.label}` : `median ${metric.label}, IQR`;
  const axis: SceneNode[] = [
    {
      ...label,
      x: layout.stripX + layout.stripWidth / 2,
      y: layout.gridY - 25,
      text: title,
      anchor: 'middle',
    },
    ...ends.map((value): SceneNode => {
      const text = formatTick(value);
      return { ...label, x: at(value), y: layout.gridY - 8, text, anchor: 'middle', mono: true };
    }),
    ...[low, ...middle, high].map(
      (value): SceneNode => ({
        type: 'line',
        x1: at(value),
        x2: at(value),
        y1: top,
        y2: bottom,
        stroke: theme.hairline,
        ...(value !== low && value !== high ? {} : { dash: [1, 3] }),
      }),
    ),
  ];
  return [
    ...axis,
    ...view.rows.flatMap((row, index) => stripRow(rowValues(view, row, metric), index, layout, theme, at)),
  ];
}

function stripRow(
  known: readonly number[],
  index: number,
  layout: HeatmapLayout,
  theme: FigureTheme,
  at: (value: number) => number,
): SceneNode[] {
  const [q1, middle, q3] = [0.25, 0.5, 0.75].map((p) => quantile(known, p));
  if (q1 === undefined || middle === undefined || q3 === undefined) return [];
  const y = layout.gridY + index * layout.cell + (layout.cell - gapOf(layout.cell)) / 2;
  const dense = layout.cell < GAP_FROM;
  const bar = { type: 'line', x1: at(q1), x2: at(q3), y1: y, y2: y, stroke: theme.muted } as const;
  if (!dense)
    return [
      { ...bar, width: 1.5 },
      { type: 'circle', x: at(middle), y, radius: 3, fill: theme.ink },
    ];
  const tick: SceneNode = {
    type: 'line',
    x1: at(middle) - 1,
    x2: at(middle) + 1,
    y1: y,
    y2: y,
    stroke: theme.ink,
    width: layout.cell,
  };
  return [bar, tick];
}

/** Every 1st, 2nd, 4th, 8th … label, so that they keep `needed` cells apart: head counts are multiples of such. */
function tickStep(needed: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(needed)));
}
