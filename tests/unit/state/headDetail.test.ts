import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HeadDetail } from '../../../src/core/inspection/headDetail.ts';
import type { HeatmapView } from '../../../src/figures/heatmapView.ts';
import { headDetailActions } from '../../../src/state/headDetail.ts';
import { reduceModel } from '../../../src/state/modelReducer.ts';
import { openingModel } from '../../../src/state/modelState.ts';
import { resultOf } from '../../../src/state/selectors.ts';
import { headValuesText } from '../../../src/ui/heatmap/copyHead.ts';
import { viewsOfModels } from '../../../src/ui/modelViews.ts';
import { analyseLocal } from '../../support/analyseLocal.ts';
import { fakeClient } from '../../support/fakeClient.ts';
import { caseFiles } from '../../support/oracle.ts';
import { serviceClient } from '../../support/serviceClient.ts';
import { testContext } from '../../support/testContext.ts';

async function scored(name: string, key: number) {
  const files = caseFiles(name);
  const events = await analyseLocal(files);
  const start = openingModel(key, { kind: 'local', files }, name);
  return events.reduce((model, event) => reduceModel(model, event, 0), start);
}

const DETAIL = { head: 1 } as unknown as HeadDetail;

describe('the pinned head in detail', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  async function setUp() {
    vi.useRealTimers();
    const models = [await scored('bert-f32', 7), await scored('gpt2-f32', 8)];
    vi.useFakeTimers();
    const client = fakeClient();
    const ctx = testContext({ client });
    const { store } = ctx;
    const requests = () => client.of('headDetail');
    const actions = headDetailActions(ctx);
    store.setState({ models });
    const statuses = () => store.getState().headDetails.map(({ status }) => status);
    return { store, requests, actions, statuses };
  }

  it('is requested for every model after a moment, and arrives part by part', async () => {
    const { store, requests, statuses } = await setUp();
    store.setState({ pinned: { layer: 0, head: 1 } });
    expect(statuses()).toEqual(['running', 'running']);
    expect(requests()).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(200);
    expect(
      requests().map(({ name, request }) => [name, request.modelKey.split(' ')[0], request.place]),
    ).toEqual([
      ['headDetail', '7', { stack: 'self', layer: 0, head: 1 }],
      ['headDetail', '8', { stack: 'self', layer: 0, head: 1 }],
    ]);
    await requests()[0]!.event(DETAIL);
    expect(store.getState().headDetails[0]).toMatchObject({ status: 'running', detail: DETAIL });
    await requests()[0]!.done();
    expect(statuses()).toEqual(['done', 'running']);
  });

  it('is dropped when the pin moves, and restored at once from the cache', async () => {
    const { store, requests, statuses } = await setUp();
    store.setState({ pinned: { layer: 0, head: 1 } });
    await vi.advanceTimersByTimeAsync(200);
    for (const request of requests()) {
      await request.event(DETAIL);
      await request.done();
    }
    store.setState({ pinned: { layer: 1, head: 0 } });
    store.setState({ pinned: { layer: 1, head: 1 } });
    await vi.advanceTimersByTimeAsync(200);
    // Nobody stayed on layer 1, head 0.
    expect(
      requests()
        .slice(2)
        .map(({ request }) => request.place.head),
    ).toEqual([1, 1]);
    store.setState({ pinned: { layer: 0, head: 1 } });
    expect(
      requests()
        .slice(2)
        .map(({ isCancelled }) => isCancelled),
    ).toEqual([true, true]);
    expect(statuses()).toEqual(['done', 'done']);
    await requests()[2]!.event({ ...DETAIL, head: 9 });
    expect(store.getState().headDetails[0]!.detail).toEqual(DETAIL);
    await vi.advanceTimersByTimeAsync(200);
    expect(requests()).toHaveLength(4);
    store.setState({ pinned: null });
    expect(statuses()).toEqual(['idle', 'idle']);
  });

  it('is cached for the eight heads that were viewed last', async () => {
    const { store, requests } = await setUp();
    store.setState({ models: store.getState().models.slice(0, 1) });
    const look = async (layer: number, head: number) => {
      store.setState({ pinned: { layer, head } });
      await vi.advanceTimersByTimeAsync(200);
      const last = requests().at(-1)!;
      await last.event(DETAIL);
      await last.done();
    };
    const model = store.getState().models[0]!;
    const { layers, heads } = model.stacks[0]!.shape;
    const all = Array.from(
      { length: layers * heads },
      (_, at) => [Math.floor(at / heads), at % heads] as const,
    );
    expect(all.length).toBeGreaterThan(9);
    for (const [layer, head] of all.slice(0, 8)) await look(layer, head);
    await look(...all[0]!);
    expect(requests()).toHaveLength(8);
    // A ninth one: the first was looked at since, so the second makes room.
    await look(...all[8]!);
    await look(...all[0]!);
    expect(requests()).toHaveLength(9);
    await look(...all[1]!);
    expect(requests()).toHaveLength(10);
  });

  it('isn’t requested for a head that a model lacks', async () => {
    const { store, statuses } = await setUp();
    store.setState({ pinned: { layer: 99, head: 0 } });
    expect(statuses()).toEqual(['idle', 'idle']);
  });

  it('has an error when it fails, and is requested again on retry', async () => {
    const { store, requests, actions, statuses } = await setUp();
    store.setState({ pinned: { layer: 0, head: 0 }, models: store.getState().models.slice(0, 1) });
    await vi.advanceTimersByTimeAsync(200);
    const error = { code: 'network', message: 'gone', permanent: false } as const;
    await requests()[0]!.fail(error);
    expect(store.getState().headDetails).toMatchObject([{ status: 'failed', error }]);
    actions.retry();
    expect(statuses()).toEqual(['running']);
    await vi.advanceTimersByTimeAsync(200);
    expect(requests()).toHaveLength(2);
  });
});

