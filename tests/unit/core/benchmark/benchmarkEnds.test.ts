import { describe, expect, it } from 'vitest';
import { benchmarkNotes } from '../../../../src/core/benchmark/benchmarkNotes.ts';
import type { BenchmarkJob } from '../../../../src/core/benchmark/benchmarkPlan.ts';
import { failureTexts } from '../../../../src/core/benchmark/benchmarkTable.ts';
import { collect, JOB, SHAPE, setUp } from '../../../support/benchmark.ts';

describe('a benchmark with an estimate, a failure or a cancellation', () => {
  it('asks before it takes more than a minute over all layers, having run almost nothing', async () => {
    const { deps, fakes } = setUp([{ cost: () => 4000 }]);
    const job = { ...JOB, methods: ['norm'], scopes: ['all'] } as const;
    const { events } = await collect(job, deps);
    // 12 heads × 4 s × (a warm-up and 7 runs), and float64 of 12 heads at 2 ms.
    expect(events.at(-1)).toEqual({
      type: 'estimate',
      ms: expect.closeTo(384_024, -2),
      leftOut: [],
      needsConfirmation: true,
    });
    expect(fakes[0]!.counts).toEqual({ loads: 1, runs: 1, releases: 1 });
    const confirmed = await collect({ ...job, confirmed: true }, deps);
    expect(confirmed.rows[0]!.runsMs).toHaveLength(7);
    const estimate = confirmed.events.find((event) => event.type === 'estimate');
    expect(estimate?.needsConfirmation).toBe(false);
  });

  it('reports its progress down to no time left', async () => {
    const { deps } = setUp();
    const { events } = await collect(JOB, deps);
    const progress = events.filter((event) => event.type === 'progress');
    expect(progress[0]).toMatchObject({
      done: 0,
      total: 18,
      msLeft: null,
      now: 'estimating webgpu norm, one head',
    });
    expect(progress.at(-1)).toMatchObject({ done: 17, total: 18 });
    const left = progress.flatMap(({ msLeft, now }) => (now.startsWith('webgpu') ? (msLeft ?? []) : []));
    expect(left).toHaveLength(14);
    expect(left).toEqual(left.toSorted((a, b) => b - a));
  });

  it('keeps the other rows when one fails, in a probe or midway', async () => {
    let norms = 0;
    const { deps } = setUp([
      {
        onCall: ({ kernel }) => {
          if (kernel === 'norm' && ++norms > 30) throw new Error('out of memory');
        },
      },
      {
        onCall: ({ kernel }) => {
          if (kernel === 'trace') throw new DOMException('gone', 'AbortError');
        },
      },
    ]);
    const { events, done, rows } = await collect(JOB, deps);
    expect(rows.map(({ engine, method }) => `${engine} ${method}`)).toEqual(['webgpu trace', 'wasm norm']);
    expect(done?.report.failed).toMatchObject([
      { engine: 'wasm', method: 'trace', error: { code: 'engine-failed' } },
      { engine: 'webgpu', method: 'norm', error: { message: expect.stringContaining('out of memory') } },
    ]);
    expect(events.filter(({ type }) => type === 'row-failed')).toHaveLength(2);
    expect(done?.cancelled).toBe(false);
    const progress = events.findLast((event) => event.type === 'progress')!;
    expect(progress.done).toBe(progress.total - 1);
  });

  it('keeps the runs that were taken when it is cancelled', async () => {
    const { deps, fakes } = setUp();
    const controller = new AbortController();
    let runs = 0;
    const { events, done } = await collect(JOB, { ...deps, signal: controller.signal }, (event) => {
      if (event.type === 'progress' && event.now.startsWith('webgpu') && ++runs === 8) controller.abort();
    });
    expect(done?.cancelled).toBe(true);
    expect(benchmarkNotes(done!.report, null)).toContain('Cancelled: fewer runs, 3 to 4 of each row.');
    expect(done?.report.rows.map(({ runsMs }) => runsMs.length).sort()).toEqual([3, 4]);
    expect(events.filter(({ type }) => type === 'row')).toHaveLength(2);
    expect(fakes[0]!.counts.releases).toBe(fakes[0]!.counts.loads);
  });

  it('times one head and one layer where all layers are too many, and fails the rest with the reason', async () => {
    const { deps, fakes } = setUp([{}, {}]);
    const shape = { ...SHAPE, layers: 3_000_000 };
    const job = {
      ...JOB,
      scopes: ['head', 'layer', 'all'],
      source: { kind: 'synthetic', shape, seed: 1 },
    } as const;
    const { rows, events, done } = await collect(job, deps);
    expect(rows.map(({ scope }) => scope)).toEqual([...Array(4).fill('head'), ...Array(8).fill('layer')]);
    expect(rows.every(({ runsMs }) => runsMs.length === 7)).toBe(true);
    expect(rows.every(({ maxAbsDeltaR }) => maxAbsDeltaR === 0)).toBe(true);
    const failed = done!.report.failed;
    expect(failed).toHaveLength(8);
    for (const { scope, error } of failed) {
      expect(scope).toBe('all');
      expect(error).toMatchObject({ code: 'too-large', message: expect.stringContaining('GiB') });
    }
    expect(failureTexts(failed).map(({ text }) => text)).toEqual([
      'norm, trace-loop, trace-heads, trace-full (all) failed on webgpu; wasm: These weights would take 4.3 GiB.',
    ]);
    // Nothing is asked first: what is left is quick.
    expect(events.find(({ type }) => type === 'estimate')).toMatchObject({ needsConfirmation: false });
    const progress = events.findLast((event) => event.type === 'progress')!;
    expect(progress.done).toBe(progress.total - 1);
    for (const { counts } of fakes) expect(counts).toMatchObject({ loads: 1, releases: 1 });
  });

  it('refuses impossible shapes', async () => {
    const { deps } = setUp();
    const huge = { layers: 1, heads: 256, kvHeads: 256, dModel: 16384, dHead: 128 };
    const of = (shape: typeof SHAPE, scopes: BenchmarkJob['scopes']) =>
      collect({ ...JOB, scopes, source: { kind: 'synthetic', shape, seed: 1 } }, deps);
    await expect(of(huge, ['head'])).rejects.toMatchObject({ code: 'too-large' });
    await expect(of({ ...SHAPE, kvHeads: 3 }, ['head'])).rejects.toMatchObject({ code: 'layout-mismatch' });
    await expect(collect({ ...JOB, head: 4 }, deps)).rejects.toMatchObject({ code: 'layout-mismatch' });
    await expect(
      collect({ ...JOB, source: { kind: 'layers', name: 'x', layers: [] } }, deps),
    ).rejects.toMatchObject({
      code: 'no-weights',
    });
  });
});
