import type { HeadRef } from './heatmapView.ts';
import type { Scene } from './scene.ts';

/** What a part of a figure stands for: a bar, a dot. Hovering it shows its heads in the maps, and it is read out. */
export interface FigureMark {
  /** The box it answers to, px of the scene. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Which line of marks it is in: up and down keys go from line to line. */
  readonly line: number;
  /** "s 0.10 to 0.12: 14 heads" */
  readonly label: string;
  /** Its heads, for each of the views the figure was made of. */
  readonly heads: readonly (readonly HeadRef[])[];
}

/** A scene with the parts of it that answer to pointer and keys, in the order in which keys go through them. */
export interface MarkedScene {
  readonly scene: Scene;
  readonly marks: readonly FigureMark[];
}

/** A box of at least this side answers to a pointer. */
const LEAST_SIDE = 12;

/** The mark under a point: of those that hold it, the one whose middle is nearest. */
export function markAt(marks: readonly FigureMark[], x: number, y: number): number | null {
  let best: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  marks.forEach((mark, index) => {
    const [dx, dy] = [mark.x + mark.width / 2 - x, mark.y + mark.height / 2 - y];
    if (Math.abs(dx) > Math.max(LEAST_SIDE, mark.width) / 2) return;
    if (Math.abs(dy) > Math.max(LEAST_SIDE, mark.height) / 2) return;
    const distance = Math.hypot(dx, dy);
    if (distance < least) [best, least] = [index, distance];
  });
  return best;
}

/** Where a key leads from a mark: to the next one, the ends, or the nearest one of the next line; null for other keys. */
export function markByKey(marks: readonly FigureMark[], from: number | null, key: string): number | null {
  const last = marks.length - 1;
  if (last < 0 || !KEYS.has(key)) return null;
  if (key === 'Home' || from === null) return 0;
  if (key === 'End') return last;
  if (key === 'ArrowRight') return Math.min(last, from + 1);
  if (key === 'ArrowLeft') return Math.max(0, from - 1);
  return acrossLines(marks, from, key === 'ArrowDown' ? 1 : -1);
}

const KEYS: ReadonlySet<string> = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End']);

function acrossLines(marks: readonly FigureMark[], from: number, step: 1 | -1): number {
  const start = marks[from];
  if (start === undefined) return from;
  const lines = [...new Set(marks.map(({ line }) => line))].sort((a, b) => a - b);
  const line = lines[lines.indexOf(start.line) + step];
  const middle = (mark: FigureMark) => mark.x + mark.width / 2;
  let best = from;
  let least = Number.POSITIVE_INFINITY;
  marks.forEach((mark, index) => {
    const distance = Math.abs(middle(mark) - middle(start));
    if (mark.line === line && distance < least) [best, least] = [index, distance];
  });
  return best;
}
