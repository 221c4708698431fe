import { describe, expect, it } from 'vitest';
import { RAW_CONVENTION } from '../../../src/core/weights/convention.ts';
import type { CachedModel } from '../../../src/state/cachedModel.ts';
import { openingModel } from '../../../src/state/modelState.ts';
import { fakeResult } from '../figures/fakeResult.ts';
import { plannedOf, result, setUp } from './seriesSetUp.ts';

describe('a series', () => {
  it('is scored one point after another and saves each result', async () => {
    const { store, actions, asked, points, statuses, answer, settle, keptNow } = setUp();
    actions.start(1, 'o/m, step…', 'step', points);
    await settle();
    expect(asked()).toHaveLength(1);
    expect(statuses()).toEqual(['running', 'waiting', 'waiting']);
    await asked()[0]!.event({ type: 'bytes', bytes: { read: 5, planned: 10, needed: 10, file: 20 } });
    expect(store.getState().series?.bytes?.read).toBe(5);
    for (const step of [0, 1000, 3000]) {
      await answer(result(`at ${step}`));
      await settle();
    }
    expect(asked().map(({ request: { choice } }) => choice.kind === 'hub' && choice.revision)).toEqual([
      'step0',
      'step1000',
      'step3000',
    ]);
    expect(statuses()).toEqual(['done', 'done', 'done']);
    expect(store.getState().series).toMatchObject({ status: 'done', shownIndex: null, bytes: null });
    expect(keptNow).toEqual(['step0', 'step1000', 'step3000']);
    const { scored } = store.getState().series!.tracks[0]!.checkpoints[1]!;
    expect(scored?.stacks[0]?.layers).toBe(scored?.result.stacks[0]?.layers);
  });

  it('takes cached scores of the same commit alone', async () => {
    const kept = (sha: string): CachedModel => {
      const of = result('kept');
      return { result: { ...of, model: { ...of.model, sha } }, stacks: plannedOf(of), weightsOptions: [] };
    };
    const { actions, asked, points, statuses, settle } = setUp({
      step0: kept(fakeResult().model.sha!),
      step1000: kept('0'.repeat(40)),
    });
    expect([
      ...(await actions.cachedLabels(points, { layoutOverrides: {}, convention: RAW_CONVENTION })),
    ]).toEqual(['step0']);
    actions.start(1, 'o/m', 'step', points);
    await settle();
    expect(statuses()).toEqual(['done', 'running', 'waiting']);
    expect(asked()).toHaveLength(1);
  });

  it('puts a point in the model’s place under a new key, if the point has scores', async () => {
    const { store, actions, points, answer, settle, checked, stoppedKeys } = setUp();
    actions.start(1, 'o/m', 'step', points);
    await settle();
    await answer(result('at 0', -0.3));
    await settle();
    actions.show(1);
    expect(store.getState().series?.shownIndex).toBeNull();
    actions.show(0);
    const [model] = store.getState().models;
    expect(model).toMatchObject({ status: 'done', stackName: 'self', choice: { revision: 'step0' } });
    expect(model?.model?.id).toBe('at 0');
    expect(model?.stacks[0]?.layers[0]?.heads[0]?.s).toBe(-0.3);
    expect(model?.key).not.toBe(1);
    expect(store.getState().series).toMatchObject({ shownIndex: 0, tracks: [{ slot: model?.slot }] });
    expect(stoppedKeys).toEqual([1]);
    expect(checked).toEqual([['step0', 'step1000', 'step3000']]);
  });

  it('keeps what was scored when it is cancelled, and resumes with what is left or failed', async () => {
    const { store, actions, asked, points, statuses, answer, settle } = setUp();
    actions.start(1, 'o/m', 'step', points);
    await settle();
    await answer(result('at 0'));
    await settle();
    actions.cancel();
    expect(asked()[1]!.isCancelled).toBe(true);
    expect([store.getState().series?.status, statuses()]).toEqual([
      'cancelled',
      ['done', 'waiting', 'waiting'],
    ]);
    // What the cancelled one still says is stale.
    await answer(result('late'));
    await settle();
    expect(statuses()).toEqual(['done', 'waiting', 'waiting']);
    actions.resume();
    await settle();
    const error = { code: 'network', message: 'No connection.', permanent: false } as const;
    await asked().at(-1)!.fail(error);
    await settle();
    await answer(result('at 3000'));
    await settle();
    expect(statuses()).toEqual(['done', 'failed', 'done']);
    expect(store.getState().series?.tracks[0]?.checkpoints[1]?.error).toEqual(error);
    actions.resume();
    await settle();
    expect(statuses()).toEqual(['done', 'running', 'done']);
  });

  it('names a revision whose files leave a question open', async () => {
    const { store, actions, asked, points, statuses, settle } = setUp();
    actions.start(1, 'o/m', 'step', points.slice(0, 1));
    await settle();
    await asked()[0]!.event({
      type: 'question',
      question: { kind: 'mapping', why: '', groups: [], proposals: [], shapeKey: '' },
      notes: [],
    });
    await asked()[0]!.done();
    await settle();
    expect(statuses()).toEqual(['failed']);
    expect(store.getState().series?.tracks[0]?.checkpoints[0]?.error?.message).toContain(
      'step0: its files don’t say',
    );
  });

  it('ends when its model leaves the page', async () => {
    const { store, actions, asked, points, settle } = setUp();
    actions.start(1, 'o/m', 'step', points);
    await settle();
    store.setState({ models: [openingModel(99, { kind: 'hub', repo: 'o/other' }, 'o/other')] });
    expect(store.getState().series).toBeNull();
    expect(asked()[0]!.isCancelled).toBe(true);
  });
});
