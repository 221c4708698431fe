import type { Complex } from '../core/inspection/index.ts';
import { boxScales, keyEntry, type PlotBox, type Scale } from './axis.ts';
import { axisUnit } from './axisUnit.ts';
import { formatMagnitude, formatTick } from './format.ts';
import { type FigureTheme, valueColour } from './palette.ts';
import { centredBaseline, group, type Scene, type SceneNode, SMALL } from './scene.ts';

export interface EigenvalueOptions {
  readonly theme: FigureTheme;
  readonly width: number;
}

const RADIUS = 3;
/** Largest side of the plane, px: on a wide page it needn't grow. */
const WIDEST = 320;
const KEY = 44;
/** Margins of the plane: numbers and names of the axes stand outside it, where no dot covers them. */
const MARGIN = { left: 40, top: 20, bottom: 40 };
/** Imaginary parts below this share of the largest modulus are rounding. */
const REAL = 1e-9;

/** Height of the figure at a width, px. */
export function eigenvalueHeight(width: number): number {
  return MARGIN.top + sideOf(width) + MARGIN.bottom + KEY;
}

/** Side of the plane, which is square, px. */
function sideOf(width: number): number {
  return Math.min(width, WIDEST) - MARGIN.left;
}

/**
 * The eigenvalues of M in the complex plane, both axes of one scale. Since s = Σ λ² / ‖M‖², those within 45° of the real axis
 * add to s and the others take from it: their colour says how strongly, the dashed diagonals where it turns.
 */
export function eigenvalueScene(eigenvalues: readonly Complex[], { theme, width }: EigenvalueOptions): Scene {
  const side = sideOf(width);
  const largest = Math.max(0, ...eigenvalues.map(({ re, im }) => Math.hypot(re, im)));
  const unit = axisUnit(largest);
  const reach = largest === 0 ? 1 : unit.of(largest) * 1.1;
  const left = (width - side + MARGIN.left) / 2;
  const box: PlotBox = { left, top: MARGIN.top, width: side, height: side };
  const key = MARGIN.top + side + MARGIN.bottom;
  const { x, y } = boxScales(box, [-reach, reach], [-reach, reach]);
  return {
    width,
    height: eigenvalueHeight(width),
    background: theme.paper,
    title: 'Eigenvalues of M',
    description: eigenvaluesInWords(eigenvalues),
    children: [
      group('plane', plane(box, x, y, unit.suffix, theme)),
      group(
        'eigenvalues',
        // The smallest are drawn last: they lie closest together.
        eigenvalues.map(
          ({ re, im }): SceneNode => ({
            type: 'circle',
            x: x(unit.of(re)),
            y: y(unit.of(im)),
            radius: RADIUS,
            fill: shareColour(shareOfS({ re, im })),
            stroke: theme.muted,
          }),
        ),
      ),
      group('key', [
        ...keyEntry(left - MARGIN.left, key + 18, 'adds to s', shareColour(1), theme),
        ...keyEntry(left - MARGIN.left + 88, key + 18, 'takes from s', shareColour(-1), theme),
        {
          type: 'text',
          x: left - MARGIN.left,
          y: key + 36,
          text: 's = Σ λ² / ‖M‖²',
          size: SMALL,
          fill: theme.muted,
        },
      ]),
    ],
  };
}

/** The ends of the palette are too dark for dots on dark paper. */
function shareColour(share: number): string {
  return valueColour(0.75 * share, 1);
}

/** cos 2φ of λ = |λ| e^iφ: Re λ² as a share of |λ|², −1 … 1. */
export function shareOfS({ re, im }: Complex): number {
  const modulus = Math.hypot(re, im);
  return modulus === 0 ? 0 : (re / modulus) ** 2 - (im / modulus) ** 2;
}

function plane(box: PlotBox, x: Scale, y: Scale, suffix: string, theme: FigureTheme): SceneNode[] {
  const [right, bottom] = [box.left + box.width, box.top + box.height];
  const text = { type: 'text', size: SMALL, fill: theme.muted } as const;
  const dash = { type: 'line', stroke: theme.hairline, dash: [3, 3] } as const;
  const ticks = x.ticks(Math.max(2, Math.floor(box.width / 54)));
  return [
    { ...dash, x1: box.left, y1: box.top, x2: right, y2: bottom },
    { ...dash, x1: box.left, y1: bottom, x2: right, y2: box.top },
    { type: 'line', x1: box.left, x2: right, y1: y(0), y2: y(0), stroke: theme.hairline },
    { type: 'line', x1: x(0), x2: x(0), y1: box.top, y2: bottom, stroke: theme.hairline },
    { type: 'line', x1: box.left, x2: right, y1: bottom, y2: bottom, stroke: theme.hairline },
    { type: 'line', x1: box.left, x2: box.left, y1: box.top, y2: bottom, stroke: theme.hairline },
    ...ticks.flatMap((tick): SceneNode[] => [
      { type: 'line', x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 4, stroke: theme.hairline },
      { ...text, x: x(tick), y: bottom + 18, text: formatTick(tick), anchor: 'middle', mono: true },
      { type: 'line', x1: box.left - 4, x2: box.left, y1: y(tick), y2: y(tick), stroke: theme.hairline },
      {
        ...text,
        x: box.left - 8,
        y: centredBaseline(y(tick), SMALL),
        text: formatTick(tick),
        anchor: 'end',
        mono: true,
      },
    ]),
    { ...text, x: right, y: bottom + 36, text: `Re λ${suffix} →`, anchor: 'end' },
    { ...text, x: box.left, y: box.top - 8, text: `↑ Im λ${suffix}` },
  ];
}

/** "64 eigenvalues: 12 real and positive, 4 real and negative, 24 conjugate pairs; …" */
function eigenvaluesInWords(eigenvalues: readonly Complex[]): string {
  const largest = Math.max(0, ...eigenvalues.map(({ re, im }) => Math.hypot(re, im)));
  const real = eigenvalues.filter(({ im }) => Math.abs(im) <= REAL * largest);
  const [positive, negative] = [real.filter(({ re }) => re > 0), real.filter(({ re }) => re < 0)];
  const zero = real.length - positive.length - negative.length;
  const parts = [
    `${positive.length} real and positive`,
    `${negative.length} real and negative`,
    ...(zero > 0 ? [`${zero} zero`] : []),
    `${(eigenvalues.length - real.length) / 2} conjugate pairs`,
  ];
  return `${eigenvalues.length} eigenvalues: ${parts.join(', ')}; the largest has modulus ${formatMagnitude(largest)}.`;
}
