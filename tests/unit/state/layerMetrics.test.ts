import { describe, expect, it, vi } from 'vitest';
import type { AnalysisEvent } from '../../../src/core/analysis/events.ts';
import type { LayerMetricEvent } from '../../../src/core/inspection/index.ts';
import type { LayerScore } from '../../../src/core/result/result.ts';
import {
  canComputeLayerMetrics,
  type LayerMetricsState,
  layerMetricsActions,
} from '../../../src/state/layerMetrics.ts';
import { hasLayerMetric } from '../../../src/state/mergeMetrics.ts';
import { reduceModel } from '../../../src/state/modelReducer.ts';
import { openingModel } from '../../../src/state/modelState.ts';
import { resultOf } from '../../../src/state/selectors.ts';
import { analyseLocal } from '../../support/analyseLocal.ts';
import { fakeClient } from '../../support/fakeClient.ts';
import { caseFiles, expectedOf } from '../../support/oracle.ts';
import { serviceClient } from '../../support/serviceClient.ts';
import { NO_RESULTS, testContext } from '../../support/testContext.ts';

async function scored(name: string, key: number, keep: (event: AnalysisEvent) => boolean = () => true) {
  const files = caseFiles(name);
  const events = (await analyseLocal(files)).filter(keep);
  const start = openingModel(key, { kind: 'local', files }, name);
  return events.reduce((model, event) => reduceModel(model, event, 0), start);
}

