import { bin, scaleLinear } from 'd3';
import { boxScales, keyEntry, type PlotBox, xAxis, yAxis } from './axis.ts';
import type { HeatmapView } from './heatmapLayout.ts';
import { describeView } from './heatmapScene.ts';
import { knownValues, type Metric, metricBand, type NullBand } from './metric.ts';
import type { FigureTheme } from './palette.ts';
import { estimateWidth, group, type Scene, type SceneNode, SMALL } from './scene.ts';

export interface DistributionOptions {
  readonly metric: Metric;
  readonly theme: FigureTheme;
  readonly width: number;
  readonly height?: number;
}

/** Room for the numbers of the y axis. */
const LEFT = 44;

/** Histogram of one or two models' heads, with the band where random orientations lie drawn behind. */
export function distributionScene(views: readonly HeatmapView[], options: DistributionOptions): Scene {
  const { metric, theme, width, height = 260 } = options;
  const names = key(views, metric.fromS !== null, width, theme);
  const top = names.height + 28;
  const box: PlotBox = { left: LEFT, top, width: width - LEFT - 20, height: height - top - 44 };
  const band = views[0] ? metricBand(metric, views[0].shape.dModel) : null;
  const samples = views.map((view) => knownValues(view, metric));
  // The range takes the null band in, so that its distance from the heads can be seen.
  const all = [...samples.flat(), ...(band ? [band.low, band.high] : [])];
  if (all.length === 0) all.push(...(metric.ends ?? [0, 1]));
  const range = scaleLinear([Math.min(...all), Math.max(...all)], [0, 1])
    .nice()
    .domain() as [number, number];
  const edges = binEdges(range, Math.max(0, ...samples.map((sample) => sample.length)), box.width);
  const bins = samples.map((sample) => bin().domain(range).thresholds(edges.slice(1, -1))(sample));
  const most = Math.max(1, ...bins.flat().map((heads) => heads.length));
  const scales = boxScales(box, range, [0, most * 1.05]);
  const at = (value: number) => scales.x(value);

  const histograms = bins.map((sample, index) => {
    const points = sample.flatMap(({ x0 = 0, x1 = 0, length }): [number, number][] => [
      [at(x0), scales.y(length)],
      [at(x1), scales.y(length)],
    ]);
    const base = box.top + box.height;
    const outline: [number, number][] = [[at(range[0]), base], ...points, [at(range[1]), base]];
    const colour = seriesColour(theme, index);
    return group('histogram', [
      { type: 'polyline', points: outline, fill: colour, opacity: 0.25 },
      { type: 'polyline', points: outline, stroke: colour, width: 1.5 },
    ]);
  });
  return {
    width,
    height,
    background: theme.paper,
    title: `Distribution of ${metric.label} over heads: ${views.map((view) => view.title).join(' and ')}`,
    description: views.map((view) => describeView(view, metric)).join(' '),
    children: [
      group('null band', band ? nullBandNodes(at, band, box, theme) : [], { crisp: true }),
      group('y axis', yAxis(box, scales.y, 'heads', theme)),
      ...histograms,
      group('x axis', xAxis(box, scales.x, metric.label, theme)),
      group('key', names.nodes),
    ],
  };
}

/** Edges at even steps; about √n bins, none narrower than 6 px. */
function binEdges(range: readonly [number, number], count: number, width: number): number[] {
  const bins = Math.max(8, Math.min(60, Math.floor(width / 6), Math.ceil(2 * Math.sqrt(count))));
  return Array.from({ length: bins + 1 }, (_, index) => range[0] + ((range[1] - range[0]) * index) / bins);
}

function nullBandNodes(
  at: (value: number) => number,
  band: NullBand,
  box: PlotBox,
  theme: FigureTheme,
): SceneNode[] {
  const x = at(band.low);
  const width = Math.max(3, at(band.high) - x);
  return [{ type: 'rect', x, y: box.top, width, height: box.height, fill: theme.band }];
}

/** The names in their colours, as many rows as the width asks for. */
function key(views: readonly HeatmapView[], hasBand: boolean, width: number, theme: FigureTheme) {
  const entries = [
    ...views.map((view, index) => ({ text: view.title, colour: seriesColour(theme, index) })),
    ...(hasBand ? [{ text: 'random orientations, 1/d ± 2·√2/d', colour: theme.band }] : []),
  ];
  let [x, row] = [LEFT, 0];
  const nodes = entries.flatMap(({ text, colour }) => {
    const needed = 16 + estimateWidth(text, SMALL);
    if (x > LEFT && x + needed > width) [x, row] = [LEFT, row + 1];
    const entry = keyEntry(x, 12 + row * 20, text, colour, theme);
    x += needed + 20;
    return entry;
  });
  return { nodes, height: (row + 1) * 20 };
}

/** The first model's colour, or the second's. */
export function seriesColour(theme: FigureTheme, index: number): string {
  return theme.series[index === 0 ? 0 : 1];
}
