import { spearman } from '../core/metrics/spearman.ts';
import { boxScales, type PlotBox, xAxis, yAxis } from './axis.ts';
import { bandNodes, seriesColour } from './distributionScene.ts';
import { formatScore, headName } from './format.ts';
import type { HeadRef, HeatmapView } from './heatmapView.ts';
import type { HitRegion, InteractiveScene } from './hitRegions.ts';
import type { Metric } from './metric.ts';
import { bandsOf } from './nullBand.ts';
import type { FigureTheme } from './palette.ts';
import { group, type SceneNode } from './scene.ts';
import { seriesKey } from './seriesKey.ts';
import { valueRange } from './valueRange.ts';

export interface ScatterOptions {
  readonly x: Metric;
  readonly y: Metric;
  readonly theme: FigureTheme;
  readonly width: number;
  readonly height?: number;
}

/** A head that has both values. */
export interface ScatterPoint extends HeadRef {
  readonly x: number;
  readonly y: number;
}

/** One model's heads by two metrics, and how their ranks go together. */
export interface ScatterSeries {
  readonly title: string;
  readonly points: readonly ScatterPoint[];
  /** Spearman's ρ over the points; null where it is undefined. */
  readonly rho: number | null;
}

export function scatterSeries(view: HeatmapView, x: Metric, y: Metric): ScatterSeries {
  const points = view.rows.flatMap((row) =>
    row.heads.flatMap((head): ScatterPoint[] => {
      const [across, up] = [x.valueOf(view, row, head), y.valueOf(view, row, head)];
      if (across === null || up === null || !Number.isFinite(across) || !Number.isFinite(up)) return [];
      return [{ layer: row.layer, head: head.head, x: across, y: up }];
    }),
  );
  const rho = spearman(
    points.map((point) => point.x),
    points.map((point) => point.y),
  );
  return { title: view.title, points, rho };
}

/** "ρ 0.53 over 144 heads" */
export function rhoText({ points, rho }: ScatterSeries): string {
  return rho === null
    ? `no rank correlation: ${points.length < 2 ? 'fewer than two heads have both values' : 'all values of one metric are equal'}`
    : `Spearman’s ρ ${formatScore(rho, 3)} over ${points.length} heads`;
}

const SIDE = { left: 64, right: 20, bottom: 44 } as const;

/** Draws every head by two metrics: the first model's as discs, the second's as squares, with the null bands of s behind. */
export function scatterScene(views: readonly HeatmapView[], options: ScatterOptions): InteractiveScene {
  const { x: across, y: up, theme, width, height = 420 } = options;
  const series = views.map((view) => scatterSeries(view, across, up));
  const names = scatterKey(series, width, theme);
  const top = names.height + 24;
  const box: PlotBox = {
    left: SIDE.left,
    top,
    width: width - SIDE.left - SIDE.right,
    height: height - top - SIDE.bottom,
  };
  const { x, y } = boxScales(box, padded(valueRange(views, across)), padded(valueRange(views, up)));
  const radius = Math.max(...series.map(({ points }) => points.length)) > 1500 ? 2 : 3.5;
  const regions = series.flatMap(({ title, points }, index) =>
    points.map((point): HitRegion => {
      const { layer, head } = point;
      const name = `${series.length > 1 ? `${title} ` : ''}${headName(layer, head)}`;
      return {
        x: x(point.x) - 5,
        y: y(point.y) - 5,
        width: 10,
        height: 10,
        line: 0,
        label: `${name}: ${across.plainName} ${across.format(point.x)}, ${up.plainName} ${up.format(point.y)}`,
        heads: series.map((_, other) => (other === index ? [{ layer, head }] : [])),
      };
    }),
  );
  const bands = bandsOf(views, up).map(({ low, high }): SceneNode => {
    const tall = Math.max(3, y(low) - y(high));
    return {
      type: 'rect',
      x: box.left,
      y: y(high),
      width: box.width,
      height: tall,
      fill: theme.band,
      opacity: 0.5,
    };
  });
  return {
    scene: {
      width,
      height,
      background: theme.paper,
      title: `${up.label} against ${across.label}, every head`,
      description: series.map((entry) => `${entry.title}: ${rhoText(entry)}.`).join(' '),
      children: [
        group('null band', [...bands, ...bandNodes(bandsOf(views, across), x, box, theme)], { crisp: true }),
        group('y axis', yAxis(box, y, up.label, theme)),
        ...series.map(({ points }, index) =>
          group(
            'points',
            points.map((point) => dot(x(point.x), y(point.y), radius, index, theme)),
          ),
        ),
        group('x axis', xAxis(box, x, across.label, theme)),
        group('key', names.nodes),
      ],
    },
    regions: regions.sort((a, b) => a.x - b.x || a.y - b.y),
  };
}

/** A little beyond the outermost values, so that no dot is cut. */
function padded([low, high]: readonly [number, number]): [number, number] {
  const pad = (high - low) * 0.02;
  return [low - pad, high + pad];
}

/** Two models differ by discs and squares, not by colour alone; a paper-coloured rim parts neighbours. */
function dot(x: number, y: number, radius: number, series: number, theme: FigureTheme): SceneNode {
  const fill = seriesColour(theme, series);
  if (series === 0) return { type: 'circle', x, y, radius, fill, stroke: theme.paper };
  const side = radius * 1.8;
  return { type: 'rect', x: x - side / 2, y: y - side / 2, width: side, height: side, fill };
}

function scatterKey(series: readonly ScatterSeries[], width: number, theme: FigureTheme) {
  const entries = series.map((entry, index) => ({
    text: `${entry.title} · ${rhoText(entry)}`,
    mark: (x: number, y: number) => dot(x, y, 4, index, theme),
  }));
  return seriesKey(entries, SIDE.left, width, theme);
}
