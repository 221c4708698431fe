import { describe, expect, it } from 'vitest';
import type { AnalysisEvent } from '../../../src/core/analysis/events.ts';
import type { BenchmarkReport } from '../../../src/core/result/benchmarkReport.ts';
import type { AnalysisResult } from '../../../src/core/result/index.ts';
import { conventionOf } from '../../../src/core/weights/convention.ts';
import { benchmarkActions } from '../../../src/state/benchmark.ts';
import { headDetailActions } from '../../../src/state/headDetail.ts';
import { layerMetricsActions } from '../../../src/state/layerMetrics.ts';
import { modelsActions } from '../../../src/state/models.ts';
import { openOnPage } from '../../../src/state/openings.ts';
import { matchingFile } from '../../../src/state/scoresOrigin.ts';
import { resultOf, statusModels } from '../../../src/state/selectors.ts';
import { fakeClient, settled } from '../../support/fakeClient.ts';
import { testContext } from '../../support/testContext.ts';
import { fakeResult } from '../figures/fakeResult.ts';
import { plannedOf } from './seriesSetUp.ts';

const ORIGIN = { kind: 'figure', name: 'bert.png', text: '{}' } as const;
const ROTATED = conventionOf({ layerNorm: false, qkNorm: false, ropeOffset: 3 });

function setUp() {
  const client = fakeClient();
  const ctx = testContext({ client });
  const actions = {
    models: modelsActions(ctx),
    benchmark: benchmarkActions(ctx),
    headDetail: headDetailActions(ctx),
    layerMetrics: layerMetricsActions(ctx),
  };
  return { ...actions, ctx, client, store: ctx.store };
}

function localResult(fingerprint: string | null, convention = ROTATED): AnalysisResult {
  const result = fakeResult({ id: 'bert.safetensors' });
  return { ...result, convention, model: { ...result.model, source: 'local', sha: null, fingerprint } };
}

/** Opens a local file whose headers give this fingerprint. */
async function drop({ ctx, client }: ReturnType<typeof setUp>, fingerprint: string) {
  openOnPage(ctx, { kind: 'local', files: [{ path: 'other.safetensors', blob: new Blob() }] }, 'other');
  return plan({ client }, fingerprint);
}

async function plan({ client }: Pick<ReturnType<typeof setUp>, 'client'>, fingerprint: string) {
  const call = client.of('analyse').at(-1)!;
  const result = localResult(fingerprint, call.request.convention);
  const { model, engine, bytes, shape, notes, convention } = result;
  const stacks = plannedOf(result);
  const event = { type: 'plan', model, engine, bytes, shape, notes, convention, stacks, weightsOptions: [] };
  await call.event(event as AnalysisEvent);
  return call;
}

