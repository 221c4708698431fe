import { describe, expect, it } from 'vitest';
import type { BenchmarkDeps } from '../../../../src/core/benchmark/benchmarkPlan.ts';
import { callsMs, rowTimes, speedUps } from '../../../../src/core/benchmark/rowTimes.ts';
import { syntheticLayers } from '../../../../src/core/benchmark/synthetic.ts';
import { mean, median, sampleSd } from '../../../../src/core/linalg/statistics.ts';
import { COST, collect, JOB, SHAPE, setUp } from '../../../support/benchmark.ts';
import { fakeEngine } from '../../../support/fakeEngine.ts';

describe('runBenchmark', () => {
  it('takes seven runs of each row, from which every figure of the table follows', async () => {
    const { deps } = setUp();
    const { rows, events, done } = await collect({ ...JOB, scopes: ['head', 'layer', 'all'] }, deps);
    expect(rows.map(({ scope, method }) => `${scope} ${method}`)).toEqual([
      'head norm',
      'head trace',
      'layer norm',
      'layer trace-loop',
      'layer trace-heads',
      'layer trace-full',
      'all norm',
      'all trace-loop',
      'all trace-heads',
      'all trace-full',
    ]);
    expect(events.filter(({ type }) => type === 'row')).toHaveLength(10);
    for (const row of rows) {
      expect(row.runsMs).toHaveLength(7);
      expect(Math.min(...row.runsMs)).toBeGreaterThanOrEqual(20);
      const times = rowTimes(row);
      const calls = row.runsMs.map((ms) => ms / row.loops);
      expect(times.mean).toBe(mean(calls));
      expect(times.sd).toBe(sampleSd(calls));
      expect(times.median).toBe(median(calls));
      expect(times.perHead).toBe(median(calls) / row.heads);
      expect(times.gflops).toBeCloseTo(row.flops / (median(calls) * 1e6), 14);
    }
    const perHead = rows.map((row) => Math.round(rowTimes(row).perHead * 10) / 10);
    expect(perHead).toEqual([8, 2, 8, 2, 1, 1, 8, 2, 1, 1]);
    expect(rows.map(({ heads }) => heads)).toEqual([1, 1, 4, 4, 4, 4, 12, 12, 12, 12]);
    expect(rows.map(({ calls }) => calls)).toEqual([1, 1, 4, 4, 1, 1, 12, 12, 3, 1]);
    expect(speedUps(rows).map((speed) => Math.round(speed!.value))).toEqual([1, 4, 1, 4, 8, 8, 1, 4, 8, 8]);
    expect(done).toMatchObject({
      cancelled: false,
      report: {
        subject: 'synthetic 3 × 4 (2 kv), d 16, dh 4',
        synthetic: true,
        shape: SHAPE,
        layer: 0,
        head: 0,
        failed: [],
      },
    });
  });

  it('counts the chunks of trace-full', async () => {
    const { deps } = setUp([{ chunk: 2 }]);
    const { rows } = await collect({ ...JOB, methods: ['trace-full'], scopes: ['all'] }, deps);
    expect(rows[0]).toMatchObject({ method: 'trace-full', calls: 2, heads: 12 });
  });

  it('shows a slow engine to be three times as slow', async () => {
    const { deps } = setUp([{}, { cost: (call, heads) => 3 * COST(call, heads) }]);
    const { rows } = await collect({ ...JOB, scopes: ['layer'] }, deps);
    for (const method of ['norm', 'trace-loop', 'trace-heads', 'trace-full']) {
      const [fast, slow] = ['webgpu', 'wasm'].map(
        (engine) => rowTimes(rows.find((row) => row.engine === engine && row.method === method)!).perHead,
      );
      expect(slow! / fast!).toBeCloseTo(3, 2);
    }
  });

  it('runs the rows in turns, in another order each round', async () => {
    const { deps } = setUp([{}, {}]);
    const { events } = await collect({ ...JOB, scopes: ['layer'] }, deps);
    const names = events.flatMap((event) =>
      event.type === 'progress' && /^(webgpu|wasm)/.test(event.now) ? [event.now] : [],
    );
    const rounds = Array.from({ length: 7 }, (_, i) => names.slice(8 * i, 8 * i + 8));
    expect(names).toHaveLength(56);
    for (const round of rounds) expect(new Set(round).size).toBe(8);
    expect(new Set(rounds.map(String)).size).toBeGreaterThan(4);
  });

  it.each([
    [0.005, 20],
    [0.1, 20],
    [16, 320],
  ])('sizes a run by the clock: steps of %f ms, runs of at least %f ms', async (stepMs, atLeast) => {
    const { deps } = setUp([{ cost: () => 0.01 }], stepMs);
    const { rows, done } = await collect(JOB, deps);
    expect(done?.report.clockStepMs).toBeCloseTo(stepMs, 6);
    expect(rows).not.toEqual([]);
    for (const row of rows) {
      expect(Math.min(...row.runsMs)).toBeGreaterThanOrEqual(atLeast);
      expect(Math.max(...row.runsMs)).toBeLessThan(4 * atLeast);
      expect(row.loops).toBeGreaterThanOrEqual(atLeast / 0.01);
      expect(rowTimes(row).median).toBeCloseTo(0.01, 3);
    }
  });

  it('takes one loop of a slow method, and ends on a clock that stands still', async () => {
    const slow = await collect(JOB, setUp([{ cost: () => 500 }]).deps);
    expect(slow.rows.map(({ loops }) => loops)).toEqual([1, 1]);
    const { deps } = setUp();
    const still = await collect({ ...JOB, methods: ['norm'], runs: 1 }, { ...deps, now: () => 0 });
    expect(still.done?.report).toMatchObject({
      clockStepMs: 0,
      rows: [],
      failed: [{ method: 'norm', error: { code: 'engine-failed' } }],
    });
  });

  it('repeats a run that turns out too short with more passes', async () => {
    let calls = 0;
    // Faster and faster: what was sized in the warm-up lasts too short in the runs.
    const cost = () => (++calls < 1500 ? 0.1 : calls < 3500 ? 0.04 : 0.01);
    const { deps } = setUp([{ cost }]);
    const { rows } = await collect({ ...JOB, methods: ['norm'] }, deps);
    const [row] = rows;
    expect(row!.runsMs).toHaveLength(7);
    expect(Math.min(...row!.runsMs)).toBeGreaterThanOrEqual(20);
    expect(new Set(row!.runLoops).size).toBeGreaterThan(1);
    expect(row!.loops).toBe(row!.runLoops!.at(-1));
    // Each run's own passes: a pass costs one of the three, or a mixture where it changed midway.
    for (const ms of callsMs(row!)) {
      expect(ms).toBeGreaterThan(0.0099);
      expect(ms).toBeLessThan(0.101);
    }
    expect(callsMs(row!).at(-1)).toBeCloseTo(0.01, 3);
  });

  it('gives up a row whose runs get shorter however many passes they have', async () => {
    let runs = 0;
    const { deps } = setUp([{ cost: () => (runs > 4 ? 0 : 8) }]);
    const engine = deps.engines[0]!;
    const shrinking: typeof engine = {
      ...engine,
      run: (handle, calls, options) => {
        // As long as a run must be in the warm-up; from then on no time at all.
        runs++;
        return engine.run(handle, calls, options);
      },
    };
    const { rows, done } = await collect({ ...JOB, methods: ['norm'] }, { ...deps, engines: [shrinking] });
    expect(rows).toEqual([]);
    expect(done?.report.failed).toMatchObject([
      { method: 'norm', error: { message: expect.stringContaining('don’t reach 20 ms') } },
    ]);
  });

  it('takes wall time where a GPU’s clock sees next to nothing', async () => {
    const { deps } = setUp([{ gpuShare: 1e-6 }]);
    const { rows } = await collect({ ...JOB, methods: ['norm'] }, deps);
    expect(rows[0]!.clock).toBe('wall');
    expect(rowTimes(rows[0]!).median).toBeCloseTo(8, 2);
  });

  it('shows only the slow method to be three times as slow', async () => {
    const [plain, slowed] = await Promise.all(
      [1, 3].map((factor) => {
        const cost: typeof COST = (call, heads) =>
          COST(call, heads) * (call.kernel === 'trace-heads' ? factor : 1);
        return collect({ ...JOB, scopes: ['layer'] }, setUp([{ cost }]).deps);
      }),
    );
    const ratios = slowed!.rows.map((row, at) => rowTimes(row).median / rowTimes(plain!.rows[at]!).median);
    expect(slowed!.rows.map(({ method }) => method)).toEqual([
      'norm',
      'trace-loop',
      'trace-heads',
      'trace-full',
    ]);
    for (const [at, ratio] of ratios.entries())
      expect(Math.abs(ratio - (at === 2 ? 3 : 1))).toBeLessThan(1e-3);
    const [before, after] = [plain!, slowed!].map(({ rows }) => speedUps(rows)[2]!.value);
    expect(before! / after!).toBeCloseTo(3, 2);
  });

  it('times the requested head and layer', async () => {
    const { deps } = setUp([{ error: 1e-6 }]);
    const asked: string[] = [];
    const watched = deps.engines[0]!;
    const engine: typeof watched = {
      ...watched,
      run: (handle, calls, options) => {
        for (const call of calls)
          asked.push(
            'head' in call
              ? `${handle.layers[call.layerIndex]!.layer}.${call.head}`
              : `${handle.layers[0]!.layer}`,
          );
        return watched.run(handle, calls, options);
      },
    };
    const layers = syntheticLayers(SHAPE, 1);
    const source = { kind: 'layers', name: 'a model', layers, layerIndex: 2 } as const;
    const job = { ...JOB, methods: ['norm', 'trace-heads'], head: 3, source } as const;
    const { rows, done } = await collect(
      { ...job, scopes: ['head', 'layer'] },
      { ...deps, engines: [engine] },
    );
    expect(done?.report).toMatchObject({ layer: 2, head: 3 });
    // norm over a layer enters once a head.
    expect([...new Set(asked)].toSorted()).toEqual(['2', '2.0', '2.1', '2.2', '2.3']);
    const all = await collect({ ...job, scopes: ['head', 'layer', 'all'] }, deps);
    expect([rows.length, all.rows.length]).toEqual([4, 6]);
    for (const row of [...rows, ...all.rows]) expect(row.maxAbsDeltaR).toBeCloseTo(1e-6, 12);
  });

  it('prefers the GPU’s clock, naming it', async () => {
    const { deps } = setUp([{ gpuShare: 0.25 }, {}]);
    const { rows } = await collect(JOB, deps);
    expect(rows.map(({ clock }) => clock)).toEqual(['gpu', 'gpu', 'wall', 'wall']);
    expect(rowTimes(rows[0]!).median).toBeCloseTo(2, 6);
    for (const row of rows) expect(Math.min(...row.runsMs)).toBeGreaterThanOrEqual(20);
  });

  it('measures the agreement with float64', async () => {
    const { deps } = setUp([{ error: 0 }, { error: 1e-6 }]);
    const { rows } = await collect({ ...JOB, scopes: ['head', 'all'], head: 3 }, deps);
    expect(rows).toHaveLength(12);
    for (const row of rows) {
      expect(row.maxAbsDeltaR).toBeCloseTo(row.engine === 'wasm' ? 1e-6 : 0, 12);
    }
  });

  it('leaves max |Δr| empty when the yardstick fails', async () => {
    const { deps, clock } = setUp();
    const broken = fakeEngine({
      id: 'reference',
      clock,
      cost: () => {
        throw new Error('no');
      },
    });
    const { rows } = await collect(JOB, { ...deps, reference: broken.engine });
    expect(rows.map((row) => row.maxAbsDeltaR)).toEqual([null, null]);
  });
});

