import { interpolateRgbBasis, rgb } from 'd3';
import { clampedIn, type DomainEnds } from './colourDomain.ts';

/** Colours of values. RdBu is what the field uses, blue positive; all three are safe for the colour-blind. */
export const PALETTES = ['RdBu', 'PuOr', 'cividis'] as const;
export type PaletteName = (typeof PALETTES)[number];

type Ramp = (t: number) => string;

// The colours are d3-scale-chromatic's; the package itself would bring all its other palettes along.
const LIGHT: Record<PaletteName, Ramp> = {
  RdBu: interpolateRgbBasis(colours('67001fb2182bd6604df4a582fddbc7f7f7f7d1e5f092c5de4393c32166ac053061')),
  // It is turned round, so that purple, the colder end, is positive as blue is.
  PuOr: interpolateRgbBasis(colours('7f3b08b35806e08214fdb863fee0b6f7f7f7d8daebb2abd28073ac5427882d004b')),
  cividis,
};

/** Diverging colours on dark paper: their middle is one step from the paper, so that values near it recede, and the ends stand out. */
const DARK: Record<PaletteName, Ramp> = {
  RdBu: interpolateRgbBasis(colours('ffb59eee7a62bd46426b2d312c2d3124476d2f6ea94f9fdaa6d4f5')),
  PuOr: interpolateRgbBasis(colours('ffc46be0913aa6651b62401b2c2d314d427d6358a88f80cfc8bdf2')),
  cividis: interpolateRgbBasis(colours('9cc0ff6b92d84a69a635476a2c2d3157501f86781fbcab2ef2e04b')),
};

function colours(hex: string): string[] {
  return (hex.match(/.{6}/g) ?? []).map((colour) => `#${colour}`);
}

/** Jamie Nuñez, Christopher Anderton and Ryan Renslow's palette, by the polynomials of Marc Harter. */
function cividis(t: number): string {
  const red = -4.54 - t * (35.34 - t * (2381.73 - t * (6402.7 - t * (7024.72 - t * 2710.57))));
  const green = 32.49 + t * (170.73 + t * (52.82 - t * (131.46 - t * (176.58 - t * 67.37))));
  const blue = 81.24 + t * (442.36 - t * (2482.43 - t * (6167.24 - t * (6614.94 - t * 2475.67))));
  const [r, g, b] = [red, green, blue].map((value) => Math.max(0, Math.min(255, Math.round(value))));
  return `rgb(${r}, ${g}, ${b})`;
}

/** Colours of a ramp; odd, so that one of them is the exact middle. */
const STEPS = 1025;
const ramps = new Map<Ramp, readonly string[]>();

/** The palette as colours in even steps, made once: interpolating for each of 16,000 cells would take half a frame. */
function stepsOf(colourAt: Ramp): readonly string[] {
  let ramp = ramps.get(colourAt);
  if (ramp === undefined) {
    ramp = Array.from({ length: STEPS }, (_, step) => rgb(colourAt(step / (STEPS - 1))).formatHex());
    ramps.set(colourAt, ramp);
  }
  return ramp;
}

/** The palette in fact used on such a scale: diverging colours would make a small quantity look negative. */
export function paletteFor(kind: DomainEnds['kind'], palette: PaletteName): PaletteName {
  return kind === 'sequential' ? 'cividis' : palette;
}

/**
 * Colour of a value on a domain, or on [−limit, limit], "#rrggbb". What lies outside takes the end's colour. Only a
 * diverging scale depends on the theme.
 */
export function valueColour(
  value: number,
  domain: DomainEnds | number,
  palette: PaletteName = 'RdBu',
  theme: ThemeName = 'light',
): string {
  const ends =
    typeof domain === 'number'
      ? ({ kind: 'diverging', low: -domain, high: domain, isLog: false } as const)
      : domain;
  const step = Math.round(clampedIn(ends, value) * (STEPS - 1));
  const ramp = ends.kind === 'sequential' ? cividis : (theme === 'dark' ? DARK : LIGHT)[palette];
  return stepsOf(ramp)[step] ?? '#000000';
}

/** Black or white, whichever reads better on this colour. */
export function inkOn(colour: string): Ink {
  let ink = inks.get(colour);
  if (ink === undefined) {
    ink = readableInk(colour);
    inks.set(colour, ink);
  }
  return ink;
}

type Ink = '#000000' | '#ffffff';
/** Caches the ink of each colour of the ramps. */
const inks = new Map<string, Ink>();

function readableInk(colour: string): Ink {
  // With relative luminance Y, contrast to black is (Y + .05) / .05 and to white 1.05 / (Y + .05): equal at Y = 0.179.
  return luminance(colour) > 0.179 ? '#000000' : '#ffffff';
}

/** WCAG contrast ratio of two colours, 1 … 21. */
export function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** WCAG relative luminance, 0 … 1. */
function luminance(colour: string): number {
  const { r, g, b } = rgb(colour);
  const [red, green, blue] = [r, g, b].map((byte) => {
    const x = byte / 255;
    return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Everything in a figure that isn't a value. tokens.css has the same colours for the page round it. */
export interface FigureTheme {
  readonly name: ThemeName;
  readonly paper: string;
  readonly ink: string;
  readonly muted: string;
  readonly hairline: string;
  /** The dot of a cell that hasn't arrived. */
  readonly empty: string;
  readonly hatch: string;
  /** The null band behind a histogram. */
  readonly band: string;
  /** One or two models: from PuOr, so neither looks like a value of RdBu nor like the accent. */
  readonly series: readonly [string, string];
}

export type ThemeName = 'light' | 'dark';

export const FIGURE_THEMES: Readonly<Record<ThemeName, FigureTheme>> = {
  light: {
    name: 'light',
    paper: '#ffffff',
    ink: '#1b1e23',
    muted: '#5a616b',
    hairline: '#d5d8de',
    empty: '#c3c8d0',
    hatch: '#9aa1ab',
    band: '#d3d8df',
    series: ['#bf6300', '#5e4fa2'],
  },
  dark: {
    name: 'dark',
    paper: '#15171b',
    ink: '#e6e8eb',
    muted: '#a0a7b1',
    hairline: '#363b43',
    empty: '#4a515b',
    hatch: '#6d7580',
    band: '#414853',
    series: ['#f0a04b', '#a99be0'],
  },
};
