import { describe, expect, it } from 'vitest';
import type { AnalysisEvent } from '../../../src/core/analysis/events.ts';
import { reduceModel } from '../../../src/state/modelReducer.ts';
import { openingModel } from '../../../src/state/modelState.ts';
import { layerCounts, progressOf, resultOf } from '../../../src/state/selectors.ts';
import { analyseLocal } from '../../support/analyseLocal.ts';
import { caseFiles } from '../../support/oracle.ts';

const start = openingModel(1, { kind: 'local', files: [] }, 'model.safetensors');
const play = (events: readonly AnalysisEvent[]) =>
  events.reduce((model, event, at) => reduceModel(model, event, at * 1000), start);

describe('a model on the page, event by event', () => {
  it('fills layer by layer and ends with the pipeline’s result', async () => {
    const events = await analyseLocal(caseFiles('bert-f32'));
    const models = events.map((_, at) => play(events.slice(0, at + 1)));
    const counts = models.map((model) => layerCounts(model).done);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    const last = models.at(-1)!;
    expect(last.status).toBe('done');
    expect(last.stacks[0]!.layers).toEqual(last.result!.stacks[0]!.layers);
    expect(last.bytes!.read).toBe(last.bytes!.planned);
  });

  it('keeps what was scored when it is cancelled, with a reason on the rest', async () => {
    const events = await analyseLocal(caseFiles('bert-f32'));
    const until = events.findIndex((event) => event.type === 'layer') + 1;
    const model = play([
      ...events.slice(0, until),
      { type: 'failed', error: { code: 'cancelled', message: 'Cancelled.', permanent: false } },
    ]);
    expect(model.status).toBe('cancelled');
    expect(model.stacks[0]!.layers[0]!.heads).toHaveLength(4);
    expect(model.stacks[0]!.layers[1]!.skipped?.code).toBe('cancelled');
    expect(resultOf(model, '0', () => 'now')!.stacks[0]!.layers[0]!.heads).toHaveLength(4);
  });

  it('shows the heads of an unfinished layer until it is scored or cancelled', async () => {
    const events = await analyseLocal(caseFiles('bert-f32'));
    const at = events.findIndex((event) => event.type === 'layer');
    const whole = play(events.slice(0, at + 1)).stacks[0]!.layers[0]!;
    const part = (head: number): AnalysisEvent => ({
      type: 'heads',
      stack: 'self',
      layer: 0,
      heads: [whole.heads[head]!],
    });
    const before = [...events.slice(0, at), part(1), part(0)];
    expect(play(before).stacks[0]!.layers[0]).toMatchObject({
      heads: [],
      arriving: [whole.heads[1], whole.heads[0]],
    });
    expect(layerCounts(play(before)).done).toBe(0);
    expect(play([...before, part(1)]).stacks[0]!.layers[0]!.arriving).toHaveLength(2);
    const [exported] = resultOf(play(before), '0', () => 'now')!.stacks[0]!.layers;
    expect(exported).toMatchObject({ heads: [] });
    expect(exported).not.toHaveProperty('arriving');
    expect(play([...before, events[at]!]).stacks[0]!.layers[0]).toEqual(whole);
    const error = { code: 'cancelled', message: 'Cancelled.', permanent: false } as const;
    const [cancelled] = play([...before, { type: 'failed', error }]).stacks[0]!.layers;
    expect(cancelled).toMatchObject({ heads: [], skipped: { code: 'cancelled' } });
    expect(cancelled!.arriving).toBeUndefined();
  });

  it('estimates the time left from the pace, once it can', async () => {
    const events = await analyseLocal(caseFiles('gpt_neo-f32'));
    const plan = reduceModel(start, events[0]!, 0);
    expect(progressOf(plan, 100).msLeft).toBeNull();
    const half = { ...plan, bytes: { ...plan.bytes!, read: plan.bytes!.planned / 4 } };
    expect(progressOf(half, 1000)).toEqual({ fraction: 0.25, msLeft: 3000 });
  });
});
