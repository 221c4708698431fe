// Which share of each pixel a shape covers: exact areas, by the signed areas of its edges.

/** A closed shape as straight edges: x, y, x, y, …; the last point joins the first. In device pixels. */
export type Contour = readonly number[];

/** The pixels that a shape may cover, and what share of each it does. */
export interface Coverage {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** 0 … 1, row by row. */
  readonly shares: Float32Array;
}

/**
 * Computes what contours cover within a width × height picture. Contours that run the other way round cut holes. Each
 * edge adds to its pixels the signed area to its right, and to the next pixel what is left of its height: running sums
 * along a row are then the coverage (Raph Levien, "font-rs").
 * @returns null where nothing of the shape lies within the picture
 */
export function coverageOf(contours: readonly Contour[], width: number, height: number): Coverage | null {
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const points of contours)
    for (let at = 0; at < points.length; at += 2) {
      minX = Math.min(minX, points[at]!);
      maxX = Math.max(maxX, points[at]!);
      minY = Math.min(minY, points[at + 1]!);
      maxY = Math.max(maxY, points[at + 1]!);
    }
  const [left, top] = [Math.max(0, Math.floor(minX)), Math.max(0, Math.floor(minY))];
  const [right, bottom] = [Math.min(width, Math.ceil(maxX)), Math.min(height, Math.ceil(maxY))];
  if (!(right > left && bottom > top)) return null;
  const box = { left, top, width: right - left, height: bottom - top };
  // Two more: an edge at the right end writes beyond it.
  const stride = box.width + 2;
  const areas = new Float32Array(stride * box.height);
  for (const points of contours) {
    const last = points.length - 2;
    for (let at = 0; at <= last; at += 2) {
      const next = at === last ? 0 : at + 2;
      addEdge(areas, stride, box, [points[at]!, points[at + 1]!, points[next]!, points[next + 1]!]);
    }
  }
  const shares = new Float32Array(box.width * box.height);
  for (let row = 0; row < box.height; row++) {
    let sum = 0;
    for (let column = 0; column < box.width; column++) {
      sum += areas[row * stride + column]!;
      shares[row * box.width + column] = Math.min(1, Math.abs(sum));
    }
  }
  return { ...box, shares };
}

type Edge = readonly [x0: number, y0: number, x1: number, y1: number];

function addEdge(
  areas: Float32Array,
  stride: number,
  { left, top, width, height }: Omit<Coverage, 'shares'>,
  [x0, y0, x1, y1]: Edge,
): void {
  if (y0 === y1) return;
  const direction = y0 < y1 ? 1 : -1;
  const [upperX, upperY, lowerX, lowerY] = direction > 0 ? [x0, y0, x1, y1] : [x1, y1, x0, y0];
  // The share of the height comes first: a slope would overflow where an edge is all but level.
  const xAt = (y: number) => upperX + (lowerX - upperX) * ((y - upperY) / (lowerY - upperY));
  const from = Math.max(0, Math.floor(upperY - top));
  const to = Math.min(height, Math.ceil(lowerY - top));
  for (let row = from; row < to; row++) {
    const begin = Math.max(upperY, top + row);
    const end = Math.min(lowerY, top + row + 1);
    const share = direction * (end - begin);
    if (share === 0) continue;
    const clamp = (x: number) => Math.min(width, Math.max(0, x - left));
    const ends = [clamp(xAt(begin)), clamp(xAt(end))];
    const [low, high] = ends[0]! < ends[1]! ? [ends[0]!, ends[1]!] : [ends[1]!, ends[0]!];
    addSpan(areas, row * stride, low, high, share);
  }
}

/** Adds one row's piece of an edge that goes from x = low to x = high and covers `share` of the row's height. */
function addSpan(areas: Float32Array, row: number, low: number, high: number, share: number): void {
  const first = Math.floor(low);
  const end = Math.max(first + 1, Math.ceil(high));
  /** What was crossed further left covers this pixel whole; the coverage of the pixel before. */
  let [crossedBefore, last] = [0, 0];
  for (let pixel = first; pixel < end; pixel++) {
    const [a, b] = [Math.max(low, pixel), Math.min(high, pixel + 1)];
    const crossed = high === low ? share : share * ((b - a) / (high - low));
    const covered = crossedBefore + crossed * (pixel + 1 - (a + b) / 2);
    areas[row + pixel]! += covered - last;
    last = covered;
    crossedBefore += crossed;
  }
  areas[row + end]! += share - last;
}
