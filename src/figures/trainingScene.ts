import { median } from 'd3';
import { boxScales, type PlotBox, type Scale, xAxis, yAxis } from './axis.ts';
import { seriesColour } from './distributionScene.ts';
import { headName } from './format.ts';
import type { HeadRef } from './heatmapView.ts';
import type { Metric } from './metric.ts';
import type { NullBand } from './nullBand.ts';
import type { FigureTheme } from './palette.ts';
import { estimateWidth, group, MIDDLE, type Scene, type SceneNode, SMALL } from './scene.ts';
import { tickedAxis } from './tickedAxis.ts';
import { type DataRanges, dataRanges, placeSteps, type StepPlacement } from './trainingAxes.ts';
import {
  type CurvePieces,
  curvePieces,
  hollowMarks,
  markBands,
  markLegend,
  markSentence,
} from './trainingMarks.ts';
import {
  definedValues,
  headSeries,
  MARKED_UP_TO,
  type TrainingRun,
  type TrainingStep,
} from './trainingRun.ts';

export interface TrainingOptions {
  /** What the values are. */
  readonly metric: Metric;
  /** Where random orientations lie, in the metric; left out where that isn't known. */
  readonly band?: NullBand | null;
  /** "training step" */
  readonly axis: string;
  /** log: by the logarithm of step + 1, as checkpoints are often saved. */
  readonly spacing: 'linear' | 'log';
  readonly theme: FigureTheme;
  readonly width: number;
  readonly height?: number;
  readonly title: string;
  /** Index of the step that the map shows, which is marked. */
  readonly at?: number | null;
  readonly pinned?: HeadRef | null;
}

/** From this width on, the panels stand side by side. */
const SIDE_BY_SIDE = 600;
const MARGIN = { left: 48, top: 52, right: 24, bottom: 44 };
/** Dashes of a line that passes points by, px. */
const BROKEN = [2, 4];

/** How each head changed in training: one panel a run, thin lines for heads, a bold one for their median. */
export function trainingScene(runs: readonly TrainingRun[], options: TrainingOptions): Scene {
  const { metric, theme, width, height = 280 } = options;
  const across = width >= SIDE_BY_SIDE ? Math.max(1, runs.length) : 1;
  const down = Math.ceil(runs.length / across);
  const panel = { width: width / across, height };
  const place = placeSteps(runs, options.spacing);
  const ranges = dataRanges(runs, place, options.band);
  const panels = runs.map((run, index) =>
    group('run', onePanel(run, seriesColour(theme, index), panel, { ranges, place }, options), {
      x: (index % across) * panel.width,
      y: Math.floor(index / across) * height,
    }),
  );
  return {
    width,
    height: height * Math.max(1, down),
    background: theme.paper,
    title: options.title,
    description: runs.map((run) => sentence(run, metric)).join(' '),
    children: panels,
  };
}

function onePanel(
  run: TrainingRun,
  colour: string,
  panel: { width: number; height: number },
  { ranges, place }: { ranges: DataRanges; place: StepPlacement },
  options: TrainingOptions,
): SceneNode[] {
  const { theme, band, at = null } = options;
  const box: PlotBox = {
    left: MARGIN.left,
    top: MARGIN.top,
    width: panel.width - MARGIN.left - MARGIN.right,
    height: panel.height - MARGIN.top - MARGIN.bottom,
  };
  const { x, y } = boxScales(box, ranges.x, ranges.y);
  const xOf = (index: number) => x(place.of(run.steps[index]!, index));
  const heading = {
    type: 'text',
    x: box.left,
    y: 14,
    text: run.name,
    size: MIDDLE,
    fill: theme.ink,
  } as const;
  const note = { type: 'text', x: box.left + box.width, y: 14, size: SMALL, fill: theme.muted } as const;
  const middle = run.steps.map((step) => median(definedValues(step)) ?? null);
  const here = at !== null && at < run.steps.length ? xOf(at) : null;
  return [
    { ...heading, bold: true },
    ...bandNodes(box, y, band, theme),
    ...yAxis(box, y, options.metric.label, theme),
    ...markBands(run.steps, xOf, box, theme),
    ...headLines(run, xOf, y, colour),
    ...medianLines(curvePieces(middle, run.steps, xOf, y), colour, theme),
    ...marks(run, middle, xOf, y, colour),
    ...hollowMarks(run.steps, middle, xOf, y, { colour, theme }),
    ...pinnedLine(run, xOf, y, box, options),
    ...(here === null
      ? []
      : [
          {
            type: 'line',
            x1: here,
            x2: here,
            y1: box.top,
            y2: box.top + box.height,
            stroke: theme.ink,
          } as const,
        ]),
    ...(place.ticks === null
      ? xAxis(box, x, options.axis, theme)
      : tickedAxis(box, x, { ticks: place.ticks, name: options.axis, right: MARGIN.right }, theme)),
    ...markLegend(run.steps, box, theme),
    { ...note, text: band ? 'median bold, band: random' : 'median bold', anchor: 'end' },
  ];
}

