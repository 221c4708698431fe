import { describe, expect, it } from 'vitest';
import { analyseLocal, lastOf } from '../../support/analyseLocal.ts';
import { caseFiles, expectedOf, ORACLE_CASES } from '../../support/oracle.ts';

describe('oracle cases, from dropped files to r, float64', () => {
  it.each(ORACLE_CASES)('%s: every head within 1e-9, in the right order, no trap', async (name) => {
    const expected = expectedOf(name);
    const { result } = lastOf(await analyseLocal(caseFiles(name)), 'done');
    expect(result.shape).toMatchObject({
      heads: expected.heads,
      kvHeads: expected.kv_heads,
      dModel: expected.d,
      dHead: expected.head_dim,
    });
    const want = expected.stacks[0]!.layers;
    const got = result.stacks[0]!.layers;
    expect(got.map(({ layer }) => layer)).toEqual(want.map(({ index }) => index));
    want.forEach(({ r }, at) => {
      const heads = got[at]!.heads;
      expect(heads.map(({ head }) => head)).toEqual(r.map((_, head) => head));
      r.forEach((value, head) => {
        if (value === null) {
          expect(heads[head]!.r).toBeNull();
          expect(heads[head]!.reason?.code).toMatch(/zero|non-finite/);
        } else expect(Math.abs(heads[head]!.r! - value)).toBeLessThanOrEqual(1e-9);
      });
    });
    for (const [trap, { r }] of Object.entries(expected.traps)) {
      const wrong = r?.[expected.stacks[0]!.name];
      if (wrong === undefined) continue;
      const furthest = Math.max(
        ...wrong.flatMap((row, at) =>
          row.map((value, head) => Math.abs((value ?? 0.5) - (got[at]?.heads[head]?.r ?? 0.5))),
        ),
      );
      expect(furthest, `trap ${trap} avoided`).toBeGreaterThan(0.05);
    }
  });
});
