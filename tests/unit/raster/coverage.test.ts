import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coverageOf } from '../../../src/raster/coverage.ts';
import { circleContour } from '../../../src/raster/shapes.ts';

const areaOf = (contours: readonly number[][], size = 20) =>
  [...(coverageOf(contours, size, size)?.shares ?? [])].reduce((sum, share) => sum + share, 0);
const rect = (x0: number, y0: number, x1: number, y1: number) => [x0, y0, x1, y0, x1, y1, x0, y1];

describe('the coverage of pixels', () => {
  it('of a rectangle is each pixel’s own share of it', () => {
    const { left, top, width, shares } = coverageOf([rect(1.25, 2, 3.5, 3.5)], 10, 10)!;
    expect([left, top, width]).toEqual([1, 2, 3]);
    expect([...shares]).toEqual([0.75, 1, 0.5, 0.375, 0.5, 0.25]);
  });

  it('of any triangle adds up to its area', () => {
    const place = fc.double({ min: 0, max: 20, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(place, place, place, place, place, place), (points) => {
        const [x0, y0, x1, y1, x2, y2] = points;
        const area = Math.abs((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)) / 2;
        expect(areaOf([points])).toBeCloseTo(area, 3);
      }),
      // An edge that is all but upright, one that is all but level, each by the smallest number that there is.
      { examples: [[[0, 0, 0, 0.0005, 5e-324, 0]], [[0, 0, 20, 5e-324, 0, 10]]] },
    );
  });

  it('of a disc is π r²', () => {
    // Straight pieces lie a little within it.
    expect(areaOf([[...circleContour(10, 10, 8)]]) / (Math.PI * 64)).toBeCloseTo(1, 2);
  });

  it('leaves out a hole, which runs the other way round', () => {
    const hole = [4, 4, 4, 8, 8, 8, 8, 4];
    expect(areaOf([rect(2, 2, 10, 10), hole])).toBeCloseTo(64 - 16, 5);
  });

  it('ends at the picture’s edges', () => {
    expect(areaOf([rect(-5, -5, 50, 50)])).toBe(400);
    expect(coverageOf([rect(30, 30, 40, 40)], 20, 20)).toBeNull();
  });
});
