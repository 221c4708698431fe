import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AnalysisEvent } from '../../../src/core/analysis/events.ts';
import { loadResultFiles } from '../../../src/core/embedded/index.ts';
import { loadLinkScores } from '../../../src/core/links/index.ts';
import { fitScores } from '../../../src/core/links/linkScores.ts';
import { loadModelIds } from '../../../src/core/repos/index.ts';
import type { ModelChoice } from '../../../src/core/repos/repo.ts';
import type { AnalysisResult } from '../../../src/core/result/result.ts';
import { RAW_CONVENTION } from '../../../src/core/weights/convention.ts';
import type { CachedModel } from '../../../src/state/cachedModel.ts';
import { followLinks } from '../../../src/state/linkHistory.ts';
import { modelsActions } from '../../../src/state/models.ts';
import { openOnPage } from '../../../src/state/openings.ts';
import { selectionActions } from '../../../src/state/selection.ts';
import { viewActions } from '../../../src/state/view.ts';
import { fakeClient, settled } from '../../support/fakeClient.ts';
import { storageOf } from '../../support/storage.ts';
import { NO_RESULTS, testContext } from '../../support/testContext.ts';
import { fakeResult } from '../figures/fakeResult.ts';
import { fakeWindow } from './fakeWindow.ts';
import { plannedOf } from './seriesSetUp.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const FINGERPRINT = 'ab'.repeat(32);
const COMMIT = '607a30d783dfa663caf39e06633721c8d4cfcd7e';

/** The result of a model, as the worker gives it. */
function resultOf(id: string, source: 'hub' | 'local' = 'local', fingerprint = FINGERPRINT): AnalysisResult {
  const result = fakeResult({ id });
  const sha = source === 'hub' ? COMMIT : null;
  return { ...result, model: { ...result.model, source, id, sha, fingerprint } };
}

function planOf(result: AnalysisResult): AnalysisEvent {
  const { model, shape, engine } = result;
  const bytes = { read: 2_000, planned: 85_000_000, needed: 57_000_000, file: 548_000_000 };
  const stacks = plannedOf(result).map((stack) => ({
    ...stack,
    layers: stack.layers.map((row) => ({ ...row, heads: [] })),
  }));
  return {
    ...{ type: 'plan', model, shape, engine, bytes, stacks },
    ...{ convention: RAW_CONVENTION, notes: [], weightsOptions: [] },
  };
}

const local = (name: string): ModelChoice => ({ kind: 'local', files: [{ path: name, blob: new Blob() }] });

function setUp(
  fragment = '',
  kept: Readonly<Record<string, CachedModel>> = {},
  window = fakeWindow(fragment),
) {
  const client = fakeClient();
  const written: string[] = [];
  const results = {
    ...NO_RESULTS,
    keys: async () => Object.keys(kept),
    readKey: async (key: string) => kept[key] ?? null,
    writeKey: async (key: string) => void written.push(key),
  };
  const ctx = testContext({ client, results, now: () => 1 });
  const { store } = ctx;
  return {
    ...{ ctx, store, window, client, written },
    models: modelsActions(ctx),
    view: viewActions(ctx),
    selection: selectionActions(ctx),
    async follow() {
      await Promise.all([loadModelIds(), loadLinkScores(), loadResultFiles()]);
      followLinks(ctx, window);
      // Code that is fetched when it is needed takes some turns.
      for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    },
    /** Opens a local model, and has the worker score it. */
    async open(name: string, fingerprint = FINGERPRINT) {
      openOnPage(ctx, local(name), name);
      await this.score(resultOf(name, 'local', fingerprint));
    },
    /** The worker answers the last request. */
    async score(result: AnalysisResult) {
      const call = client.of('analyse').at(-1)!;
      await call.event(planOf(result));
      await call.event({ type: 'done', result, elapsedMs: 1 });
      await call.done();
    },
    settle: () => vi.advanceTimersByTime(1000),
    names: () => store.getState().models.map(({ model, requestLabel }) => model?.id ?? requestLabel),
  };
}

const digits = (fingerprint: string) => fingerprint.slice(0, 16);

