import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { METHODS, planCalls } from '../../src/core/engines/calls.ts';
import type { Engine, EngineHandle } from '../../src/core/engines/engine.ts';
import { symmetryRatio } from '../../src/core/metrics/symmetry.ts';
import type { LayerWeights } from '../../src/core/weights/layerWeights.ts';
import { readLayers } from '../support/readLayers.ts';
import { WHOLE_ENGINES } from './engines.ts';

const urls = import.meta.glob('../fixtures/oracle/**/*', {
  query: '?url',
  import: 'default',
  eager: true,
}) as Record<string, string>;
const CASES = [...new Set(Object.keys(urls).map((path) => path.split('/').at(-2)!))].sort();

interface Expected {
  readonly stacks: readonly { readonly layers: readonly { readonly r: readonly (number | null)[] }[] }[];
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

describe.each(WHOLE_ENGINES)(
  'oracle files on $name',
  ({ tolerance, create, methods = METHODS, oracleMethods = methods }) => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await create();
    });
    afterAll(() => engine?.close());

    describe.each(CASES)('%s', (name) => {
      let handles: EngineHandle[];
      let expected: (number | null)[];
      beforeAll(async () => {
        const files = await filesOf(name);
        const json = (await new Response(
          files.find(({ path }) => path === 'expected.json')!.blob,
        ).json()) as Expected;
        expected = json.stacks.flatMap(({ layers }) => layers.flatMap(({ r }) => r));
        const layers = await readLayers(files.filter(({ path }) => path !== 'expected.json'));
        const byStack = new Map<string, LayerWeights[]>();
        for (const layer of layers) byStack.set(layer.stack, [...(byStack.get(layer.stack) ?? []), layer]);
        handles = await Promise.all([...byStack.values()].map((stack) => engine.load(stack)));
      });
      afterAll(() => {
        for (const handle of handles ?? []) handle.release();
      });

      test.each(oracleMethods)('%s', async (method) => {
        const ratios: (number | null)[] = [];
        for (const handle of handles) {
          const { scores } = await engine.run(handle, planCalls(method, { kind: 'all' }, handle));
          ratios.push(...scores.map(symmetryRatio));
        }
        expect(ratios.length).toBe(expected.length);
        ratios.forEach((r, at) => {
          if (expected[at] === null) expect(r).toBeNull();
          else expect(Math.abs(r! - expected[at]!)).toBeLessThanOrEqual(tolerance);
        });
      });
    });
  },
);
