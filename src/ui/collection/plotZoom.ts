// How a plot is moved and enlarged, which never leaves its frame.

/** A place p of the whole plot stands at k · p + x, or + y, px. */
export interface PlotZoom {
  readonly k: number;
  readonly x: number;
  readonly y: number;
}

export const NO_ZOOM: PlotZoom = { k: 1, x: 0, y: 0 };

const LARGEST = 400;

type Pair = readonly [number, number];

export const zoomedX = ({ k, x }: PlotZoom, place: number) => k * place + x;
export const zoomedY = ({ k, y }: PlotZoom, place: number) => k * place + y;

/** A continuous scale of d3's. */
interface Scale<Self> {
  (value: number): number;
  invert(place: number): number;
  range(): number[];
  copy(): Self;
  domain(ends: number[]): Self;
}

/** The scale of the part that is seen: the same range, other ends. */
export function seenPart<Self extends Scale<Self>>(scale: Self, k: number, shift: number): Self {
  return scale.copy().domain(scale.range().map((place) => scale.invert((place - shift) / k)));
}

/** Enlarges about a place that stays where it is. */
export function enlarged({ k, x, y }: PlotZoom, factor: number, at: Pair, size: Pair): PlotZoom {
  const next = Math.min(LARGEST, Math.max(1, k * factor));
  const grown = next / k;
  return within(next, [at[0] - (at[0] - x) * grown, at[1] - (at[1] - y) * grown], size);
}

export function moved({ k, x, y }: PlotZoom, [dx, dy]: Pair, size: Pair): PlotZoom {
  return within(k, [x + dx, y + dy], size);
}

function within(k: number, [x, y]: Pair, [width, height]: Pair): PlotZoom {
  const held = (shift: number, length: number) => Math.min(0, Math.max(length * (1 - k), shift));
  return { k, x: held(x, width), y: held(y, height) };
}
