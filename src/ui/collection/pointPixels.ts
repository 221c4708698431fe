// Draws many points into pixels: a canvas's own circles would take the time of several frames.

export interface Pixels {
  readonly data: Uint32Array;
  readonly width: number;
  readonly height: number;
}

/** Draws antialiased discs, each over those before it. Sizes and places are in pixels; points outside are left out. */
export function drawDiscs(
  { data, width, height }: Pixels,
  points: Iterable<readonly [x: number, y: number, colour: number]>,
  radius: number,
): void {
  const reach = Math.ceil(radius + 1);
  for (const [x, y, colour] of points) {
    if (!(x > -reach && x < width + reach && y > -reach && y < height + reach)) continue;
    const [left, right] = [Math.max(0, Math.floor(x - reach)), Math.min(width - 1, Math.ceil(x + reach))];
    const [top, bottom] = [Math.max(0, Math.floor(y - reach)), Math.min(height - 1, Math.ceil(y + reach))];
    for (let row = top; row <= bottom; row++)
      for (let column = left; column <= right; column++) {
        const covered = radius + 0.5 - Math.hypot(column + 0.5 - x, row + 0.5 - y);
        if (covered <= 0) continue;
        const at = row * width + column;
        data[at] = covered >= 1 ? colour : mixed(data[at]!, colour, covered);
      }
  }
}

/** A colour between two, `share` of the second, all of them opaque. */
export function mixed(under: number, over: number, share: number): number {
  let colour = 255 << 24;
  for (const shift of [0, 8, 16]) {
    const [a, b] = [(under >>> shift) & 255, (over >>> shift) & 255];
    colour |= Math.round(a + (b - a) * share) << shift;
  }
  return colour >>> 0;
}
