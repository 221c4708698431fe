import { boxScales, type PlotBox, xAxis, yAxis } from './axis.ts';
import { describeView } from './heatmapScene.ts';
import type { HeadRef, HeatmapView } from './heatmapView.ts';
import type { HitRegion, InteractiveScene } from './hitRegions.ts';
import type { Metric } from './metric.ts';
import { bandsOf, type NullBand, rowBand } from './nullBand.ts';
import type { FigureTheme } from './palette.ts';
import { group, type SceneNode } from './scene.ts';
import { seriesKey } from './seriesKey.ts';
import { valueRange } from './valueRange.ts';

export interface DistributionOptions {
  readonly metric: Metric;
  readonly theme: FigureTheme;
  readonly width: number;
  readonly height?: number;
}

/** Left and right of the plot: charts one under the other share their x axis. */
export const SIDES = { left: 44, right: 20 } as const;

interface PlacedHead extends HeadRef {
  readonly value: number;
  readonly isInBand: boolean;
}

/** Histogram of one or two models' heads, with the band where random orientations lie drawn behind. */
export function distributionScene(
  views: readonly HeatmapView[],
  options: DistributionOptions,
): InteractiveScene {
  const { metric, theme, width, height = 260 } = options;
  const samples = views.map((view) => headsOf(view, metric));
  const bands = bandsOf(views, metric);
  const names = key(views, samples, bands.length > 0, width, theme);
  const top = names.height + 28;
  const box: PlotBox = {
    left: SIDES.left,
    top,
    width: width - SIDES.left - SIDES.right,
    height: height - top - 44,
  };
  const range = valueRange(views, metric);
  const count = binCount(Math.max(0, ...samples.map((sample) => sample.length)), box.width);
  const bins = samples.map((sample) => binned(sample, range, count));
  const maxCount = Math.max(1, ...bins.flat().map((heads) => heads.length));
  const { x, y } = boxScales(box, range, [0, maxCount * 1.05]);
  const edge = (index: number) => box.left + (box.width * index) / count;
  const histograms = bins.map((sample, index) => {
    const points = sample.flatMap((heads, index): [number, number][] => [
      [edge(index), y(heads.length)],
      [edge(index + 1), y(heads.length)],
    ]);
    const base = box.top + box.height;
    const outline: [number, number][] = [[edge(0), base], ...points, [edge(count), base]];
    const colour = seriesColour(theme, index);
    return group('histogram', [
      { type: 'polyline', points: outline, fill: colour, opacity: 0.25 },
      { type: 'polyline', points: outline, stroke: colour, width: 1.5 },
    ]);
  });
  return {
    scene: {
      width,
      height,
      background: theme.paper,
      title: `Distribution of ${metric.label} over heads: ${views.map((view) => view.title).join(' and ')}`,
      description: [...views.map((view) => describeView(view, metric)), ...names.sentences].join(' '),
      children: [
        group('null band', bandNodes(bands, x, box, theme), { crisp: true }),
        group('y axis', yAxis(box, y, 'heads', theme)),
        ...histograms,
        group('x axis', xAxis(box, x, metric.label, theme)),
        group('key', names.nodes),
      ],
    },
    regions: Array.from({ length: count }, (_, index) => index).flatMap((at): HitRegion[] => {
      const heads = bins.map((sample) => sample[at] ?? []);
      if (heads.every((list) => list.length === 0)) return [];
      const ends = [at, at + 1].map((index) =>
        metric.format(range[0] + ((range[1] - range[0]) * index) / count),
      );
      const label = `${metric.plainName} ${ends[0]} to ${ends[1]}: ${countsText(views, heads)}`;
      return [
        { x: edge(at), y: box.top, width: box.width / count, height: box.height, line: 0, label, heads },
      ];
    }),
  };
}

/** All heads with a value, and whether it is one that random orientations give. */
function headsOf(view: HeatmapView, metric: Metric): PlacedHead[] {
  return view.rows.flatMap((row) => {
    const band = rowBand(view, row, metric);
    return row.heads.flatMap((head) => {
      const value = metric.valueOf(view, row, head);
      if (value === null || !Number.isFinite(value)) return [];
      const isInBand = band !== null && value >= band.low && value <= band.high;
      return [{ layer: row.layer, head: head.head, value, isInBand }];
    });
  });
}

/** About 2·√n bins at even steps, none narrower than 6 px. */
function binCount(count: number, width: number): number {
  return Math.max(8, Math.min(60, Math.floor(width / 6), Math.ceil(2 * Math.sqrt(count))));
}

/** A value on an edge counts to the bin above it, the highest edge to the last bin. */
function binned(
  sample: readonly PlacedHead[],
  range: readonly [number, number],
  count: number,
): PlacedHead[][] {
  const bins = Array.from({ length: count }, (): PlacedHead[] => []);
  for (const head of sample) {
    const at = Math.floor(((head.value - range[0]) / (range[1] - range[0])) * count);
    bins[Math.min(count - 1, Math.max(0, at))]?.push(head);
  }
  return bins;
}

/** "14 heads", or of two models "sample/masked 3 heads, sample/causal 1 head". */
function countsText(views: readonly HeatmapView[], heads: readonly (readonly unknown[])[]): string {
  return heads
    .map((list, index) => `${views.length > 1 ? `${views[index]?.title} ` : ''}${headCount(list.length)}`)
    .join(', ');
}

function headCount(count: number): string {
  return `${count} ${count === 1 ? 'head' : 'heads'}`;
}

/** Grey behind the data; never too thin to be seen. */
export function bandNodes(
  bands: readonly NullBand[],
  at: (value: number) => number,
  box: PlotBox,
  theme: FigureTheme,
): SceneNode[] {
  return bands.map(({ low, high }): SceneNode => {
    const width = Math.max(3, at(high) - at(low));
    return { type: 'rect', x: at(low), y: box.top, width, height: box.height, fill: theme.band };
  });
}

/** The names in their colours with the share of heads in the band, as many rows as the width asks for. */
function key(
  views: readonly HeatmapView[],
  samples: readonly (readonly PlacedHead[])[],
  hasBand: boolean,
  width: number,
  theme: FigureTheme,
) {
  const shares = samples.map((sample) => {
    const inside = sample.filter(({ isInBand }) => isInBand).length;
    return sample.length === 0 || !hasBand ? '' : ` · ${inside} of ${headCount(sample.length)} in the band`;
  });
  const square =
    (fill: string) =>
    (x: number, y: number): SceneNode => ({ type: 'rect', x: x - 5, y: y - 5, width: 10, height: 10, fill });
  const entries = [
    ...views.map((view, index) => ({
      text: `${view.title}${shares[index]}`,
      mark: square(seriesColour(theme, index)),
    })),
    ...(hasBand ? [{ text: 'random orientations, 1/d ± 2·√2/d', mark: square(theme.band) }] : []),
  ];
  const sentences = views.flatMap((view, index) =>
    shares[index] ? [`${view.title}${shares[index]} of random orientations.`] : [],
  );
  return { ...seriesKey(entries, SIDES.left, width, theme), sentences };
}

/** The first model's colour, or the second's. */
export function seriesColour(theme: FigureTheme, index: number): string {
  return theme.series[index === 0 ? 0 : 1];
}