describe('the address of the page', () => {
  it('names the model by a new entry, and the view in the same one', async () => {
    const page = setUp();
    await page.follow();
    await page.open('a.safetensors');
    expect(page.window.entries).toHaveLength(2);
    page.view.setMetric('r');
    page.selection.pin({ layer: 1, head: 2 });
    page.settle();
    expect(page.window.entries).toHaveLength(2);
    expect(page.window.hash).toBe(`#m=local:${digits(FINGERPRINT)}:a.safetensors&metric=r&sel=L1H2`);
    expect(page.window.document.title).toBe('a.safetensors · QKScope');
  });

  it('stays as it is while a model is being opened, and where it comes to nothing', async () => {
    const page = setUp();
    await page.follow();
    await page.open('a.safetensors');
    page.settle();
    const { hash } = page.window;
    openOnPage(page.ctx, local('broken'), 'broken');
    await page.client
      .of('analyse')
      .at(-1)!
      .fail({ code: 'file-damaged', message: 'Broken.', permanent: true });
    page.settle();
    expect(page.names()).toEqual(['a.safetensors']);
    expect(page.window.hash).toBe(hash);
    expect(page.window.entries).toHaveLength(2);
  });

  it('goes on naming the model where the user goes to a place on the page', async () => {
    const page = setUp();
    await page.follow();
    await page.open('a.safetensors');
    page.settle();
    await page.window.navigate('#map');
    expect(page.names()).toEqual(['a.safetensors']);
    expect(page.window.hash).toContain('#m=local:');
  });
});

describe('Back and Forward', () => {
  it('bring back the model that was there with its view, from memory', async () => {
    const page = setUp();
    await page.follow();
    await page.open('a.safetensors');
    page.selection.pin({ layer: 1, head: 2 });
    page.settle();
    await page.open('b.safetensors', 'cd'.repeat(32));
    page.view.setMetric('z');
    page.settle();
    const requests = page.client.calls.length;
    await page.window.go(-1);
    expect(page.names()).toEqual(['a.safetensors']);
    expect(page.store.getState()).toMatchObject({ metric: 's', pinned: { layer: 1, head: 2 } });
    await page.window.go(1);
    expect(page.names()).toEqual(['b.safetensors']);
    expect(page.store.getState()).toMatchObject({ metric: 'z', pinned: null });
    expect(page.client.of('analyse')).toHaveLength(requests);
    page.settle();
    expect(page.window.entries).toHaveLength(3);
  });
});

describe('an address that names a model of the hub', () => {
  it('has its headers read alone, and its weights after a click', async () => {
    const page = setUp(`#m=o/m@${COMMIT.slice(0, 12)}&sel=L1H2&scale=fixed`);
    await page.follow();
    const [call] = page.client.of('analyse');
    expect(call!.request).toMatchObject({
      headersOnly: true,
      choice: { repo: 'o/m', revision: COMMIT.slice(0, 12) },
    });
    await call!.event(planOf(resultOf('o/m', 'hub')));
    await call!.event({ type: 'headersRead' });
    await call!.done();
    const state = page.store.getState();
    expect(state.models[0]).toMatchObject({ status: 'awaiting' });
    expect(state).toMatchObject({ scale: 'fixed', pinned: { layer: 1, head: 2 } });
    expect(page.client.of('analyse')).toHaveLength(1);
    expect(page.client.of('headDetail')).toHaveLength(0);
    page.models.readWeights(0);
    await settled();
    expect(page.client.of('analyse').at(-1)!.request).not.toHaveProperty('headersOnly');
    // What the link chose stays chosen while its values come.
    expect(page.store.getState().pinned).toEqual({ layer: 1, head: 2 });
    expect(page.window.entries).toHaveLength(1);
  });

  it('shows scores of an earlier visit at once, found by the first digits of its commit', async () => {
    const result = resultOf('o/m', 'hub');
    const key = `score:${JSON.stringify(['https://huggingface.co', 'o/m', COMMIT, 'model.safetensors', {}, { layerNorm: false, qkNorm: false, ropeOffset: 0 }])}`;
    const cached = { result, stacks: plannedOf(result), weightsOptions: [] };
    const page = setUp(`#m=o/m@${COMMIT.slice(0, 12)}`, { [key]: cached });
    await page.follow();
    expect(page.store.getState().models[0]).toMatchObject({ status: 'done', cached: { hasMoved: false } });
    expect(page.client.calls).toHaveLength(0);
  });

  it('says where the hub gave another commit', async () => {
    const page = setUp('#m=o/m@000000000000');
    await page.follow();
    const [call] = page.client.of('analyse');
    await call!.event(planOf(resultOf('o/m', 'hub')));
    expect(page.store.getState().notice?.message).toContain('commit 000000000000');
  });
});

