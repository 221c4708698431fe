import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planAnalysis } from '../../src/core/analysis/plan.ts';
import { METHODS, planCalls } from '../../src/core/engines/calls.ts';
import type { Engine, EngineHandle } from '../../src/core/engines/engine.ts';
import { symmetryRatio } from '../../src/core/metrics/symmetry.ts';
import { createLocalRepo } from '../../src/core/repos/localRepo.ts';
import { viewLayer } from '../../src/core/weights/layerPlan.ts';
import { readLayer } from '../../src/core/weights/readLayer.ts';
import { ENGINES } from './engines.ts';

const urls = import.meta.glob('../fixtures/oracle/**/*', {
  query: '?url',
  import: 'default',
  eager: true,
}) as Record<string, string>;
const CASES = [...new Set(Object.keys(urls).map((path) => path.split('/').at(-2)!))].sort();

interface Expected {
  readonly stacks: readonly [{ readonly layers: readonly { readonly r: readonly (number | null)[] }[] }];
}

async function filesOf(name: string) {
  const paths = Object.keys(urls).filter((path) => path.includes(`/${name}/`));
  return Promise.all(
    paths.map(async (path) => ({
      path: path.split('/').at(-1)!,
      blob: await (await fetch(urls[path]!)).blob(),
    })),
  );
}

describe.each(ENGINES)('oracle files on $id', ({ tolerance, create }) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await create();
  });
  afterAll(() => engine?.close());

  describe.each(CASES)('%s', (name) => {
    let handle: EngineHandle;
    let expected: (number | null)[];
    beforeAll(async () => {
      const files = await filesOf(name);
      const json = (await new Response(
        files.find(({ path }) => path === 'expected.json')!.blob,
      ).json()) as Expected;
      expected = json.stacks[0].layers.flatMap(({ r }) => r);
      const answer = await planAnalysis(
        createLocalRepo(files.filter(({ path }) => path !== 'expected.json')),
        undefined,
      );
      if (answer.kind === 'question') throw new Error(answer.question.why);
      const layers = await Promise.all(
        answer.plan.layers.map(async (layer) => {
          const buffer = new Uint8Array(layer.bufferBytes);
          await readLayer(layer, buffer, {});
          return viewLayer(layer, answer.plan.layout, buffer);
        }),
      );
      handle = await engine.load(layers);
    });
    afterAll(() => handle?.release());

    test.each(METHODS)('%s', async (method) => {
      const { scores } = await engine.run(handle, planCalls(method, { kind: 'all' }, handle));
      expect(scores.length).toBe(expected.length);
      scores.map(symmetryRatio).forEach((r, at) => {
        if (expected[at] === null) expect(r).toBeNull();
        else expect(Math.abs(r! - expected[at]!)).toBeLessThanOrEqual(tolerance);
      });
    });
  });
});
