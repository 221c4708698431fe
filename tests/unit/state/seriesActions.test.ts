import { describe, expect, it } from 'vitest';
import {
  type AnalysisEvent,
  type ModelChoice,
  type PlannedStack,
  RAW_CONVENTION,
} from '../../../src/core/index.ts';
import { INITIAL_STATE } from '../../../src/state/appState.ts';
import { openingModel, reduceModel } from '../../../src/state/modelReducer.ts';
import type { KeptModel } from '../../../src/state/resultCache.ts';
import { seriesActions, type WantedPoint } from '../../../src/state/seriesActions.ts';
import { createAppStore } from '../../../src/state/store.ts';
import { fakeResult } from '../figures/fakeResult.ts';

const NO_OFFERS = { layerNorm: null, qkNorm: null, rope: null };
type Listener = (event: AnalysisEvent) => void;

const result = (id: string, s = 0.1, layers = 2) =>
  fakeResult({ id, layers, heads: 2, score: (layer, head) => s + layer / 10 + head / 100 });

function plannedOf(of: ReturnType<typeof result>): PlannedStack[] {
  return of.stacks.map((stack) => ({
    ...stack,
    layers: stack.layers.map((layer) => ({ ...layer, heads: [] })),
    splitKey: 'heads',
    splits: [],
    offers: NO_OFFERS,
  }));
}

