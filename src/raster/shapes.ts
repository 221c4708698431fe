// Lines, circles and letters as contours that can be filled.
import type { Contour } from './coverage.ts';

export type Point = readonly [x: number, y: number];

/** Straight pieces that a curve of this size is drawn as: none is off by a tenth of a pixel. */
const piecesOf = (size: number) => Math.max(3, Math.ceil(2 * Math.sqrt(Math.max(0, size))));

export function circleContour(x: number, y: number, radius: number): Contour {
  const count = 8 * piecesOf(radius);
  return Array.from({ length: count }, (_, step) => (2 * Math.PI * step) / count).flatMap((angle) => [
    x + radius * Math.cos(angle),
    y + radius * Math.sin(angle),
  ]);
}

/**
 * The strokes of a line through points: a quadrangle a piece, and a disc at each joint. Each is a shape by itself, so
 * that where two overlap nothing is cut out.
 */
export function strokeContours(
  points: readonly Point[],
  width: number,
  dash: readonly number[] = [],
): Contour[] {
  const pieces = dash.length === 0 ? segmentsOf(points) : dashed(points, dash);
  const half = width / 2;
  const quadrangles = pieces.flatMap(([[x0, y0], [x1, y1]]) => {
    const length = Math.hypot(x1 - x0, y1 - y0);
    if (length === 0) return [];
    const [nx, ny] = [(-(y1 - y0) / length) * half, ((x1 - x0) / length) * half];
    return [[x0 + nx, y0 + ny, x1 + nx, y1 + ny, x1 - nx, y1 - ny, x0 - nx, y0 - ny]];
  });
  const joints = dash.length > 0 || width < 1.5 ? [] : points.slice(1, -1);
  return [...quadrangles, ...joints.map(([x, y]) => circleContour(x, y, half))];
}

function segmentsOf(points: readonly Point[]): (readonly [Point, Point])[] {
  return points.slice(1).map((point, index) => [points[index]!, point]);
}

function dashed(points: readonly Point[], dash: readonly number[]): (readonly [Point, Point])[] {
  const drawn: (readonly [Point, Point])[] = [];
  let [step, left] = [0, dash[0]!];
  for (const [[x0, y0], [x1, y1]] of segmentsOf(points)) {
    const length = Math.hypot(x1 - x0, y1 - y0);
    const at = (way: number): Point => [x0 + ((x1 - x0) * way) / length, y0 + ((y1 - y0) * way) / length];
    for (let way = 0; way < length; ) {
      const end = Math.min(length, way + left);
      if (step % 2 === 0) drawn.push([at(way), at(end)]);
      left -= end - way;
      if (left <= 0) {
        step++;
        left = dash[step % dash.length]!;
      }
      way = end;
    }
  }
  return drawn;
}

/** Fits glyphs.json: "m202 10q-79 0-119-42l…", relative moves, lines and quadratic curves, in thousandths of an em. */
const COMMAND = /([mql])([^mql]*)/g;
const NUMBER = /-?\d*\.?\d+/g;

/** A letter's outline at a place: `scale` px a thousandth of an em. */
export function letterContours(path: string, x: number, y: number, scale: number): Contour[] {
  const contours: number[][] = [];
  let [penX, penY] = [0, 0];
  const add = () => contours.at(-1)?.push(x + penX * scale, y + penY * scale);
  for (const [, command, text = ''] of path.matchAll(COMMAND)) {
    const numbers = (text.match(NUMBER) ?? []).map(Number);
    const size = command === 'q' ? 4 : 2;
    for (let at = 0; at + size <= numbers.length; at += size) {
      const [dx, dy] = [numbers[at + size - 2]!, numbers[at + size - 1]!];
      if (command === 'q') {
        const [cx, cy] = [numbers[at]!, numbers[at + 1]!];
        const [startX, startY] = [penX, penY];
        const count = piecesOf(Math.hypot(dx, dy) * scale);
        for (let step = 1; step <= count; step++) {
          const t = step / count;
          penX = startX + 2 * t * (1 - t) * cx + t * t * dx;
          penY = startY + 2 * t * (1 - t) * cy + t * t * dy;
          add();
        }
        continue;
      }
      penX += dx;
      penY += dy;
      // Each move begins a contour; what follows it without a letter are lines.
      if (command === 'm' && at === 0) contours.push([]);
      add();
    }
  }
  return contours;
}
