import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Complex } from '../../../src/core/inspection/index.ts';
import { eigenvalueScene, shareOfS } from '../../../src/figures/eigenvalueScene.ts';
import { energyScene } from '../../../src/figures/energyScene.ts';
import { FIGURE_THEMES } from '../../../src/figures/palette.ts';
import { sceneToSvg } from '../../../src/figures/sceneToSvg.ts';
import { singularValueScene } from '../../../src/figures/singularValueScene.ts';
import { expectGolden } from './golden.ts';
import { inGroup, nodesOf, textsOf } from './sceneNodes.ts';

const theme = FIGURE_THEMES.light;
const WIDE = { theme, width: 272 };

/** Roots of λⁿ = c: a ring of conjugate pairs, with the real ones that a real matrix has. */
const ring = (n: number, modulus: number): Complex[] =>
  Array.from({ length: n }, (_, at) => ({
    re: modulus * Math.cos((2 * Math.PI * at) / n),
    im: at === 0 || 2 * at === n ? 0 : modulus * Math.sin((2 * Math.PI * at) / n),
  }));

const real = fc.double({ min: -1e3, max: 1e3, noNaN: true });
/** Closed under conjugation, as the eigenvalues of a real matrix are. */
const spectra = fc
  .array(fc.oneof(fc.record({ re: real, im: fc.constant(0) }), fc.record({ re: real, im: real })), {
    minLength: 1,
    maxLength: 20,
  })
  .map((some) =>
    some.flatMap(({ re, im }) =>
      im === 0
        ? [{ re, im }]
        : [
            { re, im },
            { re, im: -im },
          ],
    ),
  );

