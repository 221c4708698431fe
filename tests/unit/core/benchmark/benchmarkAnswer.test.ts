import { describe, expect, it } from 'vitest';
import {
  benchmarkAnswer,
  formatFactor,
  methodPairs,
} from '../../../../src/core/benchmark/benchmarkAnswer.ts';
import type { BenchmarkRow } from '../../../../src/core/result/benchmarkReport.ts';

const BERT = { layers: 24, heads: 16, kvHeads: 16, dModel: 1024, dHead: 64 };

function row(change: Partial<BenchmarkRow>): BenchmarkRow {
  return {
    engine: 'wasm',
    threads: 2,
    method: 'norm',
    scope: 'head',
    region: 'kernel',
    heads: 1,
    loops: 10,
    calls: 1,
    runsMs: [158, 159, 160],
    clock: 'wall',
    flops: 82,
    bytes: 1,
    maxAbsDeltaR: 0,
    ...change,
  };
}

/** norm takes 15.9 ms a head. */
const NORM = row({});
const trace = (...runsMs: number[]) => row({ method: 'trace', flops: 10, runsMs });
const reportOf = (rows: BenchmarkRow[]) => ({ rows, device: {}, synthetic: false, shape: BERT });
const sentenceOf = (rows: BenchmarkRow[], options = {}) => benchmarkAnswer(reportOf(rows), options)!.sentence;

describe('the answer of a benchmark', () => {
  it('is how many times faster trace is, by the medians', () => {
    const answer = benchmarkAnswer(reportOf([NORM, trace(21, 21.5, 22)]), {});
    expect(answer).toEqual({
      sentence:
        'On this machine the trace method is 7.4 × faster than the norm method for one head of this model (wasm, 2 threads).',
      basis:
        'norm 15.9 ms, trace 2.15 ms per head: medians of 3 runs. The count of operations differs by 8.20 ×.',
    });
  });

  it('says so when trace is slower', () => {
    expect(sentenceOf([NORM, trace(310, 318, 320)])).toContain('is 2.0 × slower than the norm method');
  });

  it('names no faster one where the runs overlap or the medians are too close', () => {
    const alike =
      /^On this machine the trace method and the norm method take about as long for one head of this model: /;
    const overlap = sentenceOf([row({ runsMs: [100, 159, 300] }), trace(50, 120, 200)]);
    expect(overlap).toMatch(alike);
    expect(overlap).toContain('the difference is within the spread of the runs (wasm, 2 threads).');
    const close = sentenceOf([NORM, trace(155, 155, 155)]);
    expect(close).toMatch(alike);
    expect(close).toContain('the difference is under 5 %');
  });

  it('says that the spread of one run isn’t known', () => {
    const { basis } = benchmarkAnswer(reportOf([row({ runsMs: [159] }), trace(21)]), {})!;
    expect(basis).toContain('one run each, so no spread is known');
    const uneven = benchmarkAnswer(reportOf([NORM, trace(21, 22)]), {})!;
    expect(uneven.basis).toContain('medians of 2 and 3 runs');
  });

  it('is of the first engine with both methods', () => {
    const rows = [
      row({ engine: 'webgpu', threads: undefined }),
      row({ engine: 'ort-wasm' }),
      { ...trace(53, 53, 53), engine: 'ort-wasm' },
      NORM,
      trace(21, 21.5, 22),
    ];
    expect(sentenceOf(rows)).toContain('3.0 × faster');
    expect(sentenceOf(rows)).toContain('(ort-wasm, 2 threads)');
    expect(sentenceOf(rows.toReversed())).toContain('7.4 × faster');
    expect(methodPairs(rows).map(({ engine }) => engine)).toEqual(['ort-wasm, 2 threads', 'wasm, 2 threads']);
  });

  it('compares a layer where no head was timed, and times of one clock and span alone', () => {
    const layer = { scope: 'layer', heads: 16 } as const;
    const rows = [
      row({ ...layer, runsMs: [16 * 158, 16 * 159, 16 * 160] }),
      row({ ...layer, method: 'trace-loop', runsMs: [4000, 4000, 4000] }),
      row({ ...layer, method: 'trace-heads', runsMs: [318, 318, 318] }),
    ];
    expect(sentenceOf(rows)).toContain(
      'is 8.0 × faster than the norm method for one layer (16 heads) of this model',
    );
    expect(benchmarkAnswer(reportOf([NORM]), {})).toBeNull();
    expect(benchmarkAnswer(reportOf([NORM, { ...trace(21), clock: 'gpu' }]), {})).toBeNull();
    const upload = { region: 'upload + kernel' } as const;
    expect(benchmarkAnswer(reportOf([NORM, { ...trace(21), ...upload }]), {})).toBeNull();
    expect(sentenceOf([row(upload), { ...trace(21, 21, 21), ...upload }])).toContain(
      'of this model, its weights brought to the engine each time (wasm',
    );
  });

  it('says what was timed, where, and that an emulated GPU is one', () => {
    const rows = [NORM, trace(21, 21.5, 22)];
    const madeUp = { ...reportOf(rows), synthetic: true };
    expect(benchmarkAnswer(madeUp, {})!.sentence).toContain(
      'one head of made-up weights of BERT-large’s shape',
    );
    expect(benchmarkAnswer({ ...madeUp, shape: { ...BERT, dModel: 1000 } }, {})!.sentence).toContain(
      'made-up weights (24 × 16, d 1000, dh 64)',
    );
    expect(sentenceOf(rows, { isElsewhere: true })).toMatch(
      /^On the machine that was timed the trace method/,
    );
    const gpu = rows.map((one) => ({ ...one, engine: 'webgpu', threads: undefined }));
    const emulated = { ...reportOf(gpu), device: { webgpu: 'google swiftshader (software)' } };
    expect(benchmarkAnswer(emulated, {})!.sentence).toContain('(webgpu, emulated on the CPU)');
  });

  it('writes factors with two digits, and all of larger ones', () => {
    expect([1.04, 7.44, 9.94, 9.96, 12.3, 103.4].map(formatFactor)).toEqual([
      '1.0',
      '7.4',
      '9.9',
      '10',
      '12',
      '103',
    ]);
  });
});
