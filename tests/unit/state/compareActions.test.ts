import { describe, expect, it } from 'vitest';
import type { ModelChoice } from '../../../src/core/repos/repo.ts';
import { INITIAL_STATE, type ModelState } from '../../../src/state/appState.ts';
import { compareActions } from '../../../src/state/compareActions.ts';
import { openingModel } from '../../../src/state/modelReducer.ts';
import { createAppStore } from '../../../src/state/store.ts';

function setUp() {
  const store = createAppStore(INITIAL_STATE.settings);
  const stopped: number[] = [];
  let lastKey = 0;
  let timingStops = 0;
  const start = (choice: ModelChoice, asked: string) => openingModel(++lastKey, choice, asked);
  const actions = compareActions({
    store,
    start,
    stop: (key) => stopped.push(key),
    stopTiming: () => timingStops++,
  });
  store.setState({ models: [start({ kind: 'hub', repo: 'o/a' }, 'o/a')], pinned: { layer: 1, head: 2 } });
  const names = () => store.getState().models.map(({ requestLabel }) => requestLabel);
  return { store, actions, stopped, names, timingStops: () => timingStops };
}

describe('a second model', () => {
  it('opens beside the first, which stays as it is, with the pinned head', async () => {
    const { store, actions, names } = setUp();
    const [first] = store.getState().models;
    await actions.openText(' o/b@step1000 ');
    expect(names()).toEqual(['o/a', 'o/b@step1000']);
    expect(store.getState().models[0]).toBe(first);
    expect(store.getState().models[1]?.choice).toEqual({ kind: 'hub', repo: 'o/b', revision: 'step1000' });
    expect(store.getState().pinned).toEqual({ layer: 1, head: 2 });
  });

  it('is replaced by the next; what still ran for it is stopped', async () => {
    const { store, actions, names, stopped } = setUp();
    await actions.openText('o/b');
    const { key } = store.getState().models[1]!;
    actions.open({ kind: 'local', files: [] }, 'c.safetensors');
    expect(names()).toEqual(['o/a', 'c.safetensors']);
    expect(stopped).toEqual([key]);
  });

  it('takes its own scores with it when another one takes its place: the map shows s again', async () => {
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

  it('a name that is none is told, and changes nothing', async () => {
    const { store, actions, names } = setUp();
    await actions.openText('what is this');
    expect(names()).toEqual(['o/a']);
    expect(store.getState().notice?.code).toBe('bad-model-id');
  });

  it('swaps with the first, whose timing ends; swapping twice changes nothing', async () => {
    const { actions, names, timingStops } = setUp();
    actions.swap();
    expect(names()).toEqual(['o/a']);
    await actions.openText('o/b');
    actions.swap();
    expect(names()).toEqual(['o/b', 'o/a']);
    expect(timingStops()).toBe(1);
    actions.swap();
    expect(names()).toEqual(['o/a', 'o/b']);
  });

  it('either is closed, the last one never', async () => {
    const { actions, names, stopped, timingStops } = setUp();
    await actions.openText('o/b');
    actions.close(1);
    expect([names(), timingStops()]).toEqual([['o/a'], 0]);
    await actions.openText('o/c');
    actions.close(0);
    expect([names(), timingStops()]).toEqual([['o/c'], 1]);
    actions.close(0);
    expect(names()).toEqual(['o/c']);
    expect(stopped).toHaveLength(2);
  });
});
