import { quantile } from 'd3';
import { boxScales, type PlotBox, xAxis } from './axis.ts';
import { bandNodes, SIDES, seriesColour } from './distributionScene.ts';
import { headName } from './format.ts';
import { describeView } from './heatmapScene.ts';
import type { HeatmapView } from './heatmapView.ts';
import type { HitRegion, InteractiveScene } from './hitRegions.ts';
import type { Metric } from './metric.ts';
import { rowValues } from './metricValues.ts';
import { bandsOf } from './nullBand.ts';
import type { FigureTheme } from './palette.ts';
import { centredBaseline, group, type SceneNode, SMALL } from './scene.ts';
import { valueRange } from './valueRange.ts';

export interface LayerSpreadOptions {
  readonly metric: Metric;
  readonly theme: FigureTheme;
  readonly width: number;
}

const TOP = 24;
const BOTTOM = 44;
/** Tallest and shortest a layer's line may be, px, for one model; two share it half and half. */
const LINE = { max: 22, min: 7 } as const;
/** Height that the whole reaches before its lines get thinner, px. */
const ROOM = 480;

/** Every head as a dot on its layer's line, over the bar from the first to the third quartile, the median marked on it. */
export function layerSpreadScene(
  views: readonly HeatmapView[],
  options: LayerSpreadOptions,
): InteractiveScene {
  const { metric, theme, width } = options;
  const layers = [...new Set(views.flatMap((view) => view.rows.map(({ layer }) => layer)))].sort(
    (a, b) => a - b,
  );
  const track = Math.max(
    LINE.min,
    Math.min(LINE.max, Math.floor(ROOM / Math.max(1, layers.length * views.length))),
  );
  const line = track * views.length + (views.length > 1 ? 4 : 0);
  const box: PlotBox = {
    left: SIDES.left,
    top: TOP,
    width: width - SIDES.left - SIDES.right,
    height: line * layers.length,
  };
  const { x } = boxScales(box, valueRange(views, metric), [0, 1]);
  const middle = (layer: number, view: number) =>
    box.top + layers.indexOf(layer) * line + (view + 0.5) * track;
  const regions: HitRegion[] = [];
  const drawn = views.map((view, index) =>
    group(
      'layers',
      view.rows.flatMap((row) => {
        const y = middle(row.layer, index);
        const dots = row.heads.flatMap((head) => {
          const value = metric.valueOf(view, row, head);
          return value === null || !Number.isFinite(value) ? [] : [{ head: head.head, value }];
        });
        for (const { head, value } of dots.toSorted((a, b) => a.value - b.value)) {
          const name = `${views.length > 1 ? `${view.title} ` : ''}${headName(row.layer, head)}`;
          regions.push({
            ...boxRound(x(value), y, track),
            line: layers.indexOf(row.layer) * views.length + index,
            label: `${name}: ${metric.plainName} ${metric.format(value)}`,
            heads: views.map((_, other) => (other === index ? [{ layer: row.layer, head }] : [])),
          });
        }
        return [
          ...quartiles(rowValues(view, row, metric), x, y, track, theme),
          ...dots.map(
            ({ value }): SceneNode => ({
              type: 'circle',
              x: x(value),
              y,
              radius: track >= 12 ? 3 : 2,
              fill: seriesColour(theme, index),
            }),
          ),
        ];
      }),
    ),
  );
  const height = TOP + box.height + BOTTOM;
  return {
    scene: {
      width,
      height,
      background: theme.paper,
      title: `${metric.label} of every head, layer by layer: ${views.map((view) => view.title).join(' and ')}`,
      description: views.map((view) => describeView(view, metric)).join(' '),
      children: [
        group('null band', bandNodes(bandsOf(views, metric), x, box, theme), { crisp: true }),
        group('layer labels', layerLabels(layers, box, line, theme)),
        ...drawn,
        group('x axis', xAxis(box, x, metric.label, theme)),
      ],
    },
    regions: regions.sort((a, b) => a.line - b.line || a.x - b.x),
  };
}

function boxRound(x: number, y: number, track: number) {
  return { x: x - 4, y: y - track / 2, width: 8, height: track };
}

function quartiles(
  values: readonly number[],
  x: (value: number) => number,
  y: number,
  track: number,
  theme: FigureTheme,
): SceneNode[] {
  const [q1, middle, q3] = [0.25, 0.5, 0.75].map((p) => quantile(values, p));
  if (q1 === undefined || middle === undefined || q3 === undefined) return [];
  const half = track / 2 - 1;
  return [
    {
      type: 'rect',
      x: x(q1),
      y: y - half,
      width: Math.max(1, x(q3) - x(q1)),
      height: 2 * half,
      fill: theme.muted,
      opacity: 0.22,
    },
    { type: 'line', x1: x(middle), x2: x(middle), y1: y - half, y2: y + half, stroke: theme.ink, width: 2 },
  ];
}

/** Every 1st, 2nd, 4th … layer's number, with hairlines between layers where there is room for them. */
function layerLabels(layers: readonly number[], box: PlotBox, line: number, theme: FigureTheme): SceneNode[] {
  const label = { type: 'text', size: SMALL, fill: theme.muted } as const;
  const step = 2 ** Math.max(0, Math.ceil(Math.log2(15 / line)));
  return [
    { ...label, x: box.left, y: box.top - 10, text: 'Layer, with quartiles and median' },
    ...layers.flatMap((layer, index): SceneNode[] => {
      const y = box.top + index * line;
      const text: SceneNode = {
        ...label,
        x: box.left - 8,
        y: centredBaseline(y + line / 2, SMALL),
        text: String(layer),
        anchor: 'end',
        mono: true,
      };
      return [
        ...(index % step === 0 ? [text] : []),
        ...(line >= 12 || index === 0
          ? [
              {
                type: 'line',
                x1: box.left,
                x2: box.left + box.width,
                y1: y,
                y2: y,
                stroke: theme.hairline,
              } as const,
            ]
          : []),
      ];
    }),
  ];
}
