import { describe, expect, it } from 'vitest';
import { benchmarkNotes } from '../../../../src/core/benchmark/benchmarkNotes.ts';
import { benchmarkCells, failureTexts } from '../../../../src/core/benchmark/benchmarkTable.ts';
import { reportToMarkdown } from '../../../../src/core/benchmark/reportMarkdown.ts';
import { notebookForShape } from '../../../../src/core/notebook/notebookTimes.ts';
import type { BenchmarkReport, BenchmarkRow } from '../../../../src/core/result/benchmarkReport.ts';
import { COST, collect, JOB, setUp } from '../../../support/benchmark.ts';
import { mulberry32 } from '../../../support/random.ts';
import { expectShown, numberOf, quartile } from '../../../support/shownNumbers.ts';

describe('the timing table', () => {
  it('has every number as worked out from the raw runs and the shape in its JSON', async () => {
    const jitter = mulberry32(3);
    const { deps } = setUp([
      { cost: (call, heads) => COST(call, heads) * (0.5 + jitter()), error: 3e-7 },
      { cost: (call, heads) => COST(call, heads) * (0.002 + 0.01 * jitter()), error: 1e-8, gpuShare: 0.3 },
    ]);
    const { done } = await collect({ ...JOB, scopes: ['head', 'layer', 'all'] }, deps);
    const report = JSON.parse(JSON.stringify(done!.report)) as BenchmarkReport;
    const cells = benchmarkCells(report.rows, report, null);
    expect(cells).toHaveLength(20);
    const { layers, heads: H, kvHeads, dModel: d, dHead: dh } = report.shape;
    const middle = (row: BenchmarkRow) =>
      quartile(
        row.runsMs.map((ms, run) => ms / (row.runLoops?.[run] ?? row.loops)),
        2,
      );
    for (const [at, row] of report.rows.entries()) {
      const cell = cells[at]!;
      const runs = row.runsMs.map((ms, run) => ms / (row.runLoops?.[run] ?? row.loops));
      expect(runs).toHaveLength(7);
      expect(Math.min(...row.runsMs)).toBeGreaterThanOrEqual(20);
      const mean = runs.reduce((a, b) => a + b) / 7;
      const sd = Math.sqrt(runs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 6);
      expect(cell.runs).toMatch(/^7 × \d+(–\d+)?$/);
      const [meanText, sdText] = cell.call.split(' ± ');
      expectShown(meanText!, mean);
      expectShown(sdText!, sd);
      expectShown(cell.median, middle(row));
      expectShown(cell.iqr, quartile(runs, 3) - quartile(runs, 1));
      expectShown(cell.fastest, runs.toSorted((a, b) => a - b)[0]!);
      expect(cell).toMatchObject({ scope: row.scope, heads: String(row.heads) });
      const heads = row.scope === 'head' ? 1 : row.scope === 'layer' ? H : layers * H;
      expect(row.heads).toBe(heads);
      expectShown(cell.perHead, middle(row) / heads);
      const norm = report.rows.find(
        (other) => other.method === 'norm' && other.scope === row.scope && other.engine === row.engine,
      )!;
      expect(norm.clock).toBe(row.clock);
      expectShown(cell.speedUp, middle(norm) / middle(row));
      const isBatched = row.method === 'trace-heads' || row.method === 'trace-full';
      const keys = isBatched ? (heads / H) * kvHeads : heads;
      const flops =
        row.method === 'norm'
          ? heads * (2 * d * d * dh + 5 * d * d)
          : heads * (2 * d * dh * dh + d * dh * (dh + 1) + 4 * dh * dh) + keys * d * dh * (dh + 1);
      const bytes = 4 * d * dh * (heads + keys);
      expectShown(cell.flops, flops / 1e9);
      expectShown(cell.bytes, bytes);
      expectShown(cell.rate, flops / 1e9 / (middle(row) / 1e3));
      expectShown(cell.byteRate, bytes / 1e9 / (middle(row) / 1e3));
      const calls = { norm: heads, trace: 1, 'trace-loop': heads, 'trace-heads': heads / H, 'trace-full': 1 };
      expect(cell.calls).toBe(String(calls[row.method]));
      expect(numberOf(cell.deltaR)).toBeCloseTo(row.engine === 'wasm' ? 1e-8 : 3e-7, 10);
      expect(cell.clock).toBe(row.engine === 'wasm' ? 'GPU' : 'wall');
    }
  });

  it('names rows that failed alike together and others apart', () => {
    const failed = (engine: string, method: 'norm' | 'trace', message: string) => ({
      engine,
      method,
      scope: 'head' as const,
      error: { code: 'engine-failed' as const, message, hint: 'Try again.', permanent: false },
    });
    const list = [
      failed('wasm, 2 threads', 'norm', 'No room.'),
      failed('wasm, 2 threads', 'trace', 'No room.'),
      failed('webgpu', 'norm', 'No room.'),
      failed('reference', 'norm', 'No room.'),
      failed('reference', 'trace', 'Lost.'),
    ];
    expect(failureTexts(list)).toEqual([
      { text: 'norm, trace (head) failed on wasm, 2 threads: No room.', hint: 'Try again.' },
      { text: 'norm (head) failed on webgpu; reference: No room.', hint: 'Try again.' },
      { text: 'trace (head) failed on reference: Lost.', hint: 'Try again.' },
    ]);
  });
});

