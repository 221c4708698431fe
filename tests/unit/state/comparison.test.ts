import { describe, expect, it } from 'vitest';
import { comparisonActions, openBeside } from '../../../src/state/comparison.ts';
import { type ModelState, openingModel } from '../../../src/state/modelState.ts';
import { fakeClient, settled } from '../../support/fakeClient.ts';
import { testContext } from '../../support/testContext.ts';

function setUp() {
  const client = fakeClient();
  const ctx = testContext({ client });
  const { store } = ctx;
  const actions = comparisonActions(ctx);
  const first = openingModel(ctx.nextKey(), { kind: 'hub', repo: 'o/a' }, 'o/a');
  store.setState({ models: [first], pinned: { layer: 1, head: 2 } });
  const names = () => store.getState().models.map(({ requestLabel }) => requestLabel);
  const stopped = () => client.of('analyse').filter(({ isCancelled }) => isCancelled).length;
  return { ctx, store, actions, stopped, names };
}

describe('a second model', () => {
  it('opens beside the first, which keeps its map and pinned head', async () => {
    const { store, actions, names } = setUp();
    const [first] = store.getState().models;
    await actions.openText(' o/b@step1000 ');
    expect(names()).toEqual(['o/a', 'o/b@step1000']);
    expect(store.getState().models[0]).toBe(first);
    expect(store.getState().models[1]?.choice).toEqual({ kind: 'hub', repo: 'o/b', revision: 'step1000' });
    expect(store.getState().pinned).toEqual({ layer: 1, head: 2 });
  });

  it('is stopped and replaced by the next', async () => {
    const { ctx, actions, names, stopped } = setUp();
    await actions.openText('o/b');
    await settled();
    openBeside(ctx, { kind: 'local', files: [] }, 'c.safetensors');
    expect(names()).toEqual(['o/a', 'c.safetensors']);
    expect(stopped()).toBe(1);
  });

  it('takes its user’s scores with it when it is replaced, so that the map shows s again', async () => {
    const { store, actions } = setUp();
    await actions.openText('o/b');
    const userScores = [{ file: 'b.csv', columns: [{ name: 'x', entries: [], about: '' }] }];
    const withOwn = () =>
      store.setState(({ models: [a, b] }) => ({
        models: [a!, { ...b!, userScores: userScores as unknown as ModelState['userScores'] }],
        metric: 'own:x',
        scatter: { x: 'own:x', y: 'r' },
      }));
    withOwn();
    actions.swap();
    expect(store.getState().metric).toBe('own:x');
    actions.swap();
    await actions.openText('o/c');
    expect([store.getState().metric, store.getState().scatter]).toEqual(['s', { x: 's', y: 'r' }]);
    withOwn();
    actions.close(1);
    expect([store.getState().metric, store.getState().scatter]).toEqual(['s', { x: 's', y: 'r' }]);
  });

  it('is refused under an invalid name without a change', async () => {
    const { store, actions, names } = setUp();
    await actions.openText('what is this');
    expect(names()).toEqual(['o/a']);
    expect(store.getState().notice?.code).toBe('bad-model-id');
  });

  it('swaps with the first and back', async () => {
    const { actions, names } = setUp();
    actions.swap();
    expect(names()).toEqual(['o/a']);
    await actions.openText('o/b');
    actions.swap();
    expect(names()).toEqual(['o/b', 'o/a']);
    actions.swap();
    expect(names()).toEqual(['o/a', 'o/b']);
  });

  it('is closed as the first is, but the last one never', async () => {
    const { actions, names, stopped } = setUp();
    await actions.openText('o/b');
    await settled();
    actions.close(1);
    expect([names(), stopped()]).toEqual([['o/a'], 1]);
    await actions.openText('o/c');
    actions.close(0);
    expect(names()).toEqual(['o/c']);
    actions.close(0);
    expect(names()).toEqual(['o/c']);
  });
});
