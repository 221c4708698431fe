import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/core/engines/engine.ts';
import { scoreHeads } from '../../src/core/engines/scoreHeads.ts';
import { exactRatio } from '../support/exactRatio.ts';
import { HOSTILE, HOSTILE_NAMES, type HostileName } from '../support/hostileHeads.ts';
import { WHOLE_ENGINES } from './engines.ts';
import { store } from './store.ts';

/** Heads of one family, one of them twice as deep as the shaders' sums. */
const SHAPES = [
  { d: 1, dh: 3 },
  { d: 13, dh: 1 },
  { d: 21, dh: 6 },
  { d: 140, dh: 4 },
];

describe.each(WHOLE_ENGINES)('engine $name on hostile heads', ({ tolerance, create }) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await create();
  });
  afterAll(() => engine?.close());

  test.for(HOSTILE_NAMES)('%s', async (name) => {
    for (const { d, dh } of SHAPES) {
      const { layer, expected } = layerOf(name, d, dh);
      const heads = await scoreHeads(engine, layer, new AbortController().signal, () => {});
      expect(heads.map(({ score }) => score.head)).toEqual(expected.map((_, head) => head));
      for (const { score } of heads) {
        const { traceCC, traceAB, head } = score;
        const r = traceAB > 0 ? (1 + traceCC / traceAB) / 2 : undefined;
        const where = `d ${d}, dh ${dh}, head ${head}: r = ${r}, expected ${expected[head]}`;
        if (expected[head] === undefined) expect(r, where).toBeUndefined();
        else expect(Math.abs((r ?? Number.NaN) - expected[head]), where).toBeLessThanOrEqual(tolerance);
      }
    }
  });
});

function layerOf(name: HostileName, d: number, dh: number) {
  const { dtype, make } = HOSTILE[name];
  const pairs = [1, 2, 3, 4].map((seed) => make(d, dh, 1000 * d + seed));
  const q = store(
    pairs.map((pair) => pair.q),
    d,
    dh,
    dtype,
  );
  const k = store(
    pairs.map((pair) => pair.k),
    d,
    dh,
    dtype,
  );
  const layer = {
    ...{ stack: 'self', layer: 0, dModel: d, dHead: dh },
    ...{ q: q.views, k: k.views },
  };
  return { layer, expected: q.exact.map((one, head) => exactRatio(one, k.exact[head]!, d, dh)) };
}