describe('the notes under the table', () => {
  const ROW: BenchmarkRow = {
    engine: 'webgpu',
    method: 'norm',
    scope: 'head',
    region: 'kernel',
    heads: 1,
    loops: 10,
    calls: 1,
    runsMs: [20.3, 20.1, 20.1, 20.6],
    clock: 'gpu',
    flops: 1e6,
    bytes: 1e3,
    maxAbsDeltaR: 0,
  };
  const REPORT: BenchmarkReport = {
    clock: 'performance.now(), 100 µs steps',
    clockStepMs: 0.1,
    crossOriginIsolated: false,
    where: { runtime: 'browser', name: 'Chrome 141, Windows' },
    device: { webgpu: 'a GPU' },
    subject: 'synthetic',
    synthetic: true,
    shape: { layers: 24, heads: 16, kvHeads: 16, dModel: 1024, dHead: 64 },
    layer: 0,
    head: 0,
    rows: [ROW],
    failed: [],
  };
  const noteOf = (report: BenchmarkReport, about: RegExp) =>
    benchmarkNotes(report, null).filter((note) => about.test(note));

  it('state the GPU clock’s resolution and nothing of other clocks', () => {
    expect(noteOf(REPORT, /GPU clock/)).toEqual([expect.stringMatching(/100 µs.*here is 200 µs\./)]);
    expect(noteOf({ ...REPORT, rows: [{ ...ROW, runsMs: [20] }] }, /GPU clock/)[0]).toContain('no two runs');
    expect(noteOf({ ...REPORT, rows: [{ ...ROW, clock: 'wall' }] }, /GPU clock/)).toEqual([]);
  });

  it('state where it was measured, and the isolation of pages alone', () => {
    expect(noteOf(REPORT, /^Clock/)).toEqual([
      'Clock: performance.now(), 100 µs steps. The page is not cross-origin isolated: its clock is coarse, wasm’s workers share no memory, so that each head, and all of a small layer, is computed on one core, and onnxruntime’s WASM has one thread.',
    ]);
    const inNode = { ...REPORT, where: { runtime: 'node', name: 'Node 20.20.2' } } as const;
    expect(noteOf(inNode, /^Clock/)).toEqual(['Clock: performance.now(), 100 µs steps.']);
    expect(noteOf(inNode, /^Made/)).toEqual(['Made: Node 20.20.2.']);
    expect(benchmarkNotes(inNode, null).join()).not.toContain('page');
    expect(noteOf({ ...REPORT, clockStepMs: 16 }, /^Each run/)[0]).toContain('at least 320 ms');
    expect(reportToMarkdown(REPORT)).toContain('Chrome 141, Windows');
  });

  it('state what the engines’ kernels read, for the region kernel alone', () => {
    const rows = [ROW, { ...ROW, engine: 'wasm', clock: 'wall' }] as const;
    const [note] = noteOf({ ...REPORT, rows }, /kernels read/);
    expect(note).toMatch(/webgpu, float32 copies, unpacked when.*wasm, the weights as they are stored/);
    expect(note).not.toContain('ort');
    expect(noteOf({ ...REPORT, rows: [{ ...ROW, region: 'upload + kernel' }] }, /kernels read/)).toEqual([]);
  });

  it('mark the notebook’s times beside made-up weights as another model’s', () => {
    const notebook = notebookForShape(REPORT.shape);
    const text = reportToMarkdown(REPORT, notebook);
    expect(text).toContain('notebook’s machine and weights |');
    expect(text).toContain('| 3.78 ms ± 241 µs |');
    expect(text).toContain('ours are of made-up weights');
    const layer = { ...REPORT, rows: [{ ...ROW, scope: 'layer' as const, heads: 16 }] };
    expect(reportToMarkdown(layer, notebook)).not.toContain('notebook');
  });
});