describe('eigenvalueScene', () => {
  it.each(['light', 'dark'] as const)('draws a spectrum on %s paper', (name) => {
    const values = [...ring(9, 2), ...ring(6, 1.1), { re: 3.2, im: 0 }, { re: -0.4, im: 0 }];
    expectGolden(
      `eigenvalues-${name}`,
      sceneToSvg(eigenvalueScene(values, { ...WIDE, theme: FIGURE_THEMES[name] })),
    );
  });

  it('has one scale for both axes, conjugates at mirrored heights, and everything inside', () => {
    fc.assert(
      fc.property(spectra, fc.integer({ min: 120, max: 900 }), (values, width) => {
        // Zero among them tells where the middle is.
        const scene = eigenvalueScene([...values, { re: 0, im: 0 }], { theme, width });
        const dots = nodesOf(scene, 'eigenvalues', 'circle');
        expect(dots).toHaveLength(values.length + 1);
        const middle = dots.at(-1)!;
        const half = (Math.min(width, 320) - 40) / 2;
        const largest = Math.max(...values.map(({ re, im }) => Math.hypot(re, im)));
        const reached = (value: number) => (largest === 0 ? 0 : (value / largest / 1.1) * half);
        for (const [at, { re, im }] of values.entries()) {
          expect(dots[at]!.x).toBeCloseTo(middle.x + reached(re), 6);
          expect(dots[at]!.y).toBeCloseTo(middle.y - reached(im), 6);
          expect(dots[at]!.x).toBeGreaterThan(0);
          expect(dots[at]!.x).toBeLessThan(width);
        }
        expect(sceneToSvg(scene)).not.toMatch(/NaN|Infinity/);
      }),
      { numRuns: 50 },
    );
  });

  it('draws those of a symmetric M on the real axis and of an antisymmetric one on the imaginary axis', () => {
    const heights = (values: Complex[]) =>
      nodesOf(eigenvalueScene(values, WIDE), 'eigenvalues', 'circle').map(({ x, y }) => [x, y]);
    const zero = { re: 0, im: 0 };
    const [[middleX, middleY]] = heights([zero]) as [[number, number]];
    const real = heights([1, -2, 3].map((re) => ({ re, im: 0 })));
    expect(real.map(([, y]) => y)).toEqual([middleY, middleY, middleY]);
    const imaginary = heights([1, -1].map((im) => ({ re: 0, im })));
    expect(imaginary.map(([x]) => x)).toEqual([middleX, middleX]);
  });

  it('keeps the numbers and names of its axes outside the plane, where no dot covers them', () => {
    fc.assert(
      fc.property(spectra, fc.integer({ min: 200, max: 400 }), (values, width) => {
        const scene = eigenvalueScene(values, { theme, width });
        const plane = inGroup(scene, 'plane');
        const lines = plane.flatMap((node) => (node.type === 'line' && node.dash ? [node] : []));
        const [left, top, bottom] = [lines[0]!.x1, lines[0]!.y1, lines[0]!.y2];
        expect(plane.filter(({ type }) => type === 'text').length).toBeGreaterThanOrEqual(2);
        for (const node of plane) {
          if (node.type !== 'text') continue;
          const isLeft = node.anchor === 'end' && node.x < left;
          expect(isLeft || node.y <= top || node.y > bottom + 12, node.text).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('colours each eigenvalue by its share of s: Σ λ² is Σ |λ|² times the share', () => {
    fc.assert(
      fc.property(spectra, (values) => {
        const byShare = values.reduce(
          (sum, value) => sum + shareOfS(value) * (value.re ** 2 + value.im ** 2),
          0,
        );
        const squares = values.reduce((sum, { re, im }) => sum + re * re - im * im, 0);
        const size = values.reduce((sum, { re, im }) => sum + re * re + im * im, 0);
        // Squares below the smallest double are rounded to it or to 0.
        const rounding = 8 * values.length * Number.MIN_VALUE;
        expect(Math.abs(byShare - squares)).toBeLessThanOrEqual(1e-12 * size + rounding);
      }),
      {
        examples: [
          [[-1, 1].map((sign) => ({ re: 9.07437459590877e-163, im: sign * 1.5717277847026288e-162 }))],
        ],
      },
    );
    expect([shareOfS({ re: -3, im: 0 }), shareOfS({ re: 0, im: 2 }), shareOfS({ re: 0, im: 0 })]).toEqual([
      1, -1, 0,
    ]);
    expect(shareOfS({ re: 1e200, im: 1e200 })).toBeCloseTo(0, 12);
  });

  it('describes itself with short numbers at any scale', () => {
    const scene = eigenvalueScene(
      ring(8, 3e-9).map(({ re, im }) => ({ re, im })),
      WIDE,
    );
    expect(scene.description).toBe(
      '8 eigenvalues: 1 real and positive, 1 real and negative, 3 conjugate pairs; the largest has modulus 3.00 × 10⁻⁹.',
    );
    expect(textsOf(scene, 'plane')).toContain('Re λ, × 10⁻⁹ →');
    for (const text of textsOf(scene, 'plane')) expect(text.length).toBeLessThan(20);
  });
});

describe('singularValueScene', () => {
  const decay = (base: number, count: number) => Array.from({ length: count }, (_, at) => base ** at);

  it.each(['light', 'dark'] as const)('draws values over decades on %s paper', (name) => {
    const values = { singularValues: decay(0.8, 32), effectiveRank: 8.9 };
    expectGolden(
      `singular-values-${name}`,
      sceneToSvg(singularValueScene(values, { ...WIDE, theme: FIGURE_THEMES[name] })),
    );
  });

  it('is logarithmic where values span decades, and linear from 0 otherwise', () => {
    const heights = (singularValues: number[]) =>
      nodesOf(
        singularValueScene({ singularValues, effectiveRank: 1 }, WIDE),
        'singular values',
        'polyline',
      )[0]!.points.map(([, y]) => y);
    const [a, b, c] = heights([1000, 10, 0.1]);
    expect(b! - a!).toBeCloseTo(c! - b!, 6);
    const [p, q, r] = heights([3, 2, 1]);
    expect(q! - p!).toBeCloseTo(r! - q!, 6);
  });

  it('never rises, and marks the effective rank at its place', () => {
    const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 128 });
    fc.assert(
      fc.property(values, fc.integer({ min: 200, max: 900 }), (some, width) => {
        const singularValues = some.toSorted((a, b) => b - a);
        const effectiveRank = 1 + (singularValues.length - 1) / 3;
        const scene = singularValueScene({ singularValues, effectiveRank }, { theme, width });
        const { points } = nodesOf(scene, 'singular values', 'polyline')[0]!;
        for (let at = 1; at < points.length; at++)
          expect(points[at]![1]).toBeGreaterThanOrEqual(points[at - 1]![1] - 1e-9);
        const [mark] = nodesOf(scene, 'effective rank', 'line');
        const step = points.length > 1 ? points[1]![0] - points[0]![0] : 0;
        expect(mark!.x1).toBeCloseTo(points[0]![0] + (effectiveRank - 1) * step, 6);
        const [label] = nodesOf(scene, 'effective rank', 'text');
        expect(label!.x).toBeLessThan(width);
        expect(sceneToSvg(scene)).not.toMatch(/NaN|Infinity/);
      }),
      { numRuns: 60 },
    );
  });

  it('draws the smallest doubles', () => {
    const tiny = [8, 2, 0].map((value) => value * Number.MIN_VALUE);
    const eigenvalues = tiny.map((re) => ({ re, im: 0 }));
    for (const scene of [
      singularValueScene({ singularValues: tiny, effectiveRank: 2 }, WIDE),
      eigenvalueScene(eigenvalues, WIDE),
    ])
      expect(sceneToSvg(scene)).not.toMatch(/NaN|Infinity/);
  });

  it('draws zeros and rounding errors on the axis of a logarithmic figure', () => {
    const scene = singularValueScene({ singularValues: [1, 1e-3, 1e-19, 0], effectiveRank: 1.01 }, WIDE);
    const heights = nodesOf(scene, 'singular values', 'polyline')[0]!.points.map(([, y]) => y);
    expect(heights[2]).toBe(heights[3]);
    expect(heights[2]).toBeGreaterThanOrEqual(heights[1]!);
    expect(textsOf(scene, 'y axis')).toContain('10⁻³');
  });
});

describe('energyScene', () => {
  it.each(['light', 'dark'] as const)('divides the bar as the energy is, on %s paper', (name) => {
    const scene = energyScene(
      { symmetric: 0.62, antisymmetric: 0.38 },
      { ...WIDE, theme: FIGURE_THEMES[name] },
    );
    expectGolden(`energy-${name}`, sceneToSvg(scene));
    const [blue, red] = nodesOf(scene, 'shares', 'rect');
    expect(blue!.width / 272).toBeCloseTo(0.62, 12);
    expect(blue!.width + red!.width).toBeCloseTo(272, 9);
    expect(scene.description).toBe('0.6200 of ‖M‖² is symmetric, 0.3800 antisymmetric.');
    expect(inGroup(scene, 'middle')).toHaveLength(2);
  });
});
