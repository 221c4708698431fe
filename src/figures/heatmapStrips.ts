import { mean } from 'd3';
import { quantileSorted } from '../core/linalg/statistics.ts';
import type { LayerResult } from '../core/result/index.ts';
import { columnMeans } from './arrangement.ts';
import { type ColourDomain, clampedIn } from './colourDomain.ts';
import { formatTick } from './format.ts';
import { inView } from './gridGeometry.ts';
import { GAP_FROM, gapOf } from './heatmapCells.ts';
import type { HeatmapLayout } from './heatmapLayout.ts';
import type { HeatmapOptions } from './heatmapOptions.ts';
import type { HeatmapView } from './heatmapView.ts';
import { dModelOf } from './heatmapView.ts';
import type { Metric } from './metric.ts';
import { rowValues } from './metricValues.ts';
import type { FigureTheme } from './palette.ts';
import { centredBaseline, type SceneNode, SMALL } from './scene.ts';

type StripOptions = Pick<HeatmapOptions, 'metric' | 'domain' | 'theme'>;

/** A layer in the paper's statistics: median and quartiles of its heads. */
export interface LayerSummary {
  readonly median: number;
  readonly q1: number;
  readonly q3: number;
  readonly heads: number;
}

/** Summarises a layer; null while no head of it has a value. */
export function summariseLayer(view: HeatmapView, index: number, metric: Metric): LayerSummary | null {
  const row = view.rows[index];
  if (row === undefined) return null;
  const dModel = dModelOf(view, row);
  const byMetric = summaries.get(row) ?? new WeakMap();
  const last = byMetric.get(metric);
  if (last?.dModel === dModel && last.userScores === view.userScores) return last.summary;
  const known = Float64Array.from(rowValues(view, row, metric)).sort();
  const [q1, median, q3] = [0.25, 0.5, 0.75].map((p) => quantileSorted(known, p));
  const summary =
    q1 === undefined || median === undefined || q3 === undefined
      ? null
      : { median, q1, q3, heads: known.length };
  byMetric.set(metric, { dModel, userScores: view.userScores, summary });
  summaries.set(row, byMetric);
  return summary;
}

/** Caches the summary of each layer in each metric, so that it stays while others arrive. */
const summaries = new WeakMap<
  LayerResult,
  WeakMap<
    Metric,
    {
      readonly dModel: number;
      readonly userScores: HeatmapView['userScores'];
      readonly summary: LayerSummary | null;
    }
  >
>();

/** Mean of each column as it stands: of a head number, or of a rank. */
export function summariseColumns(
  view: HeatmapView,
  layout: Pick<HeatmapLayout, 'arrangement' | 'columns' | 'rows'>,
  metric: Metric,
): (number | undefined)[] {
  const { arrangement, columns, rows } = layout;
  if (arrangement.columnHeads !== null) {
    const means = columnMeans(view, metric);
    return arrangement.columnHeads.map((head) => means[head]);
  }
  return Array.from({ length: columns }, (_, column) => {
    const values: number[] = [];
    for (let row = 0; row < rows; row++) {
      const ref = arrangement.headAt(row, column);
      const layer = view.rows[arrangement.rows[row] ?? -1];
      const head = ref && layer?.heads.find((each) => each.head === ref.head);
      const value = layer && head ? metric.valueOf(view, layer, head) : null;
      if (value !== null && Number.isFinite(value)) values.push(value);
    }
    return mean(values);
  });
}

/** The ends of the strips' scale, and the middle of a diverging one. */
function rulesOf({ kind, low, high }: ColourDomain, middle = (low + high) / 2): number[] {
  return kind === 'diverging' ? [low, middle, high] : [low, high];
}

function ruleStyle(value: number, { low, high }: ColourDomain): { dash?: readonly number[] } {
  return value === low || value === high ? { dash: [1, 3] } : {};
}

/**
 * The ends of the row strip: those of the colours, but where all quartiles lie on one side of the middle, only that
 * side, so that medians don't crowd in one half. The colours of z end where chance does; its medians may lie far beyond.
 */
function stripDomain(view: HeatmapView, { metric, domain }: StripOptions): ColourDomain {
  if (domain.kind !== 'diverging') return domain;
  const middle = (domain.low + domain.high) / 2;
  const spread = (domain.high - domain.low) / 10;
  const summaries = view.rows.flatMap((_, index) => summariseLayer(view, index, metric) ?? []);
  if (summaries.length === 0) return domain;
  const reach = metric.id === 'z' ? summaries.flatMap(({ q1, q3 }) => [Math.floor(q1), Math.ceil(q3)]) : [];
  const ends = {
    ...domain,
    low: Math.min(domain.low, ...reach),
    high: Math.max(domain.high, ...reach),
  };
  if (summaries.every(({ q1 }) => q1 >= middle - spread)) return { ...ends, low: middle - spread };
  if (summaries.every(({ q3 }) => q3 <= middle + spread)) return { ...ends, high: middle + spread };
  return ends;
}

/** Where a value lies on the row strip, px from the left of the map. */
export function stripPosition(
  view: HeatmapView,
  layout: HeatmapLayout,
  options: StripOptions,
): (value: number) => number {
  const domain = stripDomain(view, options);
  return (value) => layout.stripX + layout.stripWidth * clampedIn(domain, value);
}

