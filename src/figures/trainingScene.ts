import { extent, median } from 'd3';
import { boxScales, type PlotBox, type Scale, xAxis, yAxis } from './axis.ts';
import { seriesColour } from './distributionScene.ts';
import { formatTick, headName } from './format.ts';
import type { HeadRef } from './heatmapView.ts';
import type { Metric } from './metric.ts';
import type { NullBand } from './nullBand.ts';
import type { FigureTheme } from './palette.ts';
import { estimateWidth, group, MIDDLE, type Scene, type SceneNode, SMALL } from './scene.ts';
import { type AxisTick, tickedAxis } from './tickedAxis.ts';
import {
  type CurvePieces,
  curvePieces,
  hollowMarks,
  markBands,
  markLegend,
  markSentence,
  type StepMark,
} from './trainingMarks.ts';

/** One model's checkpoints, in their order. */
export interface TrainingRun {
  readonly name: string;
  /** The layers of the rows of values. */
  readonly layers: readonly number[];
  readonly steps: readonly {
    /** "step1000" */
    readonly label: string;
    /** Null where the name doesn't tell: then points stand at even distances. */
    readonly step: number | null;
    /** In the metric shown, per row and head; null where undefined. */
    readonly values: readonly (readonly (number | null)[])[];
    /** What is to be known of it: whose files it holds, that it jumps. */
    readonly mark?: StepMark | null;
  }[];
}

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
  /** The step that the map shows, by its place: marked. */
  readonly at?: number | null;
  readonly pinned?: HeadRef | null;
}

/** From this width on, the panels stand side by side. */
const SIDE_BY_SIDE = 600;
const MARGIN = { left: 48, top: 52, right: 24, bottom: 44 };
/** With few points each has a dot. */
const MARKED_UP_TO = 12;
/** Dashes of a line that passes points by, px. */
const BROKEN = [2, 4];

type Step = TrainingRun['steps'][number];

/** Whether there is anything to see of a run: with many points single ones aren't marked, so two must follow each other. */
export function hasCurves({ steps }: TrainingRun): boolean {
  const isKnown = steps.map((step) => known(step).length > 0);
  return steps.length <= MARKED_UP_TO
    ? isKnown.includes(true)
    : isKnown.some((here, index) => here && isKnown[index - 1] === true);
}

/** How each head changed in training: one panel a run, thin lines for heads, a bold one for their median. */
export function trainingScene(runs: readonly TrainingRun[], options: TrainingOptions): Scene {
  const { metric, theme, width, height = 280 } = options;
  const across = width >= SIDE_BY_SIDE ? Math.max(1, runs.length) : 1;
  const down = Math.ceil(runs.length / across);
  const panel = { width: width / across, height };
  const place = placeOf(runs, options);
  const ranges = dataRanges(runs, place, options);
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

/** Where a step lies on the x axis. */
interface Place {
  of(step: Step, index: number): number;
  /** Null: the scale's own ticks. */
  readonly ticks: readonly AxisTick[] | null;
}

function placeOf(runs: readonly TrainingRun[], { spacing }: TrainingOptions): Place {
  const steps = runs.flatMap((run) => run.steps);
  if (steps.some(({ step }) => step === null)) {
    const longest = runs.reduce(
      (best, run) => (run.steps.length > best.length ? run.steps : best),
      runs[0]!.steps,
    );
    return {
      of: (_, index) => index,
      ticks: longest.map(({ label }, index) => ({ at: index, text: label })),
    };
  }
  const at = spacing === 'linear' ? (step: number) => step : (step: number) => Math.log10(step + 1);
  const of = ({ step }: Step) => at(step!);
  const marked = [...new Set(steps.map(({ step }) => step!))].sort((a, b) => a - b);
  const ticksAt = (numbers: readonly number[]) =>
    numbers.map((step) => ({ at: at(step), text: formatTick(step) }));
  // Few points are named themselves: what lies between them wasn't looked at.
  if (marked.length <= MARKED_UP_TO) return { of, ticks: ticksAt(marked) };
  if (spacing === 'linear') return { of, ticks: null };
  const last = marked.at(-1)!;
  const powers = Array.from(
    { length: Math.floor(Math.log10(Math.max(1, last))) + 1 },
    (_, power) => 10 ** power,
  );
  return { of, ticks: ticksAt([...new Set([0, ...powers, last])]) };
}

interface Ranges {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** All panels share their axes: that is the comparison. */
function dataRanges(runs: readonly TrainingRun[], place: Place, { band }: TrainingOptions): Ranges {
  const values = runs.flatMap((run) => run.steps.flatMap(known));
  const [low = 0, high = 1] = extent([...values, ...(band ? [band.low, band.high] : [])]);
  const [from = 0, to = 1] = extent(runs.flatMap((run) => run.steps.map(place.of)));
  const pad = (high - low) * 0.04 || 0.5;
  return { x: from === to ? [from - 1, to + 1] : [from, to], y: [low - pad, high + pad] };
}

function onePanel(
  run: TrainingRun,
  colour: string,
  panel: { width: number; height: number },
  { ranges, place }: { ranges: Ranges; place: Place },
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
  const middle = run.steps.map((step) => median(known(step)) ?? null);
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
      linesOf(curvePieces(valuesOf(run, row, head), run.steps, xOf, y), {
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
  const values = valuesOf(run, run.layers.indexOf(pinned.layer), pinned.head);
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

/** A head over the steps. */
function valuesOf(run: TrainingRun, row: number, head: number): (number | null)[] {
  return run.steps.map((step) => step.values[row]?.[head] ?? null);
}

function known(step: Step): number[] {
  return step.values.flatMap((heads) => heads.flatMap((value) => (value === null ? [] : [value])));
}

function sentence(run: TrainingRun, metric: Metric): string {
  const counted = run.steps.filter(({ mark }) => !mark?.isLeftOut);
  const [first, last] = [counted[0], counted.at(-1)];
  if (first === undefined || last === undefined) return `${run.name}: no steps.${markSentence(run.steps)}`;
  const at = (step: Step) => metric.format(median(known(step)) ?? null);
  return `${run.name}: median ${metric.label} ${at(first)} at ${first.label}, ${at(last)} at ${last.label}.${markSentence(run.steps)}`;
}