describe('the timed regions', () => {
  it('include the upload in upload + kernel', async () => {
    const { deps, fakes } = setUp([{ loadMs: 30, gpuShare: 0.5 }]);
    const { rows } = await collect({ ...JOB, scopes: ['head', 'layer'], region: 'upload + kernel' }, deps);
    const head = rows.filter(({ scope }) => scope === 'head').map((row) => Math.round(rowTimes(row).median));
    expect(head).toEqual([38, 32]);
    expect(rows.every(({ region, clock }) => region === 'upload + kernel' && clock === 'wall')).toBe(true);
    expect(fakes[0]!.counts.releases).toBe(fakes[0]!.counts.loads);
  });

  it('reads again for each run end to end', async () => {
    const { deps, clock } = setUp();
    const layers = syntheticLayers(SHAPE, 1, 1);
    const readLayers: BenchmarkDeps['readLayers'] = async () => {
      clock.spend(100);
      return layers;
    };
    const job = { ...JOB, region: 'end to end' } as const;
    const { rows } = await collect(job, { ...deps, readLayers });
    expect(rows.map((row) => Math.round(rowTimes(row).median))).toEqual([108, 102]);
    const without = await collect(job, deps);
    expect(without.rows).toEqual([]);
    expect(without.done?.report.failed).toHaveLength(2);
  });

  it('loads once per engine for the region kernel, and releases everything', async () => {
    const { deps, fakes } = setUp([{}, {}]);
    await collect({ ...JOB, scopes: ['head', 'layer', 'all'] }, deps);
    for (const { counts } of fakes) expect(counts).toMatchObject({ loads: 2, releases: 2 });
  });
});
