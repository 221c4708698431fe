import { describe, expect, it } from 'vitest';
import { folderActions } from '../../../src/state/folder.ts';
import type { WantedCheckpoint } from '../../../src/state/seriesTracks.ts';
import { fakeClient } from '../../support/fakeClient.ts';
import { testContext } from '../../support/testContext.ts';

const files = (...paths: string[]) => paths.map((path) => ({ path, blob: new Blob([path]) }));
const run = (name: string) =>
  files(`${name}/step2/model.safetensors`, `${name}/step10/model.safetensors`, `${name}/model.safetensors`);

function setUp() {
  const client = fakeClient();
  const ctx = testContext({ client });
  const { store } = ctx;
  const opened = () => client.of('analyse').map(({ request }) => request.choice);
  const series: { name: string; points: readonly WantedCheckpoint[] }[] = [];
  const actions = folderActions(ctx, (_key, name, _unit, points) => series.push({ name, points }));
  const label = () => store.getState().models.at(-1)!.requestLabel;
  return { store, actions, opened, series, label };
}

describe('a dropped folder of checkpoints', () => {
  it('opens what the user chooses of it: one, all as a series, or the rest', async () => {
    const { store, actions, opened, series, label } = setUp();
    await actions.take(run('run'), 'page');
    expect(store.getState()).toMatchObject({ folder: null, pendingFolder: { found: { name: 'run' } } });
    expect(opened()).toEqual([]);
    actions.choose(0);
    expect(label()).toBe('step2');
    await actions.take(run('run'), 'page');
    actions.choose('all');
    expect(label()).toBe('step10');
    await actions.take(run('run'), 'page');
    actions.choose('beside');
    expect(label()).toBe('run');
    expect(series).toHaveLength(1);
    expect(series[0]!.points.map(({ label, step, choice }) => [label, step, choice])).toEqual([
      ['step2', 2, expect.objectContaining({ kind: 'local' })],
      ['step10', 10, expect.objectContaining({ kind: 'local' })],
    ]);
    // The open model and the point that it is are of the same files: they are read once.
    const [open, point] = [opened()[1]!, series[0]!.points[1]!.choice];
    expect(open.kind === 'local' && point.kind === 'local' && open.files === point.files).toBe(true);
    expect(store.getState()).toMatchObject({ folder: { name: 'run' }, pendingFolder: null });
  });

  it('leaves the open folder as it is when its question is closed or another model opens beside', async () => {
    const { store, actions } = setUp();
    await actions.take(run('run'), 'page');
    actions.choose(0);
    await actions.take(run('other'), 'page');
    expect(store.getState().folder?.name).toBe('run');
    actions.drop();
    expect(store.getState()).toMatchObject({ folder: { name: 'run' }, pendingFolder: null });
    await actions.take(run('other'), 'beside');
    actions.choose(1);
    expect(store.getState()).toMatchObject({ folder: { name: 'run' }, pendingFolder: null });
  });
});
