import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { divergingLimit, valuesImage } from '../../../src/figures/matrixPixels.ts';
import { matrixBox, matrixScene } from '../../../src/figures/matrixScene.ts';
import { FIGURE_THEMES, valueColour } from '../../../src/figures/palette.ts';
import { partnersBox, partnersScene, strongestPartners } from '../../../src/figures/partnersScene.ts';
import type { ScenePixels } from '../../../src/figures/scene.ts';
import { sceneToSvg } from '../../../src/figures/sceneToSvg.ts';
import { gaussian } from '../../support/random.ts';
import { expectGolden } from './golden.ts';
import { inGroup, nodesOf, textsOf } from './sceneNodes.ts';

const theme = FIGURE_THEMES.light;
const WIDE = { theme, width: 272 };

/** Wkᵀ Wq of seeded normal [d, n] matrices. */
function productOf(n: number, d = 24, seed = 7): Float64Array {
  const next = gaussian(seed);
  const [q, k] = [0, 1].map(() => Float64Array.from({ length: d * n }, next)) as [Float64Array, Float64Array];
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let row = 0; row < d; row++) sum += k[row * n + i]! * q[row * n + j]!;
    return sum;
  });
}

const colourAt = ({ image }: ScenePixels, row: number, column: number) =>
  image.palette[image.indices[row * image.columns + column]!];

describe('matrixScene', () => {
  it.each(['light', 'dark'] as const)('draws a matrix with its scale on %s paper', (name) => {
    const matrix = { name: 'C', columns: 8, values: productOf(8) };
    expectGolden(`matrix-${name}`, sceneToSvg(matrixScene(matrix, { ...WIDE, theme: FIGURE_THEMES[name] })));
  });

  it('gives each cell the colour of its value, row by row from the top', () => {
    const values = Float64Array.of(1, -1, 0, 0.5);
    const [pixels] = nodesOf(matrixScene({ name: 'A', columns: 2, values }, WIDE), 'matrix', 'pixels');
    expect([colourAt(pixels!, 0, 0), colourAt(pixels!, 0, 1), colourAt(pixels!, 1, 0)]).toEqual(
      [1, -1, 0].map((value) => valueColour(value, 1)),
    );
  });

  it('gives negated values mirrored colours', () => {
    const flat = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 64 });
    fc.assert(
      fc.property(flat, (values) => {
        const limit = divergingLimit(values);
        const [image, other] = [values, values.map((value) => -value)].map((some) =>
          valuesImage(some, some.length, limit, theme),
        );
        expect(image!.indices).toHaveLength(values.length);
        image!.indices.forEach((index, at) => {
          // A value half way between two colours may fall to either.
          expect(Math.abs(index + other!.indices[at]! - 254)).toBeLessThanOrEqual(1);
        });
      }),
    );
  });

  it('draws one picture rather than a rectangle per cell, so that 128 × 128 stay small', () => {
    const scene = matrixScene({ name: 'A', columns: 128, values: productOf(128, 4) }, WIDE);
    const [pixels] = nodesOf(scene, 'matrix', 'pixels');
    expect(pixels).toMatchObject({ width: 256, height: 256 });
    const svg = sceneToSvg(scene);
    expect(svg.length).toBeLessThan(40_000);
    expect(svg.match(/<image /g)).toHaveLength(2);
  });

  it('gives each cell whole pixels where they fit, and stays inside the figure', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 60, max: 400 }), (columns, width) => {
        const box = matrixBox({ name: 'A', columns, values: new Float64Array(columns * columns) }, { width });
        if (columns <= width) expect(Number.isInteger(box.cell)).toBe(true);
        expect(box.x).toBeGreaterThanOrEqual(0);
        expect(box.x + box.cell * columns).toBeLessThanOrEqual(width + 1e-9);
      }),
    );
  });

  it('keeps its colours beside one large value, and names both ends', () => {
    const values = Float64Array.from({ length: 400 }, (_, at) => (at === 0 ? 1e6 : at % 2 ? 0.25 : -0.25));
    expect(divergingLimit(values)).toBe(0.25);
    const scene = matrixScene({ name: 'B', columns: 20, values }, WIDE);
    expect(textsOf(scene, 'scale')).toEqual(['−0.250', '0', '0.250']);
    expect(scene.description).toContain('the largest size is 1.00 × 10⁶');
  });

  it('colours NaN as the paper, never as a value', () => {
    const values = Float64Array.of(1, Number.NaN, -1, 0);
    const [pixels] = nodesOf(matrixScene({ name: 'A', columns: 2, values }, WIDE), 'matrix', 'pixels');
    expect(colourAt(pixels!, 0, 1)).toBe(theme.paper);
  });

  it('draws a matrix of zeros', () => {
    expect(divergingLimit(new Float64Array(9))).toBe(1);
    const scene = matrixScene({ name: 'A', columns: 3, values: new Float64Array(9) }, WIDE);
    expect(sceneToSvg(scene)).not.toContain('NaN');
  });
});

