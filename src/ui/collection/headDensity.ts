// A million heads as a picture: how many lie on each pixel, counted piece by piece so that no piece holds up the page.
import { mixed, type Pixels } from './pointPixels.ts';

/** A linear or logarithmic axis: values to px, zoomed. */
export interface PixelAxis {
  readonly low: number;
  readonly high: number;
  readonly isLog: boolean;
  /** px of the ends. */
  readonly from: number;
  readonly to: number;
}

export interface Density {
  readonly width: number;
  readonly height: number;
  readonly counts: Uint32Array;
  /** A head on each pixel, plus one; 0 where there is none. */
  readonly heads: Uint32Array;
}

export function emptyDensity(width: number, height: number): Density {
  return { width, height, counts: new Uint32Array(width * height), heads: new Uint32Array(width * height) };
}

/** Counts the heads [from, to) that lie within the picture. */
export function countHeads(
  { width, height, counts, heads }: Density,
  [xs, ys]: readonly [ArrayLike<number>, ArrayLike<number>],
  [across, down]: readonly [PixelAxis, PixelAxis],
  [from, to]: readonly [number, number],
): void {
  const [toX, toY] = [pixelOf(across), pixelOf(down)];
  for (let head = from; head < to; head++) {
    const [x, y] = [toX(xs[head]!), toY(ys[head]!)];
    // A value that isn't there is nowhere.
    if (!(x >= 0 && x < width && y >= 0 && y < height)) continue;
    const pixel = (y | 0) * width + (x | 0);
    counts[pixel]!++;
    heads[pixel] = head + 1;
  }
}

/** px of a value. */
export function pixelOf({ low, high, isLog, from, to }: PixelAxis): (value: number) => number {
  const [start, end] = isLog ? [Math.log(low), Math.log(high)] : [low, high];
  const [scale, shift] = [(to - from) / (end - start), from];
  return isLog
    ? (value) => shift + (Math.log(value) - start) * scale
    : (value) => shift + (value - start) * scale;
}

/** Colours the pixels from paper to ink by the logarithm of how many heads lie there. */
export function paintDensity({ counts }: Density, { data }: Pixels, paper: number, ink: number): void {
  let most = 1;
  for (const count of counts) if (count > most) most = count;
  const shades = Uint32Array.from({ length: 64 }, (_, step) => mixed(paper, ink, 0.28 + (0.72 * step) / 63));
  const top = Math.log(most + 1);
  for (let pixel = 0; pixel < counts.length; pixel++) {
    const count = counts[pixel]!;
    data[pixel] = count === 0 ? paper : shades[Math.round((63 * Math.log(count + 1)) / top)]!;
  }
}

/** The head nearest to a place within some px; null where there is none. */
export function headNear(
  { width, height, heads }: Density,
  x: number,
  y: number,
  reach: number,
): number | null {
  let [best, distance] = [0, (reach + 0.5) ** 2];
  for (let row = Math.max(0, Math.floor(y - reach)); row <= Math.min(height - 1, y + reach); row++)
    for (
      let column = Math.max(0, Math.floor(x - reach));
      column <= Math.min(width - 1, x + reach);
      column++
    ) {
      const head = heads[row * width + column]!;
      const away = (column + 0.5 - x) ** 2 + (row + 0.5 - y) ** 2;
      if (head !== 0 && away < distance) [best, distance] = [head, away];
    }
  return best === 0 ? null : best - 1;
}
