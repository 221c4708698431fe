import { expect, it } from 'vitest';
import type { CachedModel } from '../../../src/state/cachedModel.ts';
import { modelsActions } from '../../../src/state/models.ts';
import { fakeClient, settled } from '../../support/fakeClient.ts';
import { NO_RESULTS, testContext } from '../../support/testContext.ts';
import { fakeResult } from '../figures/fakeResult.ts';

/** The page's actions, with a look for kept scores that ends when a test says so. */
function setUp() {
  const client = fakeClient();
  const looks: ((kept: CachedModel | null) => void)[] = [];
  const results = {
    ...NO_RESULTS,
    read: () => new Promise<CachedModel | null>((resolve) => looks.push(resolve)),
  };
  const ctx = testContext({ client, results });
  const { store } = ctx;
  const actions = modelsActions(ctx);
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
it('cancelling the look-up of cached scores ends it at once and shows nothing found later', async () => {
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

it('cached scores of a model are dropped when another model is opened meanwhile', async () => {
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

it('the model is read where no scores are cached', async () => {
  const first = setUp();
  await first.actions.openText('o/m');
  first.looks[0]!(null);
  await settled();
  expect(first.sent()).toEqual(['analyse']);
});

it('cached scores are shown without reading the model', async () => {
  const second = setUp();
  await second.actions.openText('o/m');
  second.looks[0]!(KEPT);
  await settled();
  expect(second.sent()).toEqual(['revision']);
  expect(second.store.getState().models[0]!.status).toBe('done');
});