describe('from the pin through the worker’s service', () => {
  it('agrees with the row’s score for two heads of a model that is opened once', async () => {
    const model = await scored('llama-gqa-bf16', 3);
    const client = serviceClient();
    const ctx = testContext({ client });
    const { store } = ctx;
    headDetailActions(ctx);
    store.setState({ models: [model] });
    for (const head of [3, 0]) {
      store.setState({ pinned: { layer: 1, head } });
      await vi.waitFor(() => expect(store.getState().headDetails[0]!.status).toBe('done'), 10_000);
      const { detail } = store.getState().headDetails[0]!;
      const row = model.stacks[0]!.layers[1]!.heads[head]!;
      expect(Math.abs(detail!.r! - row.r!)).toBeLessThanOrEqual(1e-12);
      expect(detail!.kvHead).toBe(row.kvHead);
      expect(detail!.partners!.heads).toBe(model.stacks[0]!.shape.heads);
      expect(detail!.pValue!.draws).toBe(999);
    }
    expect(client.sent).toEqual(['headDetail', 'headDetail']);
  });

  it('adds its values to the map, the panel and the export alike, even when the model is done', async () => {
    const model = await scored('llama-gqa-bf16', 3);
    const ctx = testContext({ client: serviceClient() });
    const { store } = ctx;
    headDetailActions(ctx);
    store.setState({ models: [{ ...model, result: null }] });
    store.setState({ pinned: { layer: 1, head: 2 } });
    await vi.waitFor(() => expect(store.getState().headDetails[0]!.status).toBe('done'), 10_000);
    const { detail } = store.getState().headDetails[0]!;
    expect(detail!.directionality).not.toBeNull();
    const [shown] = store.getState().models;
    expect(shown!.stacks[0]!.layers[1]!.heads[2]!.directionality).toBe(detail!.directionality);
    // The rest of the rows is what it was, the row's own r, s and norm too.
    const { directionality: _, ...rest } = shown!.stacks[0]!.layers[1]!.heads[2]!;
    expect(rest).toEqual(model.stacks[0]!.layers[1]!.heads[2]);
    expect(shown!.stacks[0]!.layers[0]).toBe(model.stacks[0]!.layers[0]);
    // Now it is done: its result came without the head's directionality.
    store.setState({ models: [{ ...shown!, result: model.result }] });
    const done = store.getState().models[0]!;
    const exported = resultOf(done, '0', () => '')!.stacks[0]!.layers[1]!.heads[2]!;
    expect(exported.directionality).toBe(detail!.directionality);
    expect(headValuesText(viewsOfModels([done]) as HeatmapView[], { layer: 1, head: 2 })).toContain(
      String(detail!.directionality),
    );
  });

  it('keeps a directionality that was measured', async () => {
    const model = await scored('llama-gqa-bf16', 3);
    const [stack] = model.stacks;
    const layers = stack!.layers.map((row) => ({
      ...row,
      heads: row.heads.map((head) => ({ ...head, directionality: 0.125 })),
    }));
    const measured = { ...model, stacks: [{ ...stack!, layers }], result: null };
    const ctx = testContext({ client: serviceClient() });
    const { store } = ctx;
    headDetailActions(ctx);
    store.setState({ models: [measured] });
    store.setState({ pinned: { layer: 1, head: 2 } });
    await vi.waitFor(() => expect(store.getState().headDetails[0]!.status).toBe('done'), 10_000);
    expect(store.getState().models[0]).toBe(measured);
  });
});
