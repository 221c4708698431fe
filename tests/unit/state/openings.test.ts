import { describe, expect, it } from 'vitest';
import type { AnalysisEvent, PlannedStack } from '../../../src/core/analysis/events.ts';
import type { ModelChoice } from '../../../src/core/repos/repo.ts';
import { RAW_CONVENTION } from '../../../src/core/weights/convention.ts';
import type { CachedModel } from '../../../src/state/cachedModel.ts';
import { openBeside } from '../../../src/state/comparison.ts';
import { modelsActions } from '../../../src/state/models.ts';
import { openOnPage, reopenModel, showModels, startModel } from '../../../src/state/openings.ts';
import { type FakeCall, fakeClient, settled } from '../../support/fakeClient.ts';
import { NO_RESULTS, testContext } from '../../support/testContext.ts';
import { fakeResult } from '../figures/fakeResult.ts';
import { plannedOf } from './seriesSetUp.ts';

const local = (name: string): ModelChoice => ({ kind: 'local', files: [{ path: name, blob: new Blob() }] });
const shape = { layers: 1, heads: 2, kvHeads: 2, dModel: 8, dHead: 4 };
const stack = { name: 'self', shape, layers: [{ layer: 0, tensors: [], heads: [] }] };

const PLAN = {
  type: 'plan',
  model: { id: 'm' },
  engine: { id: 'wasm' },
  bytes: { read: 0, planned: 1, needed: 1, file: 1 },
  convention: RAW_CONVENTION,
  stacks: [stack as unknown as PlannedStack],
  notes: [],
  weightsOptions: [],
  shape,
} as unknown as AnalysisEvent;
const FAILED: AnalysisEvent = {
  type: 'failed',
  error: { code: 'malformed', message: 'It is broken.', permanent: true } as never,
};
const CANCELLED: AnalysisEvent = {
  type: 'failed',
  error: { code: 'cancelled', message: 'Cancelled.', permanent: false } as never,
};
const RESULT = fakeResult({});
const KEPT: CachedModel = { result: RESULT, stacks: plannedOf(RESULT), weightsOptions: [] };
const QUESTION = { type: 'question', question: { kind: 'heads' }, notes: [] } as unknown as AnalysisEvent;

/** Openings whose events the test sends: `hear('a', PLAN)` is the last one that was asked for as "a". */
function setUp() {
  const nameOf = ({ request: { choice } }: FakeCall<'analyse'>) =>
    choice.kind === 'local' ? choice.files[0]!.path : '';
  const cancelled: string[] = [];
  const client = fakeClient((call) => {
    cancelled.push(nameOf(call as FakeCall<'analyse'>));
    void (call as FakeCall<'analyse'>).event(CANCELLED);
    void call.done();
  });
  let find: (cached: CachedModel | null) => void = () => {};
  const results = {
    ...NO_RESULTS,
    read: () =>
      new Promise<CachedModel | null>((resolve) => {
        find = resolve;
      }),
  };
  const ctx = testContext({ client, results, now: () => 1 });
  const { store } = ctx;
  const page = () => store.getState().models.map(({ requestLabel, status }) => `${requestLabel} ${status}`);
  const failed = () =>
    store.getState().failedOpening?.openings.map(({ requestLabel, status }) => `${requestLabel} ${status}`);
  return {
    ...modelsActions(ctx),
    ...{ ctx, store, cancelled, page, failed },
    open: (...names: string[]) =>
      showModels(ctx, () => names.map((name) => startModel(ctx, local(name), name))),
    find(cached: CachedModel | null) {
      find(cached);
      return settled();
    },
    async hear(asked: string, event: AnalysisEvent) {
      const call = client.of('analyse').findLast((one) => nameOf(one) === asked)!;
      await call.event(event);
      if (event.type === 'failed' || event.type === 'question') await call.done();
    },
  };
}

