import { describe, expect, it } from 'vitest';
import { COST, collect, JOB, setUp } from '../../../support/benchmark.ts';

/** Times of this many seconds a head by norm; trace takes a quarter. */
const slow = (seconds: number) => ({
  cost: (call: Parameters<typeof COST>[0], heads: number) => 125 * seconds * COST(call, heads),
});
const LIMITED = { ...JOB, scopes: ['head', 'layer'], limitMs: 30_000 } as const;

async function timed(job: typeof JOB, set: ReturnType<typeof setUp>) {
  const start = set.clock.now();
  const outcome = await collect(job, set.deps);
  const estimate = outcome.events.find((event) => event.type === 'estimate')!;
  return { ...outcome, estimate, seconds: (set.clock.now() - start) / 1000 };
}

describe('a benchmark with a time limit', () => {
  it('times all of it where it fits', async () => {
    const { rows, estimate } = await timed(LIMITED, setUp([{}, {}]));
    expect(rows).toHaveLength(12);
    expect(estimate.leftOut).toEqual([]);
  });

  it('ends within it, says what was left out, and asks nothing', async () => {
    const { rows, estimate, seconds, done } = await timed(
      { ...LIMITED, scopes: ['head', 'layer', 'all'] },
      setUp([slow(0.5), slow(0.5)]),
    );
    expect(seconds).toBeLessThan(30);
    expect(estimate.needsConfirmation).toBe(false);
    const kept = rows.map(({ engine, method, scope }) => `${engine} ${method} ${scope}`);
    expect(kept.slice(0, 2)).toEqual(['webgpu norm head', 'webgpu trace head']);
    const left = estimate.leftOut.map(({ engine, method, scope }) => `${engine} ${method} ${scope}`);
    expect(left).toContain('wasm norm all');
    expect(left).toContain('webgpu norm layer');
    expect(kept.length + left.length).toBe(20);
    expect(done!.report.failed).toEqual([]);
    expect(done!.cancelled).toBe(false);
    expect(done!.report.cancelled).toBeUndefined();
  });

  const estimatedIn = (events: Awaited<ReturnType<typeof timed>>['events']) =>
    events.flatMap((event) =>
      event.type === 'progress' && event.now.startsWith('estimating ')
        ? [event.now.slice('estimating '.length)]
        : [],
    );

  it('takes the answer from the engine that has time for it, by the time of trace alone', async () => {
    // norm needs more operations than trace: 5 passes of 9 s and more don't fit.
    const cost = (call: Parameters<typeof COST>[0]) => (call.kernel === 'norm' ? 60_000 : 9000);
    const { events, rows, estimate, seconds } = await timed(LIMITED, setUp([{ cost }, {}]));
    expect(estimatedIn(events)).not.toContain('webgpu norm, one head');
    expect(estimatedIn(events)).toContain('wasm norm, one head');
    expect(seconds).toBeLessThan(30);
    const answer = rows.filter(({ engine, scope }) => engine === 'wasm' && scope === 'head');
    expect(answer.map(({ method }) => method)).toEqual(['norm', 'trace']);
    // trace alone would answer nothing.
    expect(estimate.leftOut).toHaveLength(6);
    for (const { engine } of estimate.leftOut) expect(engine).toBe('webgpu');
  });

  it('takes long rather than give no answer, and ends after the first round', async () => {
    const { events, rows, estimate } = await timed(LIMITED, setUp([slow(12)]));
    expect(estimatedIn(events)).toEqual(['webgpu trace, one head', 'webgpu norm, one head']);
    expect(rows.map(({ method, scope }) => `${method} ${scope}`)).toEqual(['norm head', 'trace head']);
    expect(rows.map(({ runsMs }) => runsMs.length)).toEqual([1, 1]);
    expect(estimate.leftOut).toHaveLength(4);
  });

  it('ends the rounds early where the machine became slower, with as many runs of each row', async () => {
    let calls = 0;
    const cost = () => (++calls > 8 ? 2500 : 100);
    const { rows, done, events } = await timed({ ...LIMITED, scopes: ['head'] }, setUp([{ cost }]));
    const runs = rows.map(({ runsMs }) => runsMs.length);
    expect(runs[0]).toBeGreaterThanOrEqual(1);
    expect(runs[0]).toBeLessThan(7);
    expect(runs[1]).toBe(runs[0]);
    expect(events.filter(({ type }) => type === 'row')).toHaveLength(2);
    expect(done!.report.cancelled).toBeUndefined();
  });

  it('counts from when it was asked for', async () => {
    const late = setUp([slow(0.1)]);
    late.clock.spend(100_000);
    const now = await timed(LIMITED, late);
    expect(now.estimate.leftOut).toEqual([]);
    const { estimate } = await timed(LIMITED, {
      ...late,
      deps: { ...late.deps, startedAt: late.clock.now() - 22_000 },
    });
    expect(estimate.leftOut.length).toBeGreaterThan(0);
  });
});
