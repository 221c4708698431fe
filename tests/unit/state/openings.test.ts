import { describe, expect, it } from 'vitest';
import type { AnalysisEvent, PlannedStack } from '../../../src/core/analysis/events.ts';
import type { ModelChoice } from '../../../src/core/repos/repo.ts';
import { conventionOf, RAW_CONVENTION } from '../../../src/core/weights/convention.ts';
import { INITIAL_STATE } from '../../../src/state/appState.ts';
import { compareActions } from '../../../src/state/compareActions.ts';
import { createOpenings } from '../../../src/state/openings.ts';
import { createAppStore } from '../../../src/state/store.ts';

const local: ModelChoice = { kind: 'local', files: [] };
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
const QUESTION = { type: 'question', question: { kind: 'heads' }, notes: [] } as unknown as AnalysisEvent;

/** Openings whose events the test sends: `hear('a', PLAN)` is the last one that was asked for as "a". */
function setUp() {
  const store = createAppStore(INITIAL_STATE.settings);
  const running = new Map<string, (event: AnalysisEvent) => void>();
  const cancelled: string[] = [];
  let found = () => {};
  const openings = createOpenings({
    store,
    send({ asked }, onEvent, onEnd) {
      const hear = (event: AnalysisEvent) => {
        onEvent(event);
        if (event.type === 'failed' || event.type === 'question') onEnd();
      };
      running.set(asked, hear);
      return {
        id: 0,
        cancel() {
          cancelled.push(asked);
          hear(CANCELLED);
        },
      };
    },
    hub: {
      lookUp: (_key, _asked, { cancelled, shown }) => {
        found = shown;
        return { cancel: cancelled };
      },
      keep() {},
    },
    mappings: { of: () => null, remember() {}, forget() {} },
    schedule: (run) => run(),
    now: () => 1,
    stopTiming() {},
  });
  const { start, stop } = openings;
  const beside = compareActions({ store, start, stop, stopTiming() {} });
  const page = () => store.getState().models.map(({ asked, status }) => `${asked} ${status}`);
  const failed = () =>
    store.getState().failedOpening?.openings.map(({ asked, status }) => `${asked} ${status}`);
  return {
    ...openings,
    ...{ store, beside, cancelled, page, failed },
    open: (...names: string[]) => openings.show(() => names.map((name) => start(local, name))),
    find: () => found(),
    hear: (asked: string, event: AnalysisEvent) => running.get(asked)?.(event),
  };
}