describe('an address that names a local file', () => {
  const fragment = `#m=local:${digits(FINGERPRINT)}:a.safetensors&metric=r&sel=L1H2`;

  it('waits for the file, and shows the same view once it is there', async () => {
    const page = setUp(fragment);
    await page.follow();
    expect(page.store.getState().models[0]).toMatchObject({
      status: 'awaiting',
      requestLabel: 'a.safetensors',
    });
    expect(page.client.calls).toHaveLength(0);
    await page.open('renamed.safetensors');
    expect(page.store.getState()).toMatchObject({ metric: 'r', pinned: { layer: 1, head: 2 } });
    expect(page.window.entries).toHaveLength(1);
  });

  it('takes another file for another model', async () => {
    const page = setUp(fragment);
    await page.follow();
    await page.open('other.safetensors', 'cd'.repeat(32));
    expect(page.store.getState().pinned).toBeNull();
    expect(page.window.entries).toHaveLength(2);
    expect(page.store.getState().models[0]!.expectedFiles).toMatchObject([
      { fingerprint: digits(FINGERPRINT) },
    ]);
  });

  it('shows the scores that this browser kept of it', async () => {
    const first = setUp();
    await first.follow();
    await first.open('a.safetensors');
    expect(first.written).toHaveLength(1);
    const result = resultOf('a.safetensors');
    const cached = { result, stacks: plannedOf(result), weightsOptions: [] };
    const page = setUp(fragment, { [first.written[0]!]: cached });
    await page.follow();
    expect(page.store.getState().models[0]).toMatchObject({ status: 'done', origin: { kind: 'browser' } });
    expect(page.store.getState().pinned).toEqual({ layer: 1, head: 2 });
  });
});

describe('an address that holds scores', () => {
  const result = resultOf('o/m', 'hub');
  const { format, dtype } = result.model;
  const packed = fitScores([{ format, dtype, day: '2026-01-02', stacks: result.stacks }], 2000)!;

  it('shows them without a request, marked', async () => {
    const page = setUp(`#m=o/m@${COMMIT.slice(0, 12)}&d=${packed.texts[0]}`);
    await page.follow();
    const [model] = page.store.getState().models;
    expect(model).toMatchObject({ status: 'done', origin: { kind: 'link', step: 2e-4 } });
    expect(model!.result!.stacks[0]!.layers[1]!.heads[2]!.s).toBeCloseTo(
      result.stacks[0]!.layers[1]!.heads[2]!.s!,
      4,
    );
    expect(page.client.calls).toHaveLength(0);
  });

  it('says where they are damaged, and reads the headers of the model instead', async () => {
    const page = setUp(`#m=o/m@${COMMIT.slice(0, 12)}&d=${packed.texts[0]!.slice(0, -3)}`);
    await page.follow();
    expect(page.store.getState().notice).toMatchObject({ code: 'link-invalid' });
    expect(page.client.of('analyse')[0]!.request).toMatchObject({ headersOnly: true });
  });
});

it('after signing in at the hub the page is where it was left', async () => {
  const page = setUp('', {}, fakeWindow('', '?code=1&state=2', storageOf('#m=o/m@607a30d783df&metric=r')));
  await page.follow();
  expect(page.names()).toEqual(['o/m@607a30d783df']);
  expect(page.store.getState().metric).toBe('r');
  const elsewhere = setUp('', {}, fakeWindow('', '', storageOf('#m=o/m@607a30d783df')));
  await elsewhere.follow();
  expect(elsewhere.names()).toEqual(['sample/masked', 'sample/causal']);
});

it('the sample opens where the address names nothing that can be opened, and what was left out is said', async () => {
  const page = setUp('#m=javascript:alert(1)&metric=z');
  await page.follow();
  expect(page.names()).toEqual(['sample/masked', 'sample/causal']);
  expect(page.store.getState()).toMatchObject({ metric: 'z', notice: { code: 'link-invalid' } });
});