describe('scores that came without weights', () => {
  it('stand on the page at once, marked, and nothing is asked of the worker', async () => {
    const { models, store, client } = setUp();
    const result = fakeResult({});
    await models.openScored([result], ORIGIN);
    const [model] = store.getState().models;
    expect(model).toMatchObject({ status: 'done', origin: ORIGIN, stackName: 'self', cached: null });
    expect(resultOf(model!, '', () => '')).toEqual(result);
    expect(statusModels(store.getState().models)[0]!.origin).toBe('from a figure (bert.png)');
    expect(client.calls).toEqual([]);
  });

  it('are computed again at the commit that they are of, by their convention, in their place', async () => {
    const { models, store, client } = setUp();
    const result = { ...fakeResult({ id: 'a/m' }), convention: ROTATED };
    await models.openScored([result], ORIGIN);
    const { slot } = store.getState().models[0]!;
    models.retry(0);
    expect(client.of('analyse')[0]!.request).toMatchObject({
      choice: { kind: 'hub', repo: 'a/m', revision: result.model.sha },
      convention: ROTATED,
    });
    expect(store.getState().models[0]).toMatchObject({ slot, origin: null, status: 'opening' });
  });

  it('never lead to an address outside the sample', async () => {
    const { models, store } = setUp();
    const result = fakeResult({ id: 'sample///evil.example/x' });
    await models.openScored([{ ...result, model: { ...result.model, source: 'sample' } }], ORIGIN);
    expect(store.getState().models[0]!.choice).toEqual({ kind: 'local', files: [] });
  });

  it('have no details, layer metrics or new times, and the benchmark says why', async () => {
    const { models, store, client, layerMetrics, benchmark } = setUp();
    await models.openScored([fakeResult({})], ORIGIN);
    store.setState({ pinned: { layer: 0, head: 0 } });
    layerMetrics.start('score');
    benchmark.run({ engines: ['wasm'], scopes: ['head'], region: 'kernel' });
    await settled();
    expect(client.calls).toEqual([]);
    expect(store.getState().headDetails.map(({ status }) => status)).toEqual(['idle']);
    expect(store.getState().benchmark.error).toMatchObject({ code: 'no-weights' });
  });

  it('stay under their convention, and the page says why', async () => {
    const { models, store, client } = setUp();
    await models.openScored([fakeResult({})], ORIGIN);
    const before = store.getState().models;
    models.setConvention({ layerNorm: true, qkNorm: false, ropeOffset: 0 });
    expect(store.getState().models).toBe(before);
    expect(store.getState().notice).toMatchObject({ code: 'no-weights' });
    expect(client.calls).toEqual([]);
  });

  it('bring their times and the user’s own scores along', async () => {
    const { models, store } = setUp();
    const timing = { rows: [], subject: 'a/m layer 0' } as unknown as BenchmarkReport;
    const column = (name: string, file: string) => ({
      name,
      file,
      entries: [{ layer: 0, head: 0, value: 1 }],
    });
    const own = [column('a', 'x.csv'), column('b', 'x.csv'), column('c', 'y.csv')];
    await models.openScored([{ ...fakeResult({}), own, timing }], ORIGIN);
    const { benchmark, models: opened } = store.getState();
    expect(benchmark).toMatchObject({ status: 'done', report: timing, modelKey: opened[0]!.key });
    expect(opened[0]!.userScores.map(({ file, columns }) => [file, columns.length])).toEqual([
      ['x.csv', 2],
      ['y.csv', 1],
    ]);
    expect(resultOf(opened[0]!, '', () => '')!.own).toEqual(own);
  });

  it('close layers that weren’t scored, while the result keeps them as they were', async () => {
    const { models, store } = setUp();
    const result = fakeResult({ layers: 3, arrived: 2 });
    await models.openScored([result], ORIGIN);
    const [model] = store.getState().models;
    expect(model!.stacks[0]!.layers.map(({ skipped }) => skipped?.code)).toEqual([
      undefined,
      undefined,
      'cancelled',
    ]);
    expect(model!.result!.stacks).toEqual(result.stacks);
  });

  it('take the place of a model under way, which is stopped', async () => {
    const { models, ctx, client, store } = setUp();
    openOnPage(ctx, { kind: 'hub', repo: 'a/m' }, 'a/m');
    await settled();
    const call = client.of('analyse')[0]!;
    await models.openScored([fakeResult({}), fakeResult({})], ORIGIN);
    expect(call.isCancelled).toBe(true);
    expect(store.getState().models).toHaveLength(2);
    expect(store.getState().replacedModels).toEqual([]);
  });
});

describe('a local file dropped where scores of one stand without weights', () => {
  it('is the same by its fingerprint, and is scored by their convention', async () => {
    const page = setUp();
    await page.models.openScored([localResult('aa11')], ORIGIN);
    const raw = await drop(page, 'aa11');
    expect(raw.isCancelled).toBe(true);
    const rotated = await plan(page, 'aa11');
    expect(rotated.request.convention).toEqual(ROTATED);
    const [model] = page.store.getState().models;
    expect([model!.status, matchingFile(model!)?.fingerprint]).toEqual(['running', 'aa11']);
  });

  it('is another by its fingerprint: it is scored raw, and still known for another', async () => {
    const page = setUp();
    await page.models.openScored([localResult('aa11')], ORIGIN);
    expect((await drop(page, 'bb22')).isCancelled).toBe(false);
    const [model] = page.store.getState().models;
    expect(model!.convention.name).toBe('raw');
    expect([matchingFile(model!), model!.expectedFiles.length]).toEqual([null, 1]);
  });

  it('is compared still after another one was dropped, and no more once it was the right one', async () => {
    const page = setUp();
    await page.models.openScored([localResult('aa11', fakeResult({}).convention)], ORIGIN);
    await drop(page, 'bb22');
    await drop(page, 'aa11');
    expect(matchingFile(page.store.getState().models[0]!)?.fingerprint).toBe('aa11');
    await drop(page, 'cc33');
    expect(page.store.getState().models[0]!.expectedFiles).toEqual([]);
  });
});