describe('a model opened in the place of another', () => {
  it('that fails leaves the map that was there, with its head and panel, and can be tried again', () => {
    const { store, open, hear, page, failed, retryFailed } = setUp();
    open('a');
    hear('a', PLAN);
    const pinned = { layer: 0, head: 1 };
    store.setState({ pinned, panel: 'table' });
    const [a] = store.getState().models;
    open('b');
    expect([page(), store.getState().pinned]).toEqual([['b opening'], null]);
    hear('b', FAILED);
    expect([page(), failed()]).toEqual([['a running'], ['b failed']]);
    expect(store.getState()).toMatchObject({ models: [a], pinned, panel: 'table', replacedModels: [] });
    retryFailed();
    expect([page(), failed()]).toEqual([['b opening'], undefined]);
    hear('b', FAILED);
    expect([page(), failed(), store.getState().pinned]).toEqual([['a running'], ['b failed'], pinned]);
    retryFailed();
    hear('b', PLAN);
    expect([page(), failed(), store.getState().replacedModels]).toEqual([['b running'], undefined, []]);
  });

  it('takes its place for good with its plan; what still ran for the old one is stopped then, not before', () => {
    const { open, hear, page, cancelled } = setUp();
    open('a');
    hear('a', PLAN);
    open('b');
    expect(cancelled).toEqual([]);
    hear('b', PLAN);
    expect([page(), cancelled]).toEqual([['b running'], ['a']]);
    hear('b', FAILED);
    expect(page()).toEqual(['b failed']);
  });

  it('that is cancelled, or whose question is closed without an answer, goes back to the map', () => {
    const { store, open, hear, page, failed, cancel, giveUp } = setUp();
    open('a');
    hear('a', PLAN);
    open('b');
    cancel();
    expect([page(), failed()]).toEqual([['a running'], ['b cancelled']]);
    open('c');
    hear('c', QUESTION);
    expect(page()).toEqual(['c question']);
    giveUp(store.getState().models[0]!.key);
    expect([page(), failed()]).toEqual([['a running'], ['c cancelled']]);
  });

  it('goes on being scored while it waits', () => {
    const { store, open, hear } = setUp();
    open('a');
    hear('a', PLAN);
    open('b');
    hear('a', {
      type: 'layer',
      stack: 'self',
      layer: { layer: 0, tensors: [], heads: [{ head: 0 } as never] },
    });
    hear('b', FAILED);
    expect(store.getState().models[0]!.stacks[0]!.layers[0]!.heads).toHaveLength(1);
  });

  it('waits through several openings, and through answers that lead to the next question', () => {
    const { open, hear, page, failed, reopen, cancelled } = setUp();
    open('a');
    hear('a', PLAN);
    open('b');
    open('c');
    expect(cancelled).toEqual(['b']);
    hear('c', QUESTION);
    reopen(0, () => ({ answers: { splits: { heads: { heads: 2, kvHeads: 2 } } } }));
    hear('c', QUESTION);
    reopen(0, () => ({}));
    hear('c', FAILED);
    expect([page(), failed()]).toEqual([['a running'], ['c failed']]);
  });

  it('stays where it failed if there was no map before it', () => {
    const { open, hear, page, failed } = setUp();
    open('a');
    hear('a', FAILED);
    expect([page(), failed()]).toEqual([['a failed'], undefined]);
    open('b');
    hear('b', FAILED);
    expect([page(), failed()]).toEqual([['b failed'], undefined]);
  });

  it('of two openings, one map is enough to stay', () => {
    const { open, hear, page, failed } = setUp();
    open('a');
    hear('a', PLAN);
    open('b', 'c');
    hear('b', FAILED);
    expect(page()).toEqual(['b failed', 'c opening']);
    hear('c', FAILED);
    expect([page(), failed()]).toEqual([['a running'], ['b failed', 'c failed']]);
    open('b', 'c');
    hear('b', FAILED);
    hear('c', PLAN);
    expect(page()).toEqual(['b failed', 'c running']);
  });

  it('answered otherwise, and refused, leaves the map of the answer before', () => {
    const { store, open, hear, page, reopen } = setUp();
    open('a');
    hear('a', PLAN);
    const [a] = store.getState().models;
    reopen(0, () => ({ answers: { splits: { heads: { heads: 3, kvHeads: 3 } } } }));
    hear('a', FAILED);
    expect(page()).toEqual(['a running']);
    expect(store.getState().models[0]!.key).toBe(a!.key);
  });

  it('scored by another convention and cancelled before anything is read, is the map it was', () => {
    const { store, open, hear, page, rescore, cancel } = setUp();
    open('a', 'b');
    hear('a', PLAN);
    hear('b', PLAN);
    const before = store.getState().models;
    rescore(conventionOf({ name: 'folded' } as never));
    expect(page()).toEqual(['a opening', 'b opening']);
    cancel();
    expect(store.getState().models).toEqual(before);
  });
});

describe('a second model opened in the place of another', () => {
  it('leaves the pair that was there when it fails; the first never leaves', () => {
    const { open, hear, beside, page, failed, retryFailed } = setUp();
    open('a');
    hear('a', PLAN);
    beside.open(local, 'b');
    hear('b', FAILED);
    expect([page(), failed()]).toEqual([['a running', 'b failed'], undefined]);
    beside.open(local, 'c');
    hear('c', PLAN);
    beside.open(local, 'd');
    expect(page()).toEqual(['a running', 'd opening']);
    hear('d', FAILED);
    expect([page(), failed()]).toEqual([['a running', 'c running'], ['d failed']]);
    retryFailed();
    expect(page()).toEqual(['a running', 'd opening']);
  });
});

describe('a hub model whose kept scores are being looked up', () => {
  const hub: ModelChoice = { kind: 'hub', repo: 'o/a' };

  it('is cancelled at once, and leaves the map that was there', () => {
    const { open, hear, start, show, page, cancel } = setUp();
    open('a');
    hear('a', PLAN);
    show(() => [start(hub, 'o/a')]);
    cancel();
    expect(page()).toEqual(['a running']);
  });

  it('takes the place of the map for good when they are found', () => {
    const { store, open, hear, start, show, find } = setUp();
    open('a');
    hear('a', PLAN);
    show(() => [start(hub, 'o/a')]);
    expect(store.getState().replacedModels).toHaveLength(1);
    find();
    expect(store.getState().replacedModels).toEqual([]);
  });
});