describe('partnersScene', () => {
  /** tr(M_g M_h) / (‖M_g‖‖M_h‖) of seeded matrices, by explicit M. */
  function partnersOf(heads: number, d = 6) {
    const all = Array.from({ length: heads }, (_, head) => productOf(d, d, head + 1));
    const norm = (m: Float64Array) => Math.hypot(...m);
    const normalised = Float64Array.from({ length: heads * heads }, (_, at) => {
      const [g, h] = [all[Math.floor(at / heads)]!, all[at % heads]!];
      let sum = 0;
      for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) sum += g[i * d + j]! * h[j * d + i]!;
      return sum / (norm(g) * norm(h));
    });
    return { heads, normalised };
  }

  it.each(['light', 'dark'] as const)('draws heads against heads on %s paper', (name) => {
    const scene = partnersScene(partnersOf(6), { ...WIDE, head: 2, theme: FIGURE_THEMES[name] });
    expectGolden(`partners-${name}`, sceneToSvg(scene));
  });

  it('is symmetric about its diagonal', () => {
    const [pixels] = nodesOf(partnersScene(partnersOf(7), { ...WIDE, head: 0 }), 'partners', 'pixels');
    for (let g = 0; g < 7; g++)
      for (let h = 0; h < g; h++) expect(colourAt(pixels!, g, h)).toBe(colourAt(pixels!, h, g));
  });

  it('always numbers the selected head, and keeps numbers apart', () => {
    const numbers = (heads: number, head: number) =>
      nodesOf(
        partnersScene({ heads, normalised: new Float64Array(heads ** 2) }, { ...WIDE, head }),
        'head numbers',
        'text',
      );
    for (const [heads, head] of [
      [128, 77],
      [12, 11],
      [4, 0],
    ] as const) {
      const across = numbers(heads, head).filter(({ anchor }) => anchor === 'middle');
      expect(across.filter(({ bold }) => bold).map(({ text }) => text)).toEqual([String(head)]);
      const xs = across.map(({ x }) => x).sort((a, b) => a - b);
      xs.slice(1).forEach((x, at) => {
        expect(x - xs[at]!).toBeGreaterThanOrEqual(19);
      });
    }
  });

  it('finds the strongest partners in both directions, without the head itself', () => {
    const normalised = Float64Array.of(0.9, -0.5, 0.2, -0.5, 0.1, 0, 0.2, 0, 0.3);
    expect(strongestPartners({ heads: 3, normalised }, 0, 5)).toEqual([
      { head: 1, value: -0.5 },
      { head: 2, value: 0.2 },
    ]);
    expect(partnersScene({ heads: 3, normalised }, { ...WIDE, head: 0 }).description).toBe(
      '3 × 3 heads; head 0 with itself, its s, 0.900; its strongest partner is head 1, −0.500.',
    );
  });

  it('hatches a head without a value instead of colouring it as zero', () => {
    const normalised = Float64Array.of(0.4, Number.NaN, Number.NaN, Number.NaN);
    const scene = partnersScene({ heads: 2, normalised }, { ...WIDE, head: 0 });
    const { x, y, cell } = partnersBox({ heads: 2 }, WIDE);
    expect(nodesOf(scene, 'partners', 'rect')).toMatchObject([
      { x: x + cell, y, hatch: theme.hatch },
      { x, y: y + cell, hatch: theme.hatch },
    ]);
    expect(strongestPartners({ heads: 2, normalised }, 0, 5)).toEqual([]);
    expect(inGroup(scene, 'scale').length).toBeGreaterThan(0);
  });
});