function setUp(kept: Readonly<Record<string, KeptModel>> = {}) {
  const store = createAppStore(INITIAL_STATE.settings);
  const asked: { choice: ModelChoice; hear: Listener; end: () => void; cancelled: boolean }[] = [];
  const keptNow: string[] = [];
  let key = 1;
  let timingStops = 0;
  const actions = seriesActions({
    store,
    send({ choice }, hear, end) {
      const one = { choice, hear, end, cancelled: false };
      asked.push(one);
      return {
        id: asked.length,
        cancel: () => {
          one.cancelled = true;
        },
      };
    },
    now: () => 0,
    nextKey: () => ++key,
    stopTiming: () => timingStops++,
    results: {
      read: async ({ choice }) => kept[choice.revision ?? 'main'] ?? null,
      write: async () => {},
      count: async () => 0,
      clear: async () => {},
    },
    keep: (model) => keptNow.push(model.asked),
  });
  const open = reduceModel(
    openingModel(1, { kind: 'hub', repo: 'o/m' }, 'o/m', { splits: {} }),
    { type: 'done', result: result('o/m'), elapsedMs: 1 },
    0,
  );
  store.setState({ models: [{ ...open, stacks: plannedOf(result('o/m')), shown: 'self' }] });
  const points = [0, 1000, 3000].map(
    (step): WantedPoint => ({
      label: `step${step}`,
      step,
      choice: { kind: 'hub', repo: 'o/m', revision: `step${step}` },
      commit: fakeResult().model.sha,
    }),
  );
  const statuses = () => store.getState().series?.tracks[0]?.points.map(({ status }) => status);
  /** The last request's model is planned and scored. */
  const answer = (of: ReturnType<typeof result>) => {
    const { hear, end } = asked.at(-1)!;
    const { model, engine, bytes, shape, notes, convention } = of;
    hear({
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
    hear({ type: 'done', result: of, elapsedMs: 1 });
    end();
  };
  const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
  return { store, actions, asked, points, statuses, answer, settle, keptNow, stops: () => timingStops };
}

describe('a series', () => {
  it('is scored one point after another, each kept; only results stay', async () => {
    const { store, actions, asked, points, statuses, answer, settle, keptNow } = setUp();
    actions.start(1, 'o/m, step…', 'step', points);
    await settle();
    expect(asked).toHaveLength(1);
    expect(statuses()).toEqual(['running', 'waiting', 'waiting']);
    asked[0]!.hear({ type: 'bytes', bytes: { read: 5, planned: 10, needed: 10, file: 20 } });
    expect(store.getState().series?.bytes?.read).toBe(5);
    for (const step of [0, 1000, 3000]) {
      answer(result(`at ${step}`));
      await settle();
    }
    expect(asked.map(({ choice }) => choice.kind === 'hub' && choice.revision)).toEqual([
      'step0',
      'step1000',
      'step3000',
    ]);
    expect(statuses()).toEqual(['done', 'done', 'done']);
    expect(store.getState().series).toMatchObject({ status: 'done', at: null, bytes: null });
    expect(keptNow).toEqual(['step0', 'step1000', 'step3000']);
    const { scored } = store.getState().series!.tracks[0]!.points[1]!;
    expect(scored?.stacks[0]?.layers).toBe(scored?.result.stacks[0]?.layers);
  });

  it('takes kept scores of the same commit, and reads anew those of another one', async () => {
    const kept = (sha: string): KeptModel => {
      const of = result('kept');
      return { result: { ...of, model: { ...of.model, sha } }, stacks: plannedOf(of), weightsOptions: [] };
    };
    const { actions, asked, points, statuses, settle } = setUp({
      step0: kept(fakeResult().model.sha!),
      step1000: kept('0'.repeat(40)),
    });
    expect([...(await actions.kept(points, { answers: {}, convention: RAW_CONVENTION }))]).toEqual(['step0']);
    actions.start(1, 'o/m', 'step', points);
    await settle();
    expect(statuses()).toEqual(['done', 'running', 'waiting']);
    expect(asked).toHaveLength(1);
  });

  it('the slider puts a point in the model’s place, under a new key; a point without scores is passed over', async () => {
    const { store, actions, points, answer, settle, stops } = setUp();
    actions.start(1, 'o/m', 'step', points);
    await settle();
    answer(result('at 0', -0.3));
    await settle();
    actions.show(1);
    expect(store.getState().series?.at).toBeNull();
    actions.show(0);
    const [model] = store.getState().models;
    expect(model).toMatchObject({ status: 'done', shown: 'self', choice: { revision: 'step0' } });
    expect(model?.model?.id).toBe('at 0');
    expect(model?.stacks[0]?.layers[0]?.heads[0]?.s).toBe(-0.3);
    expect(model?.key).not.toBe(1);
    expect(store.getState().series).toMatchObject({ at: 0, tracks: [{ modelKey: model?.key }] });
    expect(stops()).toBe(1);
  });

  it('cancelled, it keeps what was scored and can go on; what failed is tried again', async () => {
    const { store, actions, asked, points, statuses, answer, settle } = setUp();
    actions.start(1, 'o/m', 'step', points);
    await settle();
    answer(result('at 0'));
    await settle();
    actions.cancel();
    expect(asked[1]!.cancelled).toBe(true);
    expect([store.getState().series?.status, statuses()]).toEqual([
      'cancelled',
      ['done', 'waiting', 'waiting'],
    ]);
    // What the cancelled one still says is stale.
    answer(result('late'));
    await settle();
    expect(statuses()).toEqual(['done', 'waiting', 'waiting']);
    actions.resume();
    await settle();
    const error = { code: 'network', message: 'No connection.', permanent: false } as const;
    asked.at(-1)!.hear({ type: 'failed', error });
    asked.at(-1)!.end();
    await settle();
    answer(result('at 3000'));
    await settle();
    expect(statuses()).toEqual(['done', 'failed', 'done']);
    expect(store.getState().series?.tracks[0]?.points[1]?.error).toEqual(error);
    actions.resume();
    await settle();
    expect(statuses()).toEqual(['done', 'running', 'done']);
  });

  it('a revision whose files leave a question open says so', async () => {
    const { store, actions, asked, points, statuses, settle } = setUp();
    actions.start(1, 'o/m', 'step', points.slice(0, 1));
    await settle();
    asked[0]!.hear({
      type: 'question',
      question: { kind: 'mapping', why: '', groups: [], proposals: [], shapeKey: '' },
    });
    asked[0]!.end();
    await settle();
    expect(statuses()).toEqual(['failed']);
    expect(store.getState().series?.tracks[0]?.points[0]?.error?.message).toContain(
      'step0: its files don’t say',
    );
  });

  it('ends when its model leaves the page', async () => {
    const { store, actions, asked, points, settle } = setUp();
    actions.start(1, 'o/m', 'step', points);
    await settle();
    store.setState({ models: [openingModel(99, { kind: 'hub', repo: 'o/other' }, 'o/other')] });
    expect(store.getState().series).toBeNull();
    expect(asked[0]!.cancelled).toBe(true);
  });
});
