import { describe, expect, it } from 'vitest';
import { type Collection, EMPTY_COLLECTION } from '../../../../src/core/collection/index.ts';
import { countHeads, emptyDensity, headNear } from '../../../../src/ui/collection/headDensity.ts';
import {
  fittingModels,
  modelOfHead,
  searchTexts,
  sortedModels,
} from '../../../../src/ui/collection/modelOrder.ts';
import { placeModels, sizeText } from '../../../../src/ui/collection/modelPoints.ts';
import { enlarged, moved, NO_ZOOM, zoomedX } from '../../../../src/ui/collection/plotZoom.ts';
import { drawDiscs } from '../../../../src/ui/collection/pointPixels.ts';

const model = (
  id: string,
  modelType: string,
  parameters: number | null,
  published: string | null,
  first: number,
) => ({
  ...{ id, modelType, parameters, published, revision: 'main', sha: null, convention: 'raw' },
  stacks: [{ name: 'self', first, count: 2, layers: 1, heads: 2 }],
  place: { kind: 'json', file: 0, result: 0 } as const,
});
const COLLECTION: Collection = {
  ...EMPTY_COLLECTION,
  models: [
    model('b/large', 'bert', 1e9, '2023-05-01T00:00:00.000Z', 0),
    model('a/small', 'bert', 1e7, null, 2),
    model('c/unknown', 'llama', null, '2024-05-01T00:00:00.000Z', 4),
  ],
  medians: Float32Array.from([0.5, 0, 1, 0, 0.1, 0, 1, 0, -0.2, 0, 1, 0]),
};
const ALL = { search: '', sort: 'name', isReversed: false, family: null } as const;
const order = (view: Partial<Parameters<typeof sortedModels>[1] & Parameters<typeof fittingModels>[3]>) => {
  const sorted = sortedModels(COLLECTION, { ...ALL, ...view }, 's');
  return fittingModels(COLLECTION, searchTexts(COLLECTION), sorted, { ...ALL, ...view });
};

describe('the order of models', () => {
  it.each([
    ['name', [1, 0, 2]],
    ['median', [2, 1, 0]],
    ['parameters', [1, 0, 2]],
    ['published', [0, 2, 1]],
  ] as const)('is by %s, what has none last', (sort, expected) => {
    expect(order({ sort })).toEqual(expected);
  });

  it('is turned round without bringing up what has no value', () => {
    expect(order({ sort: 'parameters', isReversed: true })).toEqual([0, 1, 2]);
  });

  it('has the models alone that fit every word of the search, and the family', () => {
    expect(order({ search: 'BERT 2023' })).toEqual([0]);
    expect(order({ search: 'small' })).toEqual([1]);
    expect(order({ family: 'llama' })).toEqual([2]);
    expect(order({ search: '2023 bert', sort: 'median', isReversed: true })).toEqual([0]);
    expect(order({ search: '/', sort: 'median', isReversed: true })).toEqual([0, 1, 2]);
  });

  it('finds the model of a head', () => {
    expect([0, 1, 2, 3, 4, 5].map((head) => modelOfHead(COLLECTION, head))).toEqual([0, 0, 1, 1, 2, 2]);
  });
});

describe('the points of models', () => {
  const box = { left: 0, right: 224, top: 0, bottom: 100 };
  const place = (axis: 'parameters' | 'published' | 'family') =>
    placeModels(COLLECTION, [0, 1, 2], { axis, metric: 's', box });

  it('stand over their size by its logarithm, and not at all without one', () => {
    const { x, y, placed, xTicks } = place('parameters');
    expect(placed).toEqual([0, 1]);
    expect([x[1], x[0]]).toEqual([12, 212]);
    expect(y[0]).toBeLessThan(y[1]!);
    expect(xTicks(NO_ZOOM).map(({ label }) => label)).toEqual(['10 M', '100 M', '1 B']);
  });

  it('stand over their date, or beside their family', () => {
    expect(place('published').placed).toEqual([0, 2]);
    const { x, placed } = place('family');
    expect(placed).toEqual([0, 1, 2]);
    expect(Math.max(x[0]!, x[1]!)).toBeLessThan(x[2]!);
  });

  it('are named as people name sizes', () => {
    expect([124_439_808, 6_738_415_616, 512].map(sizeText)).toEqual(['124 M', '6.74 B', '512']);
  });

  it('are drawn within the picture alone', () => {
    const data = new Uint32Array(9).fill(0xffffffff);
    const pixels = { data, width: 3, height: 3 };
    drawDiscs(
      pixels,
      [
        [1.5, 1.5, 0xff000000],
        [900, 1, 0xff000000],
        [Number.NaN, 1, 0xff000000],
      ],
      0.5,
    );
    expect(data[4]).toBe(0xff000000);
    expect(data[0]).toBe(0xffffffff);
  });
});

describe('the picture of all heads', () => {
  const axis = { low: 0, high: 1, isLog: false, from: 0, to: 10 };

  it('counts the heads on each pixel, and finds the nearest', () => {
    const density = emptyDensity(10, 10);
    const values = [0.25, 0.25, 0.95, Number.NaN, 2];
    countHeads(density, [values, values], [axis, axis], [0, 5]);
    expect(density.counts[2 * 10 + 2]).toBe(2);
    expect(density.counts.reduce((sum, count) => sum + count)).toBe(3);
    expect(headNear(density, 8, 8, 3)).toBe(2);
    expect(headNear(density, 5.5, 5.5, 1)).toBeNull();
  });
});

describe('a plot', () => {
  const size = [200, 100] as const;

  it('is enlarged about a place that stays, and moves no further than its edges', () => {
    const zoom = enlarged(NO_ZOOM, 4, [50, 20], size);
    expect(zoomedX(zoom, 50)).toBe(50);
    expect(zoomedX(zoom, 60)).toBe(90);
    expect(zoomedX(moved(zoom, [1000, 0], size), 0)).toBe(0);
    expect(zoomedX(moved(zoom, [-1000, 0], size), 200)).toBe(200);
  });

  it('is never smaller than its frame', () => {
    expect(enlarged(NO_ZOOM, 0.1, [50, 20], size)).toEqual(NO_ZOOM);
  });
});
