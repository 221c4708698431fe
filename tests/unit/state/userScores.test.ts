import { describe, expect, it } from 'vitest';
import { metricFor, metricsOf } from '../../../src/figures/metric.ts';
import { valuesOf } from '../../../src/figures/metricValues.ts';
import { resultsToCsv } from '../../../src/figures/resultsToCsv.ts';
import { createAppStore, INITIAL_STATE } from '../../../src/state/appState.ts';
import { type ModelState, openingModel } from '../../../src/state/modelState.ts';
import { resultOf } from '../../../src/state/selectors.ts';
import { userScoresActions } from '../../../src/state/userScores.ts';
import { viewsOfModels } from '../../../src/ui/modelViews.ts';
import { fakeResult } from '../figures/fakeResult.ts';

const file = (path: string, text: string) => ({ path, blob: new Blob([text]) });

function modelOf(key: number, options: Parameters<typeof fakeResult>[0] = {}) {
  const result = fakeResult({ layers: 2, heads: 2, ...options });
  return {
    ...openingModel(key, { kind: 'hub', repo: result.model.id } as const, result.model.id),
    model: result.model,
    stacks: result.stacks.map((stack) => ({
      ...stack,
      splitKey: '',
      splits: [],
      offers: { layerNorm: null, qkNorm: null, rope: null },
    })),
    stackName: 'self',
    result,
  };
}

function setUp(count: 1 | 2 = 1) {
  const store = createAppStore(INITIAL_STATE.settings);
  const models = [modelOf(1), modelOf(2, { id: 'other/model', layers: 1, heads: 1 })].slice(0, count);
  store.setState({ models });
  return {
    store,
    actions: userScoresActions({ store }),
    model: (at: number) => store.getState().models[at]!,
  };
}

const viewOf = (model: ModelState) => viewsOfModels([model])[0]!;

describe('the user’s scores on the page', () => {
  it('become a metric in the map, the view, the JSON and the CSV, with the file’s numbers whole', async () => {
    const { store, actions, model } = setUp();
    await actions.open([
      file('mine.csv', 'head,induction,previous\nL0H0,0.123456789012345,1\nL1H1,-2,\nL7H0,3,4\n'),
    ]);
    expect(store.getState().notice).toBeNull();
    expect(store.getState().metric).toBe('own:induction');
    const view = viewOf(model(0));
    expect(
      metricsOf([view])
        .map(({ id }) => id)
        .slice(-2),
    ).toEqual(['own:induction', 'own:previous']);
    expect(valuesOf(view, metricFor('own:induction'))).toEqual([0.123456789012345, null, null, -2]);
    expect(viewOf(model(0))).toBe(view);
    const result = resultOf(model(0), '0', () => '')!;
    expect(result.own?.map(({ file: from, name, entries }) => [from, name, entries.length])).toEqual([
      ['mine.csv', 'induction', 3],
      ['mine.csv', 'previous', 3],
    ]);
    const [header, ...lines] = resultsToCsv([result]).trim().split('\n');
    expect(header).toMatch(/convention,induction,previous,z,d,dh$/);
    expect(lines.map((line) => line.split(',').slice(-5, -3))).toEqual([
      ['0.123456789012345', '1'],
      ['', ''],
      ['', ''],
      ['-2', ''],
    ]);
  });

  it('are replaced by a later file’s scores of the same names', async () => {
    const { actions, model } = setUp();
    await actions.open([file('a.csv', 'head,x,y\nL0H0,1,2')]);
    await actions.open([file('b.json', '{"x": {"L0H0": 3}}')]);
    expect(
      model(0).userScores.map((scores) => [scores.file, scores.columns.map(({ name }) => name)]),
    ).toEqual([
      ['a.csv', ['y']],
      ['b.json', ['x']],
    ]);
    expect(valuesOf(viewOf(model(0)), metricFor('own:x'))[0]).toBe(3);
  });

  it('leave the map on s when they are removed', async () => {
    const { store, actions, model } = setUp();
    await actions.open([file('a.csv', 'head,x\nL0H0,1')]);
    store.setState({ scatter: { x: 'own:x', y: 'r' } });
    actions.remove(0, 'a.csv');
    expect(model(0).userScores).toEqual([]);
    expect(store.getState().metric).toBe('s');
    expect(store.getState().scatter).toEqual({ x: 's', y: 'r' });
    expect(resultOf(model(0), '0', () => '')).not.toHaveProperty('own');
  });

  it('can be moved to the other model, where they fit', async () => {
    const { store, actions, model } = setUp(2);
    await actions.open([file('a.csv', 'head,x\nL0H0,1')]);
    await actions.moveTo(0, 1, 'a.csv');
    expect([model(0).userScores.length, model(1).userScores.length]).toEqual([0, 1]);
    expect(store.getState().metric).toBe('own:x');
    await actions.open([file('b.csv', 'head,y\nL1H1,1')]);
    await actions.moveTo(0, 1, 'b.csv');
    expect(model(0).userScores.length).toBe(1);
    expect(store.getState().notice?.message).toBe('No head of b.csv is a head of other/model.');
  });

  it('are refused whole when they can’t be read or fit no head', async () => {
    const { store, actions, model } = setUp();
    await actions.open([file('a.csv', 'head,x\nL0H0,1\nL0H1,much')]);
    expect(store.getState().notice).toMatchObject({ code: 'scores-invalid', where: 'a.csv, line 3' });
    await actions.open([file('a.csv', 'head,x\nL9H9,1')]);
    expect(store.getState().notice?.hint).toBe('It has 2 layers of 2 heads; both count from 0.');
    expect(model(0).userScores).toEqual([]);
    expect(store.getState().metric).toBe('s');
    store.setState({ models: [] });
    await actions.open([file('a.csv', 'head,x\nL0H0,1')]);
    expect(store.getState().notice?.hint).toMatch(/Open the model first/);
  });
});
