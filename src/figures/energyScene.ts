import type { EnergyShares } from '../core/metrics/energy.ts';
import { formatScore } from './format.ts';
import { type FigureTheme, inkOn, type PaletteName, valueColour } from './palette.ts';
import { group, type Scene, type SceneNode, SMALL } from './scene.ts';

export interface EnergyOptions {
  readonly theme: FigureTheme;
  readonly width: number;
  readonly palette?: PaletteName;
}

const BAR = 24;

/** One bar, divided as M's energy is; the mark in the middle is no preference. */
export function energyScene(energy: EnergyShares, { theme, width, palette }: EnergyOptions): Scene {
  const { symmetric, antisymmetric } = energy;
  const boundary = symmetric * width;
  const [blue, red] = [0.75, -0.75].map((value) => valueColour(value, 1, palette, theme.name)) as [
    string,
    string,
  ];
  const text = { type: 'text', size: SMALL } as const;
  return {
    width,
    height: BAR + 24,
    background: theme.paper,
    title: 'Energy of M',
    description: `${formatScore(symmetric)} of ‖M‖² is symmetric, ${formatScore(antisymmetric)} antisymmetric.`,
    children: [
      group(
        'shares',
        [
          { type: 'rect', x: 0, y: 0, width: boundary, height: BAR, fill: blue },
          { type: 'rect', x: boundary, y: 0, width: width - boundary, height: BAR, fill: red },
        ],
        { crisp: true },
      ),
      group('middle', middleMark(width, symmetric < 0.5 ? red : blue, theme)),
      group('names', [
        { ...text, x: 0, y: BAR + 18, text: 'symmetric', fill: theme.muted },
        { ...text, x: width / 2, y: BAR + 18, text: '½', fill: theme.muted, anchor: 'middle' },
        { ...text, x: width, y: BAR + 18, text: 'antisymmetric', fill: theme.muted, anchor: 'end' },
      ]),
    ],
  };
}

/** Half of the bar, seen on its colour and under it. */
function middleMark(width: number, under: string, theme: FigureTheme): SceneNode[] {
  const x = width / 2;
  return [
    { type: 'line', x1: x, x2: x, y1: 0, y2: BAR, stroke: inkOn(under), dash: [2, 2] },
    { type: 'line', x1: x, x2: x, y1: BAR, y2: BAR + 5, stroke: theme.muted },
  ];
}
