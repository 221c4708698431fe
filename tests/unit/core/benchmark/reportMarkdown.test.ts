import { describe, expect, it } from 'vitest';
import { formatDigits, formatDuration } from '../../../../src/core/benchmark/benchmarkTable.ts';
import { formatWait } from '../../../../src/core/benchmark/formatWait.ts';
import { reportToMarkdown } from '../../../../src/core/benchmark/reportMarkdown.ts';
import { notebookFor } from '../../../../src/core/notebook/notebookTimes.ts';
import type { BenchmarkReport } from '../../../../src/core/result/benchmarkReport.ts';

const BERT = { layers: 24, heads: 16, kvHeads: 16, dModel: 1024, dHead: 64 };
const common = {
  engine: 'webgpu',
  scope: 'head',
  region: 'kernel',
  heads: 1,
  calls: 1,
  clock: 'gpu',
} as const;
const REPORT: BenchmarkReport = {
  clock: 'performance.now(), 5 µs steps',
  clockStepMs: 0.005,
  crossOriginIsolated: true,
  device: { webgpu: 'Some GPU', wasm: 'never run' },
  subject: 'google-bert/bert-large-uncased layer 0',
  synthetic: false,
  shape: BERT,
  layer: 0,
  head: 0,
  rows: [
    {
      ...common,
      method: 'norm',
      loops: 20,
      runsMs: [40, 42, 38, 40, 41, 39, 40],
      flops: 139e6,
      bytes: 524288,
      maxAbsDeltaR: 2.5e-8,
    },
    {
      ...common,
      method: 'trace',
      loops: 100,
      runsMs: [25, 25, 25],
      flops: 17e6,
      bytes: 524288,
      maxAbsDeltaR: null,
    },
  ],
  failed: [
    {
      engine: 'wasm',
      method: 'norm',
      scope: 'head',
      error: { code: 'engine-failed', message: 'Out of memory.', permanent: true },
    },
  ],
};

describe('reportToMarkdown', () => {
  it('writes a table of the derived figures and what is needed to read it', () => {
    const text = reportToMarkdown(REPORT, notebookFor('bert-large-uncased', BERT));
    const lines = text.split('\n');
    expect(lines[0]).toBe('Time of the methods on google-bert/bert-large-uncased layer 0');
    expect(lines[2]).toMatch(
      /mean ± standard deviation \(n − 1\) of the 3 to 7 runs’.*IQR: their third quartile/,
    );
    expect(lines[4]).toBe(
      '| engine | method | scope | per head | speed-up | max \\|Δr\\| | per call | notebook’s machine | runs × loops | heads | median | IQR | fastest | GF/s | GB/s | GFLOP | weights | launches | clock | region |',
    );
    expect(lines[5]).toBe(`|${' --- |'.repeat(20)}`);
    expect(lines[6]).toBe(
      '| webgpu | norm | head | 2.00 ms | 1.00× | 2.5e−8 | 2.00 ms ± 64.5 µs | 3.78 ms ± 241 µs | 7 × 20 | 1 | 2.00 ms | 50.0 µs | 1.90 ms | 69.5 | 0.262 | 0.139 | 524 kB | 1 | GPU | kernel |',
    );
    expect(lines[7]).toBe(
      '| webgpu | trace | head | 250 µs | 8.00× | a head has no value | 250 µs ± 0 µs | 593 µs ± 38.3 µs | 3 × 100 | 1 | 250 µs | 0 µs | 250 µs | 68.0 | 2.10 | 0.0170 | 524 kB | 1 | GPU | kernel |',
    );
    expect(text).toContain('- kernel: the computation only: the weights are already loaded.');
    expect(text).toContain('- Clock: performance.now(), 5 µs steps. The page is cross-origin isolated.');
    expect(text).toContain('- webgpu: Some GPU');
    expect(text).not.toContain('never run');
    expect(text).toContain('- norm (head) failed on wasm: Out of memory.');
  });

  it('distinguishes two reports by time, software, place, cores and weights', () => {
    const origin = {
      createdAt: '2026-03-04T05:06:07.890Z',
      app: { version: '0.1.0' },
      where: { runtime: 'browser', name: 'Chrome 141, Windows' },
      cores: 8,
      dtype: 'F32',
      seed: 1,
    } as const;
    const text = reportToMarkdown({ ...REPORT, ...origin });
    expect(text).toContain(
      '- Made: 2026-03-04T05:06:07.890Z; QKScope 0.1.0; Chrome 141, Windows; 8 logical cores.\n',
    );
    expect(text).toContain('- Weights: F32, made up with seed 1.\n');
    expect(reportToMarkdown({ ...REPORT, ...origin, cores: 1, seed: undefined })).toMatch(
      /; 1 logical core\.\n- Weights: F32\.\n/,
    );
    // A report of before that: read as it is, nothing made up.
    const old = reportToMarkdown(REPORT);
    expect(old).not.toMatch(/Made:|Weights:|undefined|Disturbed/);
    expect(old.split('\n')[6]).toBe(text.split('\n')[6]);
    expect(reportToMarkdown({ ...REPORT, disturbed: 'scoring a model' })).toContain(
      '- Disturbed: the page was scoring a model while this was timed',
    );
  });

  it('leaves the notebook’s column out where it printed nothing', () => {
    expect(reportToMarkdown(REPORT)).not.toContain('notebook');
  });

  it('says that the notebook’s trace-full includes its stacking copy, and which split it used', () => {
    const shape = { layers: 8, heads: 16, kvHeads: 16, dModel: 256, dHead: 16 };
    const row = { ...REPORT.rows[0]!, method: 'trace-full', scope: 'all', heads: 128 } as const;
    const text = reportToMarkdown(
      { ...REPORT, shape, rows: [row] },
      notebookFor('roneneldan/TinyStories-8M', shape),
    );
    expect(text).toContain('20.9 ms ± 184 µs, as 4 × 64');
    expect(text).toContain('stacking copy of all weights');
  });
});

describe('durations and factors in words', () => {
  it.each([
    [0.593, '593 µs'],
    [3.78, '3.78 ms'],
    [20.94, '20.9 ms'],
    [999.7, '1.00 s'],
    [1234, '1.23 s'],
    [0.0000124, '12.4 ns'],
    [0, '0 µs'],
  ])('%f ms are %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it.each([
    [0.001234, '0.00123'],
    [9.999, '10.0'],
    [68.04, '68.0'],
    [4484.2, '4480'],
    [Number.POSITIVE_INFINITY, ''],
  ])('%f is %s', (x, text) => {
    expect(formatDigits(x)).toBe(text);
  });

  it.each([
    [200, '1 s'],
    [40_000, '40 s'],
    [240_000, '4 min'],
    [9_000_000, '2.5 h'],
  ])('%i ms of waiting are %s', (ms, text) => {
    expect(formatWait(ms)).toBe(text);
  });
});
