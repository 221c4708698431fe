// Blocks of colour, in as many colours as the terminal has.
import { rgb } from 'd3';
import type { DomainEnds } from '../figures/colourDomain.ts';
import { valueColour } from '../figures/palette.ts';

export interface Painter {
  /** Bits of colour: 24, 8 or 4. */
  readonly depth: number;
  readonly domain: DomainEnds;
}

const RESET = '\u001b[0m';

/** One head: blank on its colour, `wide` characters; dots where it has no value. */
export function block(value: number | null, { depth, domain }: Painter, wide: number): string {
  if (value === null || !Number.isFinite(value)) return '·'.repeat(wide);
  const { r, g, b } = rgb(valueColour(value, domain));
  const colour =
    depth >= 24 ? `48;2;${r};${g};${b}` : depth >= 8 ? `48;5;${cube(r, g, b)}` : `4${near(r, g, b)}`;
  return `\u001b[${colour}m${' '.repeat(wide)}${RESET}`;
}

/** The nearest of xterm's 6 × 6 × 6 colours. */
function cube(r: number, g: number, b: number): number {
  const step = (value: number) =>
    value < 48 ? 0 : value < 115 ? 1 : Math.min(5, Math.floor((value - 35) / 40));
  return 16 + 36 * step(r) + 6 * step(g) + step(b);
}

/** Red, blue or white of the eight colours: negative, positive, near the centre. */
function near(r: number, g: number, b: number): number {
  if (Math.min(r, g, b) > 150) return 7;
  return r > b ? 1 : 4;
}