describe('whole layers and directionality', () => {
  it('are added to the rows and exported results of both models', async () => {
    const client = serviceClient();
    const ctx = testContext({ client, now: () => performance.now() });
    const { store } = ctx;
    const actions = layerMetricsActions(ctx);
    const names = ['t5-f32', 'bert-degenerate-f32'];
    store.setState({ models: await Promise.all(names.map((name, key) => scored(name, key))) });
    expect(store.getState().models.map((model) => hasLayerMetric(model, 'score'))).toEqual([false, false]);
    const seen: LayerMetricsState[] = [];
    store.subscribe(({ layerMetrics }) => seen.push(layerMetrics));
    actions.start('score');
    actions.start('directionality');
    await vi.waitFor(() => expect(store.getState().layerMetrics.status).toBe('idle'), 20_000);
    expect(client.sent).toEqual(['layerMetrics', 'layerMetrics']);
    for (const model of store.getState().models)
      expect([hasLayerMetric(model, 'score'), hasLayerMetric(model, 'directionality')]).toEqual([
        true,
        false,
      ]);
    actions.start('directionality');
    await vi.waitFor(() => expect(store.getState().layerMetrics.status).toBe('idle'), 20_000);
    expect(client.sent).toHaveLength(4);
    expect(seen.some(({ estimate }) => estimate !== null && estimate.flops > 0 && estimate.bytes > 0)).toBe(
      true,
    );
    expect(seen.some(({ progress }) => /layer 1$/.test(progress?.now ?? ''))).toBe(true);
    for (const [at, name] of names.entries()) {
      const model = store.getState().models[at]!;
      expect(hasLayerMetric(model, 'directionality')).toBe(true);
      const result = resultOf(model, '0', () => '')!;
      for (const [s, stack] of expectedOf(name).stacks.entries())
        for (const [l, { r_layer, directionality_raw_layer, r }] of stack.layers.entries()) {
          const row = result.stacks[s]!.layers[l]!;
          expect(model.stacks[s]!.layers[l]).toEqual(row);
          expect(row.measuredBy).toEqual({ score: 'reference', directionality: 'reference' });
          if (r_layer === null) expect(row.score).toMatchObject({ r: null, s: null });
          else expect(Math.abs(row.score!.r! - r_layer)).toBeLessThanOrEqual(1e-9);
          if (directionality_raw_layer !== null)
            expect(Math.abs((row.directionality ?? 0) - directionality_raw_layer)).toBeLessThanOrEqual(1e-6);
          expect(row.heads.map(({ directionality }) => directionality !== undefined)).toEqual(
            r.map(() => true),
          );
          // What was scored stays as it was.
          row.heads.forEach((head, h) => {
            if (r[h] !== null) expect(Math.abs(head.r! - r[h]!)).toBeLessThanOrEqual(1e-9);
          });
        }
    }
    actions.start('score');
    actions.start('directionality');
    expect(client.sent).toHaveLength(4);
  });

  it('aren’t requested for a model that is being scored or has no weights', async () => {
    const running = await scored('bert-f32', 1, ({ type }) => type !== 'done');
    expect(canComputeLayerMetrics(running)).toBe(false);
    const done = await scored('bert-f32', 1);
    expect(canComputeLayerMetrics(done)).toBe(true);
    expect(canComputeLayerMetrics({ ...done, engine: { id: 'recorded', device: '', reason: '' } })).toBe(
      false,
    );
  });

  it('keep what is measured when they are cancelled, fail or lose their model', async () => {
    const client = fakeClient();
    const asked = () => client.of('layerMetrics');
    const saved: (LayerScore | undefined)[] = [];
    const ctx = testContext({
      client,
      results: {
        ...NO_RESULTS,
        rewrite: async (_, { stacks }) => void saved.push(stacks[0]!.layers[0]!.score),
      },
    });
    const { store } = ctx;
    const actions = layerMetricsActions(ctx);
    const choice = { kind: 'hub', repo: 'o/m' } as const;
    const model = { ...(await scored('bert-f32', 1)), choice };
    const layer = (r: number): LayerMetricEvent => ({
      type: 'layer',
      measures: {
        ...{ stack: 'self', layer: 0, engine: 'reference', what: 'score' },
        score: { r, s: 2 * r - 1 },
      },
    });
    store.setState({ models: [model] });
    actions.start('score');
    await asked()[0]!.event(layer(0.75));
    actions.cancel();
    await asked()[0]!.event(layer(0.25));
    expect(asked()[0]!.isCancelled).toBe(true);
    expect(store.getState().layerMetrics.status).toBe('idle');
    expect(store.getState().models[0]!.stacks[0]!.layers[0]!.score).toEqual({ r: 0.75, s: 0.5 });
    expect(saved).toEqual([{ r: 0.75, s: 0.5 }]);
    actions.start('score');
    store.setState({ models: [] });
    expect(asked()[1]!.isCancelled).toBe(true);
    store.setState({ models: [model] });
    actions.start('score');
    const error = { code: 'network', message: 'gone', permanent: false } as const;
    await asked()[2]!.fail(error);
    expect(store.getState().layerMetrics).toMatchObject({ status: 'failed', error });
    actions.start('score');
    expect(asked()).toHaveLength(4);
  });

  it('are measured for the other models when one fails, with its error at the end', async () => {
    const client = serviceClient();
    const ctx = testContext({ client });
    const { store } = ctx;
    const files = caseFiles('bert-f32');
    const broken = await scored('gpt2-f32', 1);
    const models = [
      // Its weights are another model's by now.
      { ...broken, choice: { kind: 'local', files } as const },
      await scored('bert-f32', 2),
    ];
    store.setState({ models });
    const actions = layerMetricsActions(ctx);
    actions.start('score');
    await vi.waitFor(() => expect(store.getState().layerMetrics.status).toBe('failed'), 20_000);
    expect(client.sent).toEqual(['layerMetrics', 'layerMetrics']);
    expect(store.getState().models.map((model) => hasLayerMetric(model, 'score'))).toEqual([false, true]);
    expect(store.getState().layerMetrics).toMatchObject({ error: { code: 'file-changed' }, progress: null });
    // Asked again, only what is left is tried.
    actions.start('score');
    await vi.waitFor(() => expect(store.getState().layerMetrics.status).toBe('failed'), 20_000);
    expect(client.sent).toHaveLength(3);
  });

  it('are saved with each model’s cached scores as its run ends, even after a failure', async () => {
    const client = fakeClient();
    const saved: string[] = [];
    const ctx = testContext({
      client,
      results: { ...NO_RESULTS, rewrite: async ({ choice }) => void saved.push(choice.repo) },
    });
    const [a, b] = [await scored('bert-f32', 1), await scored('gpt2-f32', 2)];
    ctx.store.setState({
      models: [
        { ...a, choice: { kind: 'hub', repo: 'o/a' } },
        { ...b, choice: { kind: 'hub', repo: 'o/b' } },
      ],
    });
    layerMetricsActions(ctx).start('score');
    await client.of('layerMetrics')[0]!.fail({ code: 'network', message: 'gone', permanent: false });
    expect(saved).toEqual(['o/a']);
    await client.of('layerMetrics')[1]!.done();
    expect(saved).toEqual(['o/a', 'o/b']);
    expect(ctx.store.getState().layerMetrics).toMatchObject({ status: 'failed', error: { code: 'network' } });
  });
});
