import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { METHODS, type Method, planCalls } from '../../src/core/engines/calls.ts';
import type { Engine, EngineHandle, HeadScores } from '../../src/core/engines/engine.ts';
import { selfTest } from '../../src/core/engines/selfTest.ts';
import { CASES, type ConformanceCase, type MadeCase } from './cases.ts';
import { ENGINES } from './engines.ts';

describe.each(ENGINES)(
  'engine $name',
  ({
    id,
    threads,
    tolerance,
    largeTolerance,
    methods: all = METHODS,
    largeMethods = all,
    largeOnce,
    cases,
    create,
  }) => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await create();
    });
    afterAll(() => engine?.close());

    test('names itself and its threads', () => {
      expect(engine.id).toBe(id);
      expect(engine.describe()).toMatchObject({ id, device: expect.stringMatching(/\w/) });
      if (threads !== undefined) expect(engine.describe().threads).toBe(threads);
    });

    test('passes its self-test', async ({ annotate }) => {
      const began = performance.now();
      await selfTest(engine);
      await annotate(`${(performance.now() - began).toFixed(0)} ms`);
    });

    const methodsOf = ({ name, isLarge }: ConformanceCase) => {
      const isHardest = name.endsWith('keyNearQuery');
      return isLarge ? largeMethods.filter((one) => isHardest || !largeOnce?.includes(one)) : all;
    };
    const own = CASES.filter((one) => (cases?.test(one.name) ?? true) && methodsOf(one).length > 0);
    describe.each(own)('$name', (one) => {
      const { isLarge, make } = one;
      let made: MadeCase;
      let handle: EngineHandle;
      beforeAll(async () => {
        made = make();
        handle = await engine.load(made.layers);
      });
      afterAll(() => handle?.release());

      test.for(methodsOf(one))('%s', async (method, { annotate }) => {
        // Forming all of M takes half a minute a head of that size on a software GPU: one head stands for the others.
        const isOneHead = isLarge && method === 'norm';
        const scope = isOneHead
          ? ({ kind: 'head', layerIndex: 0, head: 0 } as const)
          : ({ kind: 'all' } as const);
        const calls = planCalls(method, scope, handle);
        const { scores, launches } = await engine.run(handle, calls);
        expect(launches, 'launches').toBe(calls.length);
        expect(calls.length, 'calls').toBe(isOneHead ? 1 : callsOf(method, made, handle));
        const heads = isOneHead ? headsOf(made).slice(0, 1) : headsOf(made);
        expect(scores.map(({ layer, head }) => [layer, head])).toEqual(heads);
        const bound = isLarge ? largeTolerance : tolerance;
        let largest = 0;
        for (const [i, score] of scores.entries()) {
          const expected = made.expected[i];
          const where = `layer ${score.layer}, head ${score.head}`;
          if (expected === undefined) expect(ratioOf(score), where).toBeUndefined();
          else largest = Math.max(largest, expectNear(ratioOf(score), expected, bound, where));
        }
        // Shown by `--reporter verbose`.
        if (isLarge) await annotate(`max |Δr| ${largest.toExponential(1)}`);
      });
    });
  },
);

function callsOf(method: Method, { layers }: MadeCase, handle: EngineHandle): number {
  if (method === 'trace-heads') return layers.length;
  if (method === 'trace-full') return handle.chunks.length;
  return layers.length * layers[0]!.q.length;
}

function headsOf({ layers }: MadeCase): number[][] {
  return layers.flatMap(({ layer, q }) => q.map((_, head) => [layer, head]));
}

/** The formula of the page, written here again: undefined for a zero or non-finite M. */
function ratioOf({ traceCC, traceAB }: HeadScores): number | undefined {
  return traceAB > 0 && Number.isFinite(traceCC) && Number.isFinite(traceAB)
    ? (1 + traceCC / traceAB) / 2
    : undefined;
}

function expectNear(actual: number | undefined, expected: number, tolerance: number, where: string): number {
  const error = Math.abs((actual ?? Number.NaN) - expected);
  expect(error, `${where}: r = ${actual}, expected ${expected}`).toBeLessThanOrEqual(tolerance);
  return error;
}