describe('a model opened in the place of another', () => {
  it('that fails leaves the earlier map with its head and panel, and can be tried again', async () => {
    const { store, open, hear, page, failed, retryFailed } = setUp();
    open('a');
    await hear('a', PLAN);
    const pinned = { layer: 0, head: 1 };
    store.setState({ pinned, panel: 'table' });
    const [a] = store.getState().models;
    open('b');
    expect([page(), store.getState().pinned]).toEqual([['b opening'], null]);
    await hear('b', FAILED);
    expect([page(), failed()]).toEqual([['a running'], ['b failed']]);
    expect(store.getState()).toMatchObject({ models: [a], pinned, panel: 'table', replacedModels: [] });
    retryFailed();
    expect([page(), failed()]).toEqual([['b opening'], undefined]);
    await hear('b', FAILED);
    expect([page(), failed(), store.getState().pinned]).toEqual([['a running'], ['b failed'], pinned]);
    retryFailed();
    await hear('b', PLAN);
    expect([page(), failed(), store.getState().replacedModels]).toEqual([['b running'], undefined, []]);
  });

  it('takes its place with its plan, which stops the old one', async () => {
    const { open, hear, page, cancelled } = setUp();
    open('a');
    await hear('a', PLAN);
    open('b');
    expect(cancelled).toEqual([]);
    await hear('b', PLAN);
    expect([page(), cancelled]).toEqual([['b running'], ['a']]);
    await hear('b', FAILED);
    expect(page()).toEqual(['b failed']);
  });

  it('goes back to the map when it is cancelled or its question is closed', async () => {
    const { open, hear, page, failed, cancel, dropQuestion } = setUp();
    open('a');
    await hear('a', PLAN);
    open('b');
    cancel();
    await settled();
    expect([page(), failed()]).toEqual([['a running'], ['b cancelled']]);
    open('c');
    await hear('c', QUESTION);
    expect(page()).toEqual(['c question']);
    dropQuestion(0);
    await settled();
    expect([page(), failed()]).toEqual([['a running'], ['c cancelled']]);
  });

  it('goes on being scored while it waits', async () => {
    const { store, open, hear } = setUp();
    open('a');
    await hear('a', PLAN);
    open('b');
    await hear('a', {
      type: 'layer',
      engine: 'wasm',
      stack: 'self',
      layer: { layer: 0, tensors: [], heads: [{ head: 0 } as never] },
    });
    await hear('b', FAILED);
    expect(store.getState().models[0]!.stacks[0]!.layers[0]!.heads).toHaveLength(1);
  });

  it('waits through several openings, and through answers that lead to the next question', async () => {
    const { open, hear, page, failed, ctx, cancelled } = setUp();
    open('a');
    await hear('a', PLAN);
    open('b');
    open('c');
    expect(cancelled).toEqual(['b']);
    await hear('c', QUESTION);
    reopenModel(ctx, 0, () => ({ layoutOverrides: { splits: { heads: { heads: 2, kvHeads: 2 } } } }));
    await hear('c', QUESTION);
    reopenModel(ctx, 0, () => ({}));
    await hear('c', FAILED);
    expect([page(), failed()]).toEqual([['a running'], ['c failed']]);
  });

  it('stays failed if there was no map before it', async () => {
    const { open, hear, page, failed } = setUp();
    open('a');
    await hear('a', FAILED);
    expect([page(), failed()]).toEqual([['a failed'], undefined]);
    open('b');
    await hear('b', FAILED);
    expect([page(), failed()]).toEqual([['b failed'], undefined]);
  });

  it('leaves the map of the last of two openings that had one', async () => {
    const { open, hear, page, failed } = setUp();
    open('a');
    await hear('a', PLAN);
    open('b', 'c');
    await hear('b', FAILED);
    expect(page()).toEqual(['b failed', 'c opening']);
    await hear('c', FAILED);
    expect([page(), failed()]).toEqual([['a running'], ['b failed', 'c failed']]);
    open('b', 'c');
    await hear('b', FAILED);
    await hear('c', PLAN);
    expect(page()).toEqual(['b failed', 'c running']);
  });

  it('leaves the earlier answer’s map when another answer is refused', async () => {
    const { store, open, hear, page, ctx } = setUp();
    open('a');
    await hear('a', PLAN);
    const [a] = store.getState().models;
    reopenModel(ctx, 0, () => ({ layoutOverrides: { splits: { heads: { heads: 3, kvHeads: 3 } } } }));
    await hear('a', FAILED);
    expect(page()).toEqual(['a running']);
    expect(store.getState().models[0]!.key).toBe(a!.key);
  });

  it('is the earlier map when another convention is cancelled before anything is read', async () => {
    const { store, open, hear, page, setConvention, cancel } = setUp();
    open('a', 'b');
    await hear('a', PLAN);
    await hear('b', PLAN);
    const before = store.getState().models;
    setConvention({ layerNorm: true, qkNorm: false, ropeOffset: 0 });
    expect(page()).toEqual(['a opening', 'b opening']);
    cancel();
    await settled();
    expect(store.getState().models).toEqual(before);
  });
});

describe('a second model opened in the place of another', () => {
  it('leaves the earlier pair when it fails', async () => {
    const { open, hear, ctx, page, failed, retryFailed } = setUp();
    open('a');
    await hear('a', PLAN);
    openBeside(ctx, local('b'), 'b');
    await hear('b', FAILED);
    expect([page(), failed()]).toEqual([['a running', 'b failed'], undefined]);
    openBeside(ctx, local('c'), 'c');
    await hear('c', PLAN);
    openBeside(ctx, local('d'), 'd');
    expect(page()).toEqual(['a running', 'd opening']);
    await hear('d', FAILED);
    expect([page(), failed()]).toEqual([['a running', 'c running'], ['d failed']]);
    retryFailed();
    expect(page()).toEqual(['a running', 'd opening']);
  });
});

describe('a hub model whose cached scores are being looked up', () => {
  const hub: ModelChoice = { kind: 'hub', repo: 'o/a' };

  it('is cancelled at once and leaves the earlier map', async () => {
    const { open, hear, ctx, page, cancel } = setUp();
    open('a');
    await hear('a', PLAN);
    openOnPage(ctx, hub, 'o/a');
    cancel();
    await settled();
    expect(page()).toEqual(['a running']);
  });

  it('takes the place of the map when they are found', async () => {
    const { store, open, hear, ctx, find } = setUp();
    open('a');
    await hear('a', PLAN);
    openOnPage(ctx, hub, 'o/a');
    expect(store.getState().replacedModels).toHaveLength(1);
    await find(KEPT);
    expect(store.getState().replacedModels).toEqual([]);
  });
});
