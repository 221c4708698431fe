// What the figures of times share: ticks of a log axis, and the notebook's mark.
import { formatDuration } from '../core/benchmark/index.ts';
import type { FigureTheme } from './palette.ts';
import type { SceneNode } from './scene.ts';

/** "10 µs", "1 ms": a round number needs no digits after it. */
export function tickText(ms: number): string {
  return formatDuration(ms).replace(/\.0+(?= )/, '');
}

/** Returns the 1, 2 and 5 of every decade between two times, ms; the powers of ten alone where those are more than `most`. */
export function logTicks(low: number, high: number, most: number): number[] {
  const decades = Array.from(
    { length: Math.ceil(Math.log10(high)) - Math.floor(Math.log10(low)) + 1 },
    (_, index) => Math.floor(Math.log10(low)) + index,
  );
  const within = (steps: readonly number[]) =>
    // Powers are read from text: 5 · 10⁻² by multiplication isn't 0.05.
    decades
      .flatMap((decade) => steps.map((step) => Number(`${step}e${decade}`)))
      .filter((tick) => tick >= low && tick <= high);
  const fine = within([1, 2, 5]);
  return fine.length <= most ? fine : within([1]);
}

/** A diamond: the notebook's time, of its own machine. */
export function diamond(x: number, y: number, theme: FigureTheme, fill = theme.paper): SceneNode {
  const r = 5.5;
  const points = [
    [x, y - r],
    [x + r, y],
    [x, y + r],
    [x - r, y],
    [x, y - r],
  ] as const;
  return { type: 'polyline', points, stroke: theme.ink, fill, width: 1.5 };
}
