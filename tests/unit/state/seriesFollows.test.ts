import { describe, expect, it } from 'vitest';
import { conventionOf, RAW_CONVENTION } from '../../../src/core/weights/convention.ts';
import { mergeLayerMetrics } from '../../../src/state/mergeMetrics.ts';
import { reduceModel } from '../../../src/state/modelReducer.ts';
import { type ModelState, openingModel, resetForRescore } from '../../../src/state/modelState.ts';
import { type SeriesCheckpoint, trackOf } from '../../../src/state/seriesTracks.ts';
import { fakeResult } from '../figures/fakeResult.ts';
import { plannedOf, result, setUp } from './seriesSetUp.ts';

describe('a series beside its model', () => {
  it('waits for the open model and takes its scores for the point that it is', async () => {
    const { store, actions, asked, points, statuses, settle } = setUp();
    const scored = { ...result('o/m'), model: { ...fakeResult().model, sha: 'b'.repeat(40) } };
    const [first] = store.getState().models;
    store.setState({ models: [{ ...first!, status: 'running', result: null, model: scored.model }] });
    actions.start(1, 'o/m', 'step', [
      { ...points[0]!, commit: 'a'.repeat(40) },
      { ...points[1]!, commit: 'b'.repeat(40) },
    ]);
    await settle();
    expect([store.getState().series?.status, statuses(), asked().length]).toEqual([
      'running',
      ['waiting', 'waiting'],
      0,
    ]);
    store.setState({ models: [{ ...store.getState().models[0]!, status: 'done', result: scored }] });
    await settle();
    expect(statuses()).toEqual(['running', 'done']);
    expect(asked().map(({ request }) => request.choice)).toEqual([points[0]!.choice]);
    expect(store.getState().series?.tracks[0]?.checkpoints[1]?.scored?.result).toBe(scored);
  });

  it('begins nothing when it is cancelled while it waits', async () => {
    const { store, actions, asked, points, settle } = setUp();
    const [first] = store.getState().models;
    store.setState({ models: [{ ...first!, status: 'running' }] });
    actions.start(1, 'o/m', 'step', points);
    await settle();
    actions.cancel();
    store.setState({ models: [first!] });
    await settle();
    expect([asked().length, store.getState().series?.status]).toEqual([0, 'cancelled']);
  });

  it('ends the work on a model that its slider replaces', async () => {
    const { store, actions, points, answer, settle, stoppedKeys, run } = setUp();
    actions.start(1, 'o/m', 'step', points);
    await settle();
    await answer(result('at 0'));
    await settle();
    // It is opened anew, and a point is chosen before it is done.
    run(50);
    store.setState(({ models }) => ({
      models: models.map((model) => ({ ...model, key: 50, status: 'running' })),
    }));
    expect(store.getState().series?.tracks[0]?.checkpoints[0]?.status).toBe('done');
    actions.show(0);
    expect(stoppedKeys).toEqual([50]);
    expect(store.getState().models[0]).toMatchObject({ status: 'done', requestLabel: 'o/m@step0' });
  });

  it('keeps its curves the same objects while bytes arrive', async () => {
    const { store, actions, asked, points, settle } = setUp();
    actions.start(1, 'o/m', 'step', points);
    await settle();
    const tracks = store.getState().series?.tracks;
    await asked()[0]!.event({ type: 'bytes', bytes: { read: 5, planned: 10, needed: 10, file: 20 } });
    expect(store.getState().series?.bytes?.read).toBe(5);
    expect(store.getState().series?.tracks).toBe(tracks);
  });

  it('scores its points again under another convention, never mixing the two', async () => {
    const { store, actions, asked, points, statuses, answer, settle } = setUp();
    actions.start(1, 'o/m', 'step', points);
    await settle();
    await answer(result('at 0'));
    await settle();
    expect(statuses()).toEqual(['done', 'running', 'waiting']);
    const convention = conventionOf({ layerNorm: true, qkNorm: false, ropeOffset: 0 });
    const again = (key: number, change: Partial<ModelState>) =>
      store.setState(({ models: [model] }) => ({ models: [{ ...model!, key, ...change }] }));
    again(60, { convention });
    await settle();
    // It was running, and goes on with the new word.
    expect(asked()[1]!.isCancelled).toBe(true);
    expect(statuses()).toEqual(['running', 'waiting', 'waiting']);
    expect(asked()).toHaveLength(3);
    expect(asked()[2]!.request.convention).toEqual(convention);
    for (const step of [0, 1000, 3000]) {
      await answer(result(`anew ${step}`));
      await settle();
    }
    expect(statuses()).toEqual(['done', 'done', 'done']);
    // Another key alone, as after "try again", loses nothing.
    again(61, {});
    expect(statuses()).toEqual(['done', 'done', 'done']);
    again(62, { convention: RAW_CONVENTION });
    expect([store.getState().series?.status, statuses()]).toEqual(['done', ['stale', 'stale', 'stale']]);
    expect(asked()).toHaveLength(5);
    actions.show(0);
    expect(store.getState().series?.shownIndex).toBeNull();
    actions.resume();
    await settle();
    expect(asked().at(-1)!.request.convention).toEqual(RAW_CONVENTION);
  });

  it('takes the other weights of the open model for its points', async () => {
    const { store, actions, points, statuses, answer, settle, asked } = setUp();
    actions.start(1, 'o/m', 'step', points.slice(0, 1));
    await settle();
    await answer(result('at 0'));
    await settle();
    store.setState(({ models: [model] }) => ({
      models: [{ ...model!, key: 70, choice: { kind: 'hub', repo: 'o/m', weights: { path: 'x.bin' } } }],
    }));
    expect(statuses()).toEqual(['stale']);
    actions.resume();
    await settle();
    expect(asked().at(-1)!.request.choice).toEqual({
      kind: 'hub',
      repo: 'o/m',
      revision: 'step0',
      weights: { path: 'x.bin' },
    });
  });

  it('keeps what is measured of a point when the slider moves on and back', async () => {
    const { store, actions, points, answer, settle } = setUp();
    actions.start(
      1,
      'o/m',
      'step',
      points.slice(0, 2).map((point, at) => ({ ...point, commit: `${at}`.repeat(40) })),
    );
    for (const at of [0, 1]) {
      await settle();
      const of = result(`at ${at}`);
      await answer({ ...of, model: { ...of.model, sha: `${at}`.repeat(40) } });
    }
    await settle();
    actions.show(0);
    const place = { stack: 'self', layer: 1, engine: 'reference' } as const;
    for (const measures of [
      { ...place, what: 'score', score: { r: 0.75, s: 0.5 } },
      {
        ...place,
        what: 'directionality',
        directionality: 0.25,
        heads: [{ head: 0, directionality: -0.125 }],
      },
    ] as const)
      store.setState(({ models }) => ({ models: models.map((model) => mergeLayerMetrics(model, measures)) }));
    actions.show(1);
    expect(store.getState().models[0]?.result?.stacks[0]?.layers[1]?.score).toBeUndefined();
    actions.show(0);
    const [model] = store.getState().models;
    const [point] = store.getState().series!.tracks[0]!.checkpoints;
    for (const { stacks } of [model!, model!.result!, point!.scored!, point!.scored!.result]) {
      const layer = stacks[0]!.layers[1]!;
      expect([layer.score, layer.directionality]).toEqual([{ r: 0.75, s: 0.5 }, 0.25]);
      expect(layer.heads[0]!.directionality).toBe(-0.125);
    }
  });

  it('stays with the model that stays, and follows the order of two', () => {
    const { store, actions } = setUp();
    const pair = ['masked', 'causal'].map((name, at) => {
      const opening = openingModel(at + 1, { kind: 'sample', name, baseUrl: '' }, `sample/${name}`);
      return reduceModel(opening, { type: 'done', result: result(name), elapsedMs: 1 }, 0);
    });
    const tracks = pair.map((model) => {
      const points = [0, 100].map((step): SeriesCheckpoint => {
        const recorded = {
          ...result('step', step / 1000),
          engine: { id: 'recorded', device: '', reason: '' } as const,
        };
        const { choice } = model;
        const scored = { result: recorded, stacks: plannedOf(recorded), weightsOptions: [] };
        return { label: `step ${step}`, step, choice, commit: null, status: 'done', scored, error: null };
      });
      return trackOf(model, model.requestLabel, points, true);
    });
    store.setState({ models: pair });
    actions.open('step', tracks);
    actions.show(1);
    expect(store.getState().models.map(({ engine, requestLabel }) => [engine?.id, requestLabel])).toEqual([
      ['recorded', 'sample/masked'],
      ['recorded', 'sample/causal'],
    ]);
    store.setState(({ models: [a, b] }) => ({ models: [b!, a!] }));
    expect(store.getState().series?.tracks.map(({ name }) => name)).toEqual([
      'sample/causal',
      'sample/masked',
    ]);
    store.setState(({ models: [, masked] }) => ({ models: [masked!] }));
    expect(store.getState().series).toMatchObject({ shownIndex: 1, tracks: [{ name: 'sample/masked' }] });
    actions.show(0);
    expect(store.getState().models[0]?.model?.id).toBe('step');
    expect(store.getState().series?.shownIndex).toBe(0);
    // A record is of one convention: there are no weights to score under another.
    const [model] = store.getState().models;
    const convention = conventionOf({ layerNorm: true, qkNorm: false, ropeOffset: 0 });
    const anew = resetForRescore(model!, {
      ...openingModel(9, model!.choice, model!.requestLabel),
      convention,
    });
    store.setState({ models: [anew] });
    expect(store.getState().series).toBeNull();
    // What is read now is the finished model, not the step.
    expect([anew.model?.revision, anew.engine, anew.requestLabel]).toEqual([null, null, 'sample/masked']);
  });
});
