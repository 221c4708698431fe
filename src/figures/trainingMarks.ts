import type { PlotBox, Scale } from './axis.ts';
import type { FigureTheme } from './palette.ts';
import { type SceneNode, SMALL } from './scene.ts';

/** A remark on a point of a curve. */
export interface StepMark {
  /** Follows the point's name: "holds main’s files". */
  readonly text: string;
  /** Curves and summaries leave the point out. */
  readonly isLeftOut: boolean;
}

interface MarkedStep {
  readonly mark?: StepMark | null;
}

/** A curve in pieces: drawn through where its points follow each other, broken where points between them are left out. */
export interface CurvePieces {
  readonly solid: readonly (readonly (readonly [x: number, y: number])[])[];
  readonly broken: readonly (readonly (readonly [x: number, y: number])[])[];
}

/** Undefined values leave a gap; points that are left out are bridged by a broken line. */
export function curvePieces(
  values: readonly (number | null)[],
  steps: readonly MarkedStep[],
  xOf: (index: number) => number,
  y: Scale,
): CurvePieces {
  const solid: (readonly [number, number])[][] = [[]];
  const broken: (readonly [number, number])[][] = [];
  let last: readonly [number, number] | null = null;
  let isBridge = false;
  values.forEach((value, index) => {
    if (steps[index]?.mark?.isLeftOut) {
      isBridge = true;
      return;
    }
    const here = value === null ? null : ([xOf(index), y(value)] as const);
    if (here === null || isBridge) solid.push([]);
    if (here !== null && last !== null && isBridge) broken.push([last, here]);
    if (here !== null) solid.at(-1)!.push(here);
    last = here;
    isBridge = false;
  });
  return { solid: solid.filter((piece) => piece.length > 0), broken };
}

/** A band of hatching is at most so wide on each side of its point, px. */
const HALF_BAND = 9;

/** Hatching behind the points that are marked: up to half-way to their neighbours. */
export function markBands(
  steps: readonly MarkedStep[],
  xOf: (index: number) => number,
  box: PlotBox,
  theme: FigureTheme,
): SceneNode[] {
  const reach = (index: number, other: number) =>
    other < 0 || other >= steps.length
      ? HALF_BAND
      : Math.min(HALF_BAND, Math.abs(xOf(other) - xOf(index)) / 2);
  return steps.flatMap(({ mark }, index): SceneNode[] => {
    if (!mark) return [];
    const x = xOf(index);
    const [from, to] = [
      Math.max(box.left, x - reach(index, index - 1)),
      Math.min(box.left + box.width, x + reach(index, index + 1)),
    ];
    return [
      {
        type: 'rect',
        x: from,
        y: box.top,
        width: Math.max(1, to - from),
        height: box.height,
        hatch: theme.hatch,
      },
    ];
  });
}

/** Hollow circles where the medians of marked points lie. */
export function hollowMarks(
  steps: readonly MarkedStep[],
  middle: readonly (number | null)[],
  xOf: (index: number) => number,
  y: Scale,
  { colour, theme }: { readonly colour: string; readonly theme: FigureTheme },
): SceneNode[] {
  return middle.flatMap((value, index): SceneNode[] =>
    value === null || !steps[index]?.mark
      ? []
      : [{ type: 'circle', x: xOf(index), y: y(value), radius: 3.5, fill: theme.paper, stroke: colour }],
  );
}

/** Explains the hatching, right-aligned over the box; empty where no point is marked. */
export function markLegend(steps: readonly MarkedStep[], box: PlotBox, theme: FigureTheme): SceneNode[] {
  if (!steps.some(({ mark }) => mark)) return [];
  const text = steps.some(({ mark }) => mark?.isLeftOut) ? 'copy or jump, left out' : 'copy, repeat or jump';
  const right = box.left + box.width;
  const y = box.top - 10;
  return [
    { type: 'text', x: right - 18, y, text, size: SMALL, fill: theme.muted, anchor: 'end' },
    { type: 'rect', x: right - 12, y: y - 10, width: 12, height: 12, hatch: theme.hatch },
  ];
}

/** Names the marked points, for who can't see them. */
export function markSentence(steps: readonly (MarkedStep & { readonly label: string })[]): string {
  const marked = steps.flatMap(({ label, mark }) => (mark ? [`${label} ${mark.text}`] : []));
  return marked.length === 0 ? '' : ` Marked: ${marked.join('; ')}.`;
}