function bandNodes(box: PlotBox, y: Scale, band: TrainingOptions['band'], theme: FigureTheme): SceneNode[] {
  if (!band) return [];
  const [top, bottom] = [y(band.high), y(band.low)];
  const height = Math.max(1, bottom - top);
  return [{ type: 'rect', x: box.left, y: top, width: box.width, height, fill: theme.band }];
}

function headLines(run: TrainingRun, xOf: (index: number) => number, y: Scale, colour: string): SceneNode[] {
  const rows = run.steps[0]?.values ?? [];
  return rows.flatMap((heads, row) =>
    heads.flatMap((_, head) =>
      linesOf(curvePieces(headSeries(run, row, head), run.steps, xOf, y), {
        stroke: colour,
        width: 1,
        opacity: 0.4,
      }),
    ),
  );
}

type LineStyle = Pick<Extract<SceneNode, { type: 'polyline' }>, 'stroke' | 'width' | 'opacity'>;

function linesOf({ solid, broken }: CurvePieces, style: LineStyle): SceneNode[] {
  return [
    ...solid.map((points): SceneNode => ({ type: 'polyline', points, ...style })),
    ...broken.map((points): SceneNode => ({ type: 'polyline', points, ...style, dash: BROKEN })),
  ];
}

/** The median, on a rim of paper that keeps it apart from the heads' lines. */
function medianLines(pieces: CurvePieces, colour: string, theme: FigureTheme): SceneNode[] {
  return [
    ...pieces.solid.map((points): SceneNode => ({ type: 'polyline', points, stroke: theme.paper, width: 5 })),
    ...linesOf(pieces, { stroke: colour, width: 2.5 }),
  ];
}

function marks(
  run: TrainingRun,
  middle: readonly (number | null)[],
  xOf: (index: number) => number,
  y: Scale,
  colour: string,
): SceneNode[] {
  if (run.steps.length > MARKED_UP_TO) return [];
  return middle.flatMap((value, index): SceneNode[] =>
    value === null || run.steps[index]?.mark
      ? []
      : [{ type: 'circle', x: xOf(index), y: y(value), radius: 3.5, fill: colour }],
  );
}

/** The pinned head's line, over the others, with its name. */
function pinnedLine(
  run: TrainingRun,
  xOf: (index: number) => number,
  y: Scale,
  box: PlotBox,
  { theme, pinned = null }: TrainingOptions,
): SceneNode[] {
  if (pinned === null) return [];
  const values = headSeries(run, run.layers.indexOf(pinned.layer), pinned.head);
  const pieces = curvePieces(values, run.steps, xOf, y);
  const [lastX, lastY] = pieces.solid.at(-1)?.at(-1) ?? [];
  if (lastX === undefined || lastY === undefined) return [];
  const text = headName(pinned.layer, pinned.head);
  const reach = estimateWidth(text, SMALL, { mono: true }) + 4;
  return [
    ...linesOf(pieces, { stroke: theme.ink, width: 1.5 }),
    {
      type: 'text',
      x: Math.max(box.left + reach, lastX - 4),
      y: lastY < box.top + 20 ? lastY + 14 : lastY - 6,
      text,
      size: SMALL,
      fill: theme.ink,
      anchor: 'end',
      mono: true,
    },
  ];
}

function sentence(run: TrainingRun, metric: Metric): string {
  const counted = run.steps.filter(({ mark }) => !mark?.isLeftOut);
  const [first, last] = [counted[0], counted.at(-1)];
  if (first === undefined || last === undefined) return `${run.name}: no steps.${markSentence(run.steps)}`;
  const at = (step: TrainingStep) => metric.format(median(definedValues(step)) ?? null);
  return `${run.name}: median ${metric.label} ${at(first)} at ${first.label}, ${at(last)} at ${last.label}.${markSentence(run.steps)}`;
}
