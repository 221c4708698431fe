// A picture in memory, and what paints on it.
import { bytesOf } from '../figures/indexedImage.ts';
import { type Contour, coverageOf } from './coverage.ts';

/** Three bytes a pixel, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
}

/** What isn't painted outside: pixels [left, right) × [top, bottom). */
export interface Clip {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Paint {
  readonly colour: string;
  /** 0 … 1 */
  readonly opacity?: number | undefined;
  readonly clip: Clip;
}

export function createPicture(width: number, height: number): Picture {
  return { width, height, bytes: new Uint8Array(3 * width * height) };
}

/** Fills a shape, its edges smoothed. */
export function fillShape(
  picture: Picture,
  contours: readonly Contour[],
  { colour, opacity = 1, clip }: Paint,
): void {
  const covered = coverageOf(contours, picture.width, picture.height);
  if (covered === null) return;
  const { left, top, width, height, shares } = covered;
  const [red, green, blue] = bytesOf(colour);
  for (let y = Math.max(top, clip.top); y < Math.min(top + height, clip.bottom); y++)
    for (let x = Math.max(left, clip.left); x < Math.min(left + width, clip.right); x++) {
      const share = opacity * shares[(y - top) * width + x - left]!;
      if (share <= 0) continue;
      const at = 3 * (y * picture.width + x);
      const { bytes } = picture;
      bytes[at] = mix(bytes[at]!, red, share);
      bytes[at + 1] = mix(bytes[at + 1]!, green, share);
      bytes[at + 2] = mix(bytes[at + 2]!, blue, share);
    }
}

function mix(under: number, over: number, share: number): number {
  return Math.round(under + (over - under) * share);
}

export type Rgb = readonly [red: number, green: number, blue: number];

/** Sets the pixels of a box, each to its own colour. */
export function fillPixels(picture: Picture, box: Clip, colourAt: (x: number, y: number) => Rgb): void {
  for (let y = Math.max(0, box.top); y < Math.min(picture.height, box.bottom); y++)
    for (let x = Math.max(0, box.left); x < Math.min(picture.width, box.right); x++)
      picture.bytes.set(colourAt(x, y), 3 * (y * picture.width + x));
}

/** The colour at a place 0 … 1 between colours at even steps. */
export function between(colours: readonly string[], share: number): Rgb {
  const place = Math.min(1, Math.max(0, share)) * (colours.length - 1);
  const step = Math.min(colours.length - 2, Math.floor(place));
  const [low, high] = [bytesOf(colours[step]!), bytesOf(colours[step + 1]!)];
  const part = (index: 0 | 1 | 2) => mix(low[index], high[index], place - step);
  return [part(0), part(1), part(2)];
}

export function intersection(a: Clip, b: Clip): Clip {
  return {
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  };
}
