import type { PlannedStack } from '../../../src/core/analysis/events.ts';
import { analysisSender } from '../../../src/state/analysisSender.ts';
import { INITIAL_STATE } from '../../../src/state/appState.ts';
import type { CachedModel } from '../../../src/state/keptModel.ts';
import { openingModel, reduceModel } from '../../../src/state/modelReducer.ts';
import { seriesActions } from '../../../src/state/seriesActions.ts';
import type { WantedCheckpoint } from '../../../src/state/seriesTracks.ts';
import { createAppStore } from '../../../src/state/store.ts';
import { fakeClient } from '../../support/fakeClient.ts';
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
  const store = createAppStore(INITIAL_STATE.settings);
  const client = fakeClient();
  const asked = () => client.of('analyse');
  const keptNow: string[] = [];
  const stoppedKeys: number[] = [];
  let key = 1;
  let timingStops = 0;
  const actions = seriesActions({
    store,
    send: analysisSender(store, client),
    now: () => 0,
    stop: (stopped) => stoppedKeys.push(stopped),
    nextKey: () => ++key,
    stopTiming: () => timingStops++,
    results: {
      read: async ({ choice }) => kept[choice.revision ?? 'main'] ?? null,
      write: async () => {},
      rewrite: async () => {},
      count: async () => 0,
      clear: async () => {},
    },
    keep: (model) => keptNow.push(model.requestLabel),
    checkFiles: () => {},
  });
  const open = reduceModel(
    openingModel(1, { kind: 'hub', repo: 'o/m' }, 'o/m', { splits: {} }),
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
    stops: () => timingStops,
  };
}
