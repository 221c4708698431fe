import type { PlannedStack } from '../../../src/core/analysis/events.ts';
import type { CachedModel } from '../../../src/state/cachedModel.ts';
import { reduceModel } from '../../../src/state/modelReducer.ts';
import { openingModel } from '../../../src/state/modelState.ts';
import { seriesActions } from '../../../src/state/series.ts';
import type { WantedCheckpoint } from '../../../src/state/seriesTracks.ts';
import { fakeClient } from '../../support/fakeClient.ts';
import { NO_RESULTS, testContext } from '../../support/testContext.ts';
import { fakeResult } from '../figures/fakeResult.ts';

const NO_OFFERS = { layerNorm: null, qkNorm: null, rope: null };
/** Smooth scores, from this s on. */
export const result = (id: string, s = 0.1, layers = 2) =>
  fakeResult({ id, layers, heads: 2, score: (layer, head) => s + layer / 10 + head / 100 });

/** Its stacks before a layer is scored. */
export function plannedOf(of: ReturnType<typeof result>): PlannedStack[] {
  return of.stacks.map((stack) => ({
    ...stack,
    layers: stack.layers.map((layer) => ({ ...layer, heads: [] })),
    splitKey: 'heads',
    splits: [],
    offers: NO_OFFERS,
  }));
}

/** The actions with an open model of two layers, three points, and requests that are answered by hand. */
export function setUp(kept: Readonly<Record<string, CachedModel>> = {}) {
  const client = fakeClient();
  const keptNow: string[] = [];
  const ctx = testContext({
    client,
    results: {
      ...NO_RESULTS,
      read: async ({ choice }) => kept[choice.revision ?? 'main'] ?? null,
      write: async ({ choice }) => void keptNow.push(choice.revision ?? 'main'),
    },
  });
  const { store } = ctx;
  const asked = () => client.of('analyse');
  const stoppedKeys: number[] = [];
  /** Marks an opening as one for which something still runs. */
  const run = (key: number) => ctx.running.set(key, { cancel: () => stoppedKeys.push(key) });
  const checked: string[][] = [];
  const actions = seriesActions(ctx, (_, points) => checked.push(points.map(({ label }) => label)));
  const key = ctx.nextKey();
  run(key);
  const open = reduceModel(
    openingModel(key, { kind: 'hub', repo: 'o/m' }, 'o/m', { splits: {} }),
    { type: 'done', result: result('o/m'), elapsedMs: 1 },
    0,
  );
  store.setState({ models: [{ ...open, stacks: plannedOf(result('o/m')), stackName: 'self' }] });
  const points = [0, 1000, 3000].map(
    (step): WantedCheckpoint => ({
      label: `step${step}`,
      step,
      choice: { kind: 'hub', repo: 'o/m', revision: `step${step}` },
      commit: fakeResult().model.sha,
    }),
  );
  const statuses = () => store.getState().series?.tracks[0]?.checkpoints.map(({ status }) => status);
  /** The last request's model is planned and scored. */
  const answer = async (of: ReturnType<typeof result>) => {
    const call = asked().at(-1)!;
    const { model, engine, bytes, shape, notes, convention } = of;
    await call.event({
      type: 'plan',
      model,
      engine,
      bytes,
      shape,
      notes,
      convention,
      stacks: plannedOf(of),
      weightsOptions: [],
    });
    await call.event({ type: 'done', result: of, elapsedMs: 1 });
    await call.done();
  };
  const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
  return {
    store,
    actions,
    asked,
    points,
    statuses,
    answer,
    settle,
    keptNow,
    stoppedKeys,
    run,
    checked,
  };
}
