import { extent, median } from 'd3';
import { boxScales, type PlotBox, xAxis, yAxis } from './axis.ts';
import { seriesColour } from './distributionScene.ts';
import { formatScore } from './format.ts';
import { type Metric, metricFor, nullBand } from './metric.ts';
import type { FigureTheme } from './palette.ts';
import { group, MIDDLE, type Scene, type SceneNode, SMALL } from './scene.ts';

/** One run of the sample's training.json, as far as the figure needs it. */
export interface TrainingRun {
  readonly name: string;
  /** r per layer and head, at each recorded step. */
  readonly steps: readonly { readonly step: number; readonly r: readonly (readonly number[])[] }[];
}

export interface TrainingOptions {
  readonly metric: Metric;
  readonly theme: FigureTheme;
  readonly width: number;
  readonly dModel: number;
  readonly height?: number;
}

/** From this width on, the panels stand side by side. */
const SIDE_BY_SIDE = 600;
const MARGIN = { left: 48, top: 52, right: 20, bottom: 44 };

/** How each head's symmetry grew in training: one panel a run, thin lines for heads, a bold one for their median. */
export function trainingScene(runs: readonly TrainingRun[], options: TrainingOptions): Scene {
  const { theme, width, height = 280 } = options;
  const curves = { ...options, shown: shownMetric(options) };
  const { shown } = curves;
  const across = width >= SIDE_BY_SIDE ? runs.length : 1;
  const down = Math.ceil(runs.length / across);
  const panel = { width: width / Math.max(1, across), height };
  const ranges = dataRanges(runs, curves);
  const panels = runs.map((run, index) =>
    group('run', onePanel(run, seriesColour(theme, index), panel, ranges, curves), {
      x: (index % across) * panel.width,
      y: Math.floor(index / across) * height,
    }),
  );
  return {
    width,
    height: height * down,
    background: theme.paper,
    title: `${shown.label} of every head while the sample was trained`,
    description: runs.map((run) => sentence(run, curves)).join(' '),
    children: panels,
  };
}

/** The record holds r: what doesn't follow from it is shown as s. */
function shownMetric({ metric, dModel }: TrainingOptions) {
  const { label, fromS } = metric.fromS === null ? metricFor('s') : metric;
  return { label, of: (s: number) => fromS?.(s, dModel) ?? s };
}

interface Curves extends TrainingOptions {
  readonly shown: ReturnType<typeof shownMetric>;
}

/** Both panels share their axes: that is the comparison. */
function dataRanges(runs: readonly TrainingRun[], { shown, dModel }: Curves) {
  const band = nullBand(dModel);
  const values = runs.flatMap((run) => run.steps.flatMap((step) => scores(step, shown)));
  const [low = 0, high = 1] = extent([...values, shown.of(band.low), shown.of(band.high)]);
  const [from = 0, to = 1] = extent(runs.flatMap((run) => run.steps.map((step) => step.step)));
  const pad = (high - low) * 0.04;
  return { x: [from, to] as const, y: [low - pad, high + pad] as const };
}

function onePanel(
  run: TrainingRun,
  colour: string,
  panel: { width: number; height: number },
  ranges: { x: readonly [number, number]; y: readonly [number, number] },
  { shown, theme, dModel }: Curves,
): SceneNode[] {
  const box: PlotBox = {
    left: MARGIN.left,
    top: MARGIN.top,
    width: panel.width - MARGIN.left - MARGIN.right,
    height: panel.height - MARGIN.top - MARGIN.bottom,
  };
  const { x, y } = boxScales(box, ranges.x, ranges.y);
  const band = nullBand(dModel);
  const [top, bottom] = [y(shown.of(band.high)), y(shown.of(band.low))];
  const heads = run.steps[0] ? scores(run.steps[0], shown).length : 0;
  const heading = {
    type: 'text',
    x: box.left,
    y: 14,
    text: run.name,
    size: MIDDLE,
    fill: theme.ink,
    bold: true,
  } as const;
  const lines = Array.from({ length: heads }, (_, head): SceneNode => {
    const points = run.steps.map((step) => [x(step.step), y(scores(step, shown)[head] ?? 0)] as const);
    return { type: 'polyline', points, stroke: colour, width: 1, opacity: 0.4 };
  });
  const middle = run.steps.map((step) => [x(step.step), y(median(scores(step, shown)) ?? 0)] as const);
  return [
    heading,
    {
      type: 'rect',
      x: box.left,
      y: top,
      width: box.width,
      height: Math.max(1, bottom - top),
      fill: theme.band,
    },
    ...yAxis(box, y, shown.label, theme),
    ...lines,
    { type: 'polyline', points: middle, stroke: theme.paper, width: 5 },
    { type: 'polyline', points: middle, stroke: colour, width: 2.5 },
    ...xAxis(box, x, 'training step', theme),
    {
      type: 'text',
      x: box.left + box.width,
      y: 14,
      text: 'median bold, band: random',
      size: SMALL,
      fill: theme.muted,
      anchor: 'end',
    },
  ];
}

function scores(step: TrainingRun['steps'][number], shown: Curves['shown']): number[] {
  return step.r.flat().map((r) => shown.of(2 * r - 1));
}

function sentence(run: TrainingRun, { shown }: Curves): string {
  const [first, last] = [run.steps[0], run.steps.at(-1)];
  if (first === undefined || last === undefined) return `${run.name}: no steps.`;
  const at = (step: typeof first) => formatScore(median(scores(step, shown)) ?? null, 3);
  return `${run.name}: median ${shown.label} ${at(first)} at step ${first.step}, ${at(last)} at step ${last.step}.`;
}
