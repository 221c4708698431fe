import { expect, it } from 'vitest';
import { createActions } from '../../../src/state/actions.ts';
import { INITIAL_STATE } from '../../../src/state/appState.ts';
import type { CachedModel } from '../../../src/state/keptModel.ts';
import { createSavedMappings } from '../../../src/state/rememberedMappings.ts';
import type { ResultCache } from '../../../src/state/resultCache.ts';
import { createAppStore } from '../../../src/state/store.ts';
import { fakeClient, settled } from '../../support/fakeClient.ts';
import { storageOf } from '../../support/storage.ts';
import { fakeResult } from '../figures/fakeResult.ts';

/** The page's actions, with a look for kept scores that ends when a test says so. */
function setUp() {
  const store = createAppStore(INITIAL_STATE.settings);
  const client = fakeClient();
  const looks: ((kept: CachedModel | null) => void)[] = [];
  const results = {
    read: () => new Promise<CachedModel | null>((resolve) => looks.push(resolve)),
  } as unknown as ResultCache;
  const actions = createActions({
    ...{ store, client, results, now: () => 0, sampleUrl: 'http://x/', saveSettings: () => {} },
    mappings: createSavedMappings(storageOf()),
    privateFiles: undefined,
    loadOAuth: () => Promise.reject(new Error('not in this test')),
    schedule: (flush) => flush(),
  });
  return { store, actions, sent: () => client.names, looks };
}

const result = fakeResult({});
const KEPT: CachedModel = {
  result,
  stacks: result.stacks.map((stack) => ({
    ...{ ...stack, splitKey: 'heads', splits: [] },
    offers: { layerNorm: null, qkNorm: null, rope: null },
  })),
  weightsOptions: [],
};
it('cancelled while kept scores are looked up: it ends at once, and what is found then is not shown', async () => {
  for (const found of [null, KEPT]) {
    const { store, actions, sent, looks } = setUp();
    await actions.openText('o/m');
    expect(store.getState().models[0]!.status).toBe('opening');
    actions.cancel();
    await settled();
    expect(store.getState().models[0]!.status).toBe('cancelled');
    looks[0]!(found);
    await settled();
    expect(store.getState().models[0]).toMatchObject({ status: 'cancelled', result: null });
    expect(sent()).toEqual([]);
  }
});

it('another model opened meanwhile: the first one’s scores go nowhere', async () => {
  const { store, actions, sent, looks } = setUp();
  await actions.openText('o/m');
  await actions.openText('o/other');
  looks[0]!(null);
  await settled();
  expect(sent()).toEqual([]);
  looks[1]!(null);
  await settled();
  expect(sent()).toEqual(['analyse']);
  expect(store.getState().models.map(({ requestLabel }) => requestLabel)).toEqual(['o/other']);
});

it('where none are kept the model is read; where some are, they are shown', async () => {
  const first = setUp();
  await first.actions.openText('o/m');
  first.looks[0]!(null);
  await settled();
  expect(first.sent()).toEqual(['analyse']);
  const second = setUp();
  await second.actions.openText('o/m');
  second.looks[0]!(KEPT);
  await settled();
  expect(second.sent()).toEqual(['revision']);
  expect(second.store.getState().models[0]!.status).toBe('done');
});
