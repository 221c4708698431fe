import { describe, expect, it, vi } from 'vitest';
import type { AnalysisEvent } from '../../../src/core/analysis/events.ts';
import type { MeasuresEvent } from '../../../src/core/inspection/index.ts';
import type { LayerScore } from '../../../src/core/result/result.ts';
import { INITIAL_STATE, type LayerMetricsState, type ModelState } from '../../../src/state/appState.ts';
import { canComputeLayerMetrics, measureActions } from '../../../src/state/measureActions.ts';
import { hasLayerMetric } from '../../../src/state/measuredModel.ts';
import { openingModel, reduceModel } from '../../../src/state/modelReducer.ts';
import { resultOf } from '../../../src/state/selectors.ts';
import { createAppStore } from '../../../src/state/store.ts';
import { analyseLocal } from '../../support/analyseLocal.ts';
import { fakeClient } from '../../support/fakeClient.ts';
import { caseFiles, expectedOf } from '../../support/oracle.ts';
import { serviceClient } from '../../support/serviceClient.ts';

async function scored(name: string, key: number, keep: (event: AnalysisEvent) => boolean = () => true) {
  const files = caseFiles(name);
  const events = (await analyseLocal(files)).filter(keep);
  const start = openingModel(key, { kind: 'local', files }, name);
  return events.reduce((model, event) => reduceModel(model, event, 0), start);
}

describe('whole layers and directionality', () => {
  it('of both models on the page come into their rows, and into the results that are exported', async () => {
    const store = createAppStore(INITIAL_STATE.settings);
    const client = serviceClient();
    const actions = measureActions({ store, client, now: () => performance.now(), keep: () => {} });
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

  it('aren’t asked of a model that is being scored, or that has no weights', async () => {
    const running = await scored('bert-f32', 1, ({ type }) => type !== 'done');
    expect(canComputeLayerMetrics(running)).toBe(false);
    const done = await scored('bert-f32', 1);
    expect(canComputeLayerMetrics(done)).toBe(true);
    expect(canComputeLayerMetrics({ ...done, engine: { id: 'recorded', device: '', reason: '' } })).toBe(
      false,
    );
  });

  it('stop when cancelled or when the model leaves, keeping what is measured; a failure is told', async () => {
    const store = createAppStore(INITIAL_STATE.settings);
    const client = fakeClient();
    const asked = () => client.of('layerMetrics');
    const kept: (LayerScore | undefined)[] = [];
    const keep = ({ stacks }: ModelState) => void kept.push(stacks[0]!.layers[0]!.score);
    const actions = measureActions({ store, client, now: () => 0, keep });
    const model = await scored('bert-f32', 1);
    const layer = (r: number): MeasuresEvent => ({
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
    expect(kept).toEqual([{ r: 0.75, s: 0.5 }]);
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

  it('what fails of one model keeps none of the others from being measured, and is told at the end', async () => {
    const store = createAppStore(INITIAL_STATE.settings);
    const client = serviceClient();
    const files = caseFiles('bert-f32');
    const broken = await scored('gpt2-f32', 1);
    const models = [
      // Its weights are another model's by now.
      { ...broken, choice: { kind: 'local', files } as const },
      await scored('bert-f32', 2),
    ];
    store.setState({ models });
    const keep = ({ key }: ModelState) => void kept.push(key);
    const kept: number[] = [];
    const actions = measureActions({ store, client, now: () => 0, keep });
    actions.start('score');
    await vi.waitFor(() => expect(store.getState().layerMetrics.status).toBe('failed'), 20_000);
    expect(client.sent).toEqual(['layerMetrics', 'layerMetrics']);
    // Each as its run ends.
    expect(kept).toEqual([1, 2]);
    expect(store.getState().models.map((model) => hasLayerMetric(model, 'score'))).toEqual([false, true]);
    expect(store.getState().layerMetrics).toMatchObject({ error: { code: 'file-changed' }, progress: null });
    // Asked again, only what is left is tried.
    actions.start('score');
    await vi.waitFor(() => expect(store.getState().layerMetrics.status).toBe('failed'), 20_000);
    expect(client.sent).toHaveLength(3);
  });
});
