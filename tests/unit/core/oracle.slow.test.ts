import { describe, expect, it } from 'vitest';
import { analyseLocal, lastOf } from '../../support/analyseLocal.ts';
import { directionalityOf } from '../../support/directionality.ts';
import { caseFiles, expectedOf, ORACLE_CASES } from '../../support/oracle.ts';
import { readLayers } from '../../support/readLayers.ts';

describe('oracle cases, from dropped files to r, float64', () => {
  it.each(ORACLE_CASES)(
    'have every head of every stack within 1e-9, in the right order: %s',
    async (name) => {
      const expected = expectedOf(name);
      const { result } = lastOf(await analyseLocal(caseFiles(name)), 'done');
      expect(result.shape).toMatchObject({
        heads: expected.heads,
        kvHeads: expected.kv_heads,
        dModel: expected.d,
        dHead: expected.head_dim,
      });
      expect(result.stacks.map((stack) => stack.name)).toEqual(expected.stacks.map((stack) => stack.name));
      expected.stacks.forEach((want, stack) => {
        const got = result.stacks[stack]!.layers;
        expect(got.map(({ layer }) => layer)).toEqual(want.layers.map(({ index }) => index));
        want.layers.forEach(({ r }, at) => {
          const heads = got[at]!.heads;
          expect(heads.map(({ head }) => head)).toEqual(r.map((_, head) => head));
          r.forEach((value, head) => {
            if (value === null) {
              expect(heads[head]!.r).toBeNull();
              expect(heads[head]!.reason?.code).toMatch(/zero|non-finite/);
            } else expect(Math.abs(heads[head]!.r! - value)).toBeLessThanOrEqual(1e-9);
          });
        });
      });
    },
  );

  it.each(ORACLE_CASES)('are far from the values of typical misreadings: %s', async (name) => {
    const expected = expectedOf(name);
    const { result } = lastOf(await analyseLocal(caseFiles(name)), 'done');
    for (const [trap, { r }] of Object.entries(expected.traps)) {
      for (const { name: stack, layers } of result.stacks) {
        const wrong = r?.[stack];
        if (wrong === undefined) continue;
        const furthest = Math.max(
          ...wrong.flatMap((row, at) =>
            row.map((value, head) => Math.abs((value ?? 0.5) - (layers[at]?.heads[head]?.r ?? 0.5))),
          ),
        );
        expect(furthest, `trap ${trap} in ${stack}`).toBeGreaterThan(0.05);
      }
    }
  });

  it.each(ORACLE_CASES)(
    'have q and k the right way round by the sign of the directionality: %s',
    async (name) => {
      const layers = await readLayers(caseFiles(name));
      const wanted = expectedOf(name).stacks.flatMap((stack) => stack.layers);
      expect(layers.length).toBe(wanted.length);
      layers.forEach((layer, at) => {
        const want = wanted[at]!.directionality_raw_layer;
        const got = directionalityOf(layer);
        if (want === null) return;
        expect(got ?? 0).toBeCloseTo(want, 6);
      });
    },
  );
});
