import { describe, expect, it } from 'vitest';
import type { AnalysisEvent } from '../../../src/core/analysis/events.ts';
import { RAW_CONVENTION } from '../../../src/core/weights/convention.ts';
import { modelsActions } from '../../../src/state/models.ts';
import { openOnPage } from '../../../src/state/openings.ts';
import { progressOf } from '../../../src/state/selectors.ts';
import { CANCELLED, fakeClient, settled } from '../../support/fakeClient.ts';
import { testContext } from '../../support/testContext.ts';

const shape = { layers: 2, heads: 1, kvHeads: 1, dModel: 8, dHead: 8 };
const heads = [{ head: 0, kvHead: 0, r: 0.25, s: -0.5 }];
const row = (layer: number) => ({ layer, tensors: [], heads: [] });
const planned = (read: number) =>
  ({
    ...{ type: 'plan', model: { id: 'm', sha: null }, engine: { id: 'wasm' }, shape },
    bytes: { read, planned: 100, needed: 100, file: 100 },
    ...{ convention: RAW_CONVENTION, notes: [], weightsOptions: [] },
    stacks: [{ name: 'self', shape, layers: [row(0), row(1)] }],
  }) as unknown as AnalysisEvent;
const scored = (layer: number): AnalysisEvent => ({
  ...{ type: 'layer', stack: 'self', engine: 'wasm' },
  layer: { ...row(layer), heads },
});

async function stopped() {
  const client = fakeClient();
  const ctx = testContext({ client });
  const actions = modelsActions(ctx);
  openOnPage(ctx, { kind: 'local', files: [{ path: 'a', blob: new Blob() }] }, 'a');
  const [first] = client.of('analyse');
  await first!.event(planned(0));
  return { ...actions, ctx, first: first!, client, only: () => ctx.store.getState().models[0]! };
}

describe('a model that was stopped midway', () => {
  it('goes on with its scored layers, which stay on the map', async () => {
    const { first, client, only, goOn, rename } = await stopped();
    await first.event(scored(0));
    rename(0, 'mine');
    await first.fail(CANCELLED);
    expect(only()).toMatchObject({ status: 'cancelled', scoredLayers: [{ engine: 'wasm' }] });
    await goOn(0);
    await settled();
    const again = client.of('analyse')[1]!;
    expect(again.request.earlier).toMatchObject({
      layers: [{ stack: 'self', engine: 'wasm', row: { layer: 0, heads } }],
      convention: RAW_CONVENTION,
    });
    expect(only().stacks[0]!.layers).toEqual([{ ...row(0), heads }, row(1)]);
    await again.event(planned(50));
    await again.event(scored(0));
    expect(only()).toMatchObject({ status: 'running', model: { name: 'mine' } });
    // Half was there before: of the rest nothing is read yet, so that the pace isn't known.
    expect(progressOf(only(), 10_000)).toEqual({ fraction: 0.5, msLeft: null });
    await again.event({ type: 'bytes', bytes: { read: 75, planned: 100, needed: 100, file: 100 } });
    expect(progressOf(only(), 10_000)).toEqual({ fraction: 0.75, msLeft: 10_000 });
  });

  it('keeps the heads that are pinned and compared', async () => {
    const { ctx, first, goOn } = await stopped();
    await first.event(scored(0));
    await first.fail(CANCELLED);
    const head = { layer: 0, head: 0 };
    ctx.store.setState({ pinned: head, cursor: head, compared: [head] });
    await goOn(0);
    await settled();
    expect(ctx.store.getState()).toMatchObject({ pinned: head, cursor: head, compared: [head] });
  });

  it('begins again where no layer was scored', async () => {
    const { first, client, goOn } = await stopped();
    await first.fail(CANCELLED);
    await goOn(0);
    await settled();
    expect(client.of('analyse')[1]!.request).not.toHaveProperty('earlier');
  });
});
