import type { PlotBox, Scale } from './axis.ts';
import type { FigureTheme } from './palette.ts';
import { estimateWidth, type SceneNode, SMALL } from './scene.ts';

/** A place on the axis, and what stands under it. */
export interface AxisTick {
  readonly at: number;
  readonly text: string;
}

interface TickedAxisOptions {
  /** The ticks in their order along the axis. */
  readonly ticks: readonly AxisTick[];
  /** The axis' name. */
  readonly name: string;
  /** Room beyond the right end of the box, px. */
  readonly right: number;
}

/** Smallest distance between two names, px. */
const APART = 12;

/** Ticks of our own under a box: as many as fit, the first and the last among them; no name is cut at the figure's edge. */
export function tickedAxis(
  box: PlotBox,
  x: Scale,
  { ticks, name, right }: TickedAxisOptions,
  theme: FigureTheme,
): SceneNode[] {
  const bottom = box.top + box.height;
  const end = box.left + box.width;
  const label = { type: 'text', size: SMALL, fill: theme.muted } as const;
  const placed = ticks.map(({ at, text }) => {
    const [centre, half] = [x(at), estimateWidth(text, SMALL, { mono: true }) / 2];
    const middle = Math.max(half, Math.min(centre, end + right - half));
    return { centre, middle, text, from: middle - half, to: middle + half };
  });
  const last = placed.at(-1);
  let free = Number.NEGATIVE_INFINITY;
  const shown = placed.filter((tick) => {
    const fits = tick.from >= free && (tick === last || tick === placed[0] || tick.to + APART <= last!.from);
    if (fits) free = tick.to + APART;
    return fits;
  });
  return [
    { type: 'line', x1: box.left, x2: end, y1: bottom, y2: bottom, stroke: theme.hairline },
    ...shown.flatMap(({ centre, middle, text }): SceneNode[] => [
      { type: 'line', x1: centre, x2: centre, y1: bottom, y2: bottom + 4, stroke: theme.hairline },
      { ...label, x: middle, y: bottom + 18, text, anchor: 'middle', mono: true },
    ]),
    { ...label, x: end, y: bottom + 36, text: `${name} →`, anchor: 'end' },
  ];
}