/** Draws each layer's median as a dot on the bar from the first to the third quartile: the paper's statistic. */
export function rowStrip(view: HeatmapView, layout: HeatmapLayout, options: StripOptions): SceneNode[] {
  const { theme, metric } = options;
  const domain = stripDomain(view, options);
  const at = stripPosition(view, layout, options);
  const [top, bottom] = [layout.gridY, layout.gridY + layout.gridHeight - gapOf(layout.cell)];
  const isNarrow = layout.stripWidth < 80;
  // The middle of the colours is ruled wherever it lies; an end close to it has no label.
  const { low, high } = options.domain;
  const widest = { ...options.domain, low: Math.min(low, domain.low), high: Math.max(high, domain.high) };
  const rules = rulesOf(widest, (low + high) / 2).filter(
    (value) => value >= domain.low && value <= domain.high,
  );
  const label = { type: 'text', size: SMALL, fill: theme.muted, anchor: 'middle' } as const;
  const title = isNarrow ? `median ${metric.label}` : `median ${metric.label}, IQR`;
  const axis: SceneNode[] = [
    { ...label, x: layout.stripX + layout.stripWidth / 2, y: layout.gridY - 25, text: title },
    ...(isNarrow && rules.length > 2 ? [domain.low, domain.high] : rules).map(
      (value): SceneNode => ({
        ...label,
        x: at(value),
        y: layout.gridY - 8,
        text: formatTick(value),
        mono: true,
      }),
    ),
    ...rules.map((value): SceneNode => {
      const x = at(value);
      return {
        type: 'line',
        x1: x,
        x2: x,
        y1: top,
        y2: bottom,
        stroke: theme.hairline,
        ...ruleStyle(value, domain),
      };
    }),
  ];
  const [from, to] = inView(layout).rows;
  const marks = layout.arrangement.rows.slice(from, to).flatMap((index, row) => {
    const y = layout.rowY(from + row) + (layout.cell - gapOf(layout.cell)) / 2;
    const summary = y < top || y > bottom ? null : summariseLayer(view, index, metric);
    return summary === null ? [] : layerMark(summary, y, layout.cell, theme, at);
  });
  return [...axis, ...marks];
}

function layerMark(
  { q1, median, q3 }: LayerSummary,
  y: number,
  cell: number,
  theme: FigureTheme,
  at: (value: number) => number,
): SceneNode[] {
  const bar = { type: 'line', x1: at(q1), x2: at(q3), y1: y, y2: y, stroke: theme.muted } as const;
  if (cell >= GAP_FROM)
    return [
      { ...bar, width: 1.5 },
      { type: 'circle', x: at(median), y, radius: 3, fill: theme.ink },
    ];
  const [x1, x2] = [at(median) - 1, at(median) + 1];
  return [bar, { type: 'line', x1, x2, y1: y, y2: y, stroke: theme.ink, width: cell }];
}

/** Draws the mean of each head number (or rank) over layers as a dot on a stem from the middle of the scale, or its low end. */
export function columnStrip(view: HeatmapView, layout: HeatmapLayout, options: StripOptions): SceneNode[] {
  const { theme, metric, domain } = options;
  const { columnStripY: top, columnStripHeight: height, gridX, gridWidth, cell } = layout;
  const at = (value: number) => top + height * (1 - clampedIn(domain, value));
  const right = gridX + gridWidth - gapOf(cell);
  const label = { type: 'text', size: SMALL, fill: theme.muted } as const;
  const rules = rulesOf(domain);
  const from = domain.kind === 'diverging' ? (domain.low + domain.high) / 2 : domain.low;
  const axis: SceneNode[] = [
    { ...label, x: gridX - 8, y: centredBaseline(top + height / 2, SMALL), text: 'mean', anchor: 'end' },
    ...[domain.high, domain.low].map(
      (value): SceneNode => ({
        ...label,
        x: right + 8,
        y: centredBaseline(at(value), SMALL),
        text: formatTick(value),
        mono: true,
      }),
    ),
    ...rules.map((value): SceneNode => {
      const y = at(value);
      return {
        type: 'line',
        x1: gridX,
        x2: right,
        y1: y,
        y2: y,
        stroke: theme.hairline,
        ...ruleStyle(value, domain),
      };
    }),
  ];
  const means = summariseColumns(view, layout, metric);
  const [first, last] = inView(layout).columns;
  const marks = means.slice(first, last).flatMap((value, column): SceneNode[] => {
    const x = layout.columnX(first + column) + (cell - gapOf(cell)) / 2;
    if (value === undefined || x < gridX || x > right) return [];
    const y = at(value);
    const stem = { type: 'line', x1: x, x2: x, y1: at(from), y2: y, stroke: theme.muted } as const;
    if (cell >= GAP_FROM) return [stem, { type: 'circle', x, y, radius: cell < 9 ? 2 : 3, fill: theme.ink }];
    return [stem, { type: 'line', x1: x, x2: x, y1: y - 1, y2: y + 1, stroke: theme.ink, width: cell }];
  });
  return [...axis, ...marks];
}
