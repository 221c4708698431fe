// A colour scale as numbers, for pixels that are written one by one.
import { rgb } from 'd3';
import { clampedIn, type DomainEnds, valueAtPosition } from '../../figures/colourDomain.ts';
import { type FigureTheme, type PaletteName, valueColour } from '../../figures/palette.ts';

const STEPS = 512;

/** Packs a colour as an ImageData's 32 bits hold it on the machines that browsers run on: red in the lowest byte. */
export function packed(colour: string): number {
  const { r, g, b } = rgb(colour);
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

/** Returns a function from a value to its packed colour; a value that isn't there has the colour of an empty cell. */
export function colourTable(
  domain: DomainEnds,
  palette: PaletteName,
  { name, empty: emptyColour }: FigureTheme,
): (value: number) => number {
  const table = Uint32Array.from({ length: STEPS + 1 }, (_, step) =>
    packed(valueColour(valueAtPosition(domain, step / STEPS), domain, palette, name)),
  );
  const empty = packed(emptyColour);
  return (value) => (Number.isNaN(value) ? empty : table[Math.round(clampedIn(domain, value) * STEPS)]!);
}
