import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createActions } from '../../../src/state/actions.ts';
import { createAppStore, INITIAL_STATE } from '../../../src/state/appState.ts';
import { waitOutside } from '../../../src/state/waits.ts';
import { testContext, testOutside } from '../../support/testContext.ts';

const never = (): Promise<never> => new Promise(() => {});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** How a promise stands. */
function follow(promise: Promise<unknown>) {
  const end: { value?: unknown; error?: unknown } = {};
  promise.then(
    (value) => Object.assign(end, { value }),
    (error) => Object.assign(end, { error }),
  );
  return end;
}

describe('a wait of the page', () => {
  it('is said after three seconds, and no more once it has ended', async () => {
    const ctx = testContext();
    let give: (text: string) => void = () => {};
    const end = follow(waitOutside(ctx, 'the post', () => new Promise((resolve) => (give = resolve))));
    await vi.advanceTimersByTimeAsync(2900);
    expect(ctx.store.getState().waits).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(ctx.store.getState().waits.map(({ what }) => what)).toEqual(['the post']);
    give('a letter');
    await vi.advanceTimersByTimeAsync(0);
    expect([ctx.store.getState().waits, end.value]).toEqual([[], 'a letter']);
  });

  it('hears its Cancel at once, and so does what it asked', async () => {
    const ctx = testContext();
    let heard: AbortSignal | undefined;
    const end = follow(
      waitOutside(ctx, 'the post', (signal) => {
        heard = signal;
        return never();
      }),
    );
    await vi.advanceTimersByTimeAsync(3100);
    ctx.store.getState().waits[0]!.cancel();
    await vi.advanceTimersByTimeAsync(0);
    expect(end.error).toMatchObject({ name: 'AbortError' });
    expect([heard?.aborted, ctx.store.getState().waits]).toEqual([true, []]);
  });

  it('ends after a minute in words, with a way on', async () => {
    const ctx = testContext();
    const end = follow(waitOutside(ctx, 'the post', never));
    await vi.advanceTimersByTimeAsync(59_000);
    expect(end).toEqual({});
    await vi.advanceTimersByTimeAsync(2000);
    expect(end.error).toMatchObject({
      code: 'network',
      message: 'Waited 60 s in vain for the post.',
      permanent: false,
    });
    expect(ctx.store.getState().waits).toEqual([]);
  });

  it('passes on why it failed', async () => {
    const end = follow(waitOutside(testContext(), 'x', () => Promise.reject(new TypeError('gone'))));
    await vi.advanceTimersByTimeAsync(0);
    expect(end.error).toEqual(new TypeError('gone'));
  });
});

describe('what the page waits for', () => {
  const setUp = () => {
    const store = createAppStore(INITIAL_STATE.settings);
    const actions = createActions(store, testOutside({}));
    const said = () => store.getState().waits.map(({ what }) => what);
    return { store, actions, said };
  };

  it('is a figure whose disk doesn’t answer: said, cancelled without a notice, given up with one', async () => {
    const { store, actions, said } = setUp();
    const blob = { size: 10, slice: () => blob, arrayBuffer: never, text: never } as unknown as Blob;
    actions.openFiles([{ path: 'map.json', blob }]);
    await vi.advanceTimersByTimeAsync(3100);
    expect(said()).toEqual(['the disk to give these files, or this page’s server the code that reads them']);
    store.getState().waits[0]!.cancel();
    await vi.advanceTimersByTimeAsync(100);
    expect([said(), store.getState().notice]).toEqual([[], null]);
    actions.openFiles([{ path: 'map.json', blob }]);
    await vi.advanceTimersByTimeAsync(61_000);
    // The code that says so may have to be loaded first.
    await vi.waitFor(
      () => expect(store.getState().notice?.message ?? '').toContain('Waited 60 s in vain for the disk'),
      10_000,
    );
  });

  it('is a dropped folder that the browser doesn’t list', async () => {
    const { actions, said } = setUp();
    actions.openListed(never());
    await vi.advanceTimersByTimeAsync(3100);
    expect(said()).toEqual(['the browser to give these files']);
  });

  it('is the training record, whose cancellation reaches the request', async () => {
    const { store, actions, said } = setUp();
    let heard: AbortSignal | null | undefined;
    vi.stubGlobal('fetch', (_: string, init: RequestInit) => {
      heard = init.signal;
      return never();
    });
    const end = follow(actions.series.readTraining(new AbortController().signal));
    await vi.dynamicImportSettled();
    await vi.advanceTimersByTimeAsync(3100);
    expect(said()).toEqual(['this page’s server to send the training record']);
    store.getState().waits[0]!.cancel();
    await vi.advanceTimersByTimeAsync(0);
    expect([heard?.aborted, (end.error as Error).name]).toEqual([true, 'AbortError']);
    vi.unstubAllGlobals();
  });
});

describe('the list of a repository’s branches', () => {
  it('can be cancelled, and asked for again', () => {
    const store = createAppStore(INITIAL_STATE.settings);
    const { revisions } = createActions(store, testOutside({}));
    revisions.listRefs('o/m');
    expect(store.getState().refs?.status).toBe('reading');
    revisions.cancelRefs();
    expect(store.getState().refs).toMatchObject({ status: 'failed', error: { code: 'cancelled' } });
    revisions.listRefs('o/m');
    expect(store.getState().refs?.status).toBe('reading');
  });
});
