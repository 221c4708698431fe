import { describe, expect, it } from 'vitest';
import { foreseePlan, roughGflops } from '../../../../src/core/benchmark/foreseenTime.ts';
import { SHAPE_PRESETS } from '../../../../src/core/benchmark/shapePresets.ts';
import { type RowEstimate, SHORT_MS, shortenPlan } from '../../../../src/core/benchmark/timeLimit.ts';

const NO_FLOAT64 = { targetMs: 20, float64LayerMs: 0, layers: 24, elapsedMs: 0 };

function row(name: string, passMs: number): RowEstimate {
  const [engine, method, scope] = name.split(' ') as [string, RowEstimate['method'], RowEstimate['scope']];
  return { engine, method, scope, passMs };
}

const nameOf = ({ engine, method, scope }: RowEstimate) => `${engine} ${method} ${scope}`;

/** One engine's rows of one head and one layer. */
const rowsOf = (engine: string, headMs: number) => [
  row(`${engine} norm head`, headMs),
  row(`${engine} trace head`, headMs / 8),
  row(`${engine} norm layer`, 16 * headMs),
  row(`${engine} trace-loop layer`, 2 * headMs),
  row(`${engine} trace-heads layer`, 2 * headMs),
  row(`${engine} trace-full layer`, 2 * headMs),
];

describe('the time limit of a benchmark', () => {
  // 10⁹ operations a second on two cores: WASM alone, and while the machine had ten times its work; SwiftShader.
  const MACHINES = {
    'WASM on a quiet machine': [
      { id: 'wasm', gflops: 60 },
      { id: 'ort-wasm', gflops: 40 },
    ],
    'WASM on a busy machine': [
      { id: 'wasm', gflops: 7 },
      { id: 'ort-wasm', gflops: 2 },
    ],
    SwiftShader: [
      { id: 'webgpu', gflops: 4 },
      { id: 'wasm', gflops: 60 },
      { id: 'ort-wasm', gflops: 40 },
    ],
    'SwiftShader on a busy machine': [
      { id: 'webgpu', gflops: 1.5 },
      { id: 'wasm', gflops: 7 },
      { id: 'ort-wasm', gflops: 2 },
    ],
  };

  it.each(
    Object.entries(MACHINES).flatMap(([machine, engines]) =>
      ['bert', 'llama'].map((key) => ({ machine, engines, key })),
    ),
  )('keeps the default under 30 s: $key’s shape, $machine', ({ engines, key }) => {
    const { shape } = SHAPE_PRESETS.find((preset) => preset.key === key)!;
    const plan = foreseePlan({ shape, scopes: ['head', 'layer'], engines, limitMs: SHORT_MS });
    expect(SHORT_MS).toBe(30_000);
    // The time again, from the definitions of the methods.
    const { dModel: d, dHead: dh, heads } = shape;
    const gflop = (method: string) =>
      (method === 'norm' ? 2 * d * d * dh + 5 * d * d : 2 * d * (2 * dh * dh + dh) + 4 * dh * dh) / 1e9;
    const seconds = plan.rows.map(({ engine, method, scope }) => {
      const { gflops } = engines.find(({ id }) => id === engine)!;
      const pass = ((scope === 'head' ? 1 : heads) * gflop(method)) / gflops;
      return Math.max(pass, 0.03) * (plan.runs + 1);
    });
    const float64 = plan.rows.some(({ scope }) => scope === 'layer') ? heads * gflop('trace') : 0;
    const total = seconds.reduce((sum, one) => sum + one, float64);
    expect(plan.ms / 1000).toBeCloseTo(total, 1);
    expect(total).toBeLessThan(30);
    const names = plan.rows.map(nameOf);
    expect(names).toContain(`${engines[0]!.id} norm head`);
    expect(names).toContain(`${engines[0]!.id} trace head`);
  });

  it('leaves nothing out where there is time for everything', () => {
    const rows = [...rowsOf('wasm', 1), ...rowsOf('ort-wasm', 1)];
    expect(shortenPlan(rows, 7, { ...NO_FLOAT64, limitMs: 30_000 })).toMatchObject({
      rows,
      leftOut: [],
      runs: 7,
    });
  });

  it('takes fewer runs before it leaves anything out', () => {
    // 24 s are planned for: 8 · 3.5 s are too many, 6 · 3.5 s aren't.
    const rows = [row('wasm norm head', 3000), row('wasm trace head', 500)];
    expect(shortenPlan(rows, 7, { ...NO_FLOAT64, limitMs: 30_000 })).toMatchObject({
      leftOut: [],
      runs: 5,
      ms: 21_000,
    });
  });

  it('leaves out what says least of norm against trace, and of the last engine first', () => {
    const rows = [...rowsOf('wasm', 100), ...rowsOf('ort-wasm', 100)];
    const order = [30, 20, 12, 8, 4.5, 3.5, 2.5, 0].map((seconds) =>
      shortenPlan(rows, 5, { ...NO_FLOAT64, limitMs: (seconds / 0.8) * 1000 }).leftOut.map(nameOf),
    );
    expect(order[0]).toEqual([]);
    expect(order[1]).toEqual(['ort-wasm norm layer']);
    expect(order[2]).toEqual(['wasm norm layer', 'ort-wasm norm layer']);
    const batches = ['ort-wasm trace-loop layer', 'ort-wasm trace-full layer'];
    expect(order[3]).toEqual(['wasm norm layer', 'ort-wasm norm layer', ...batches]);
    for (const leftOut of order) {
      expect(leftOut).not.toContain('wasm norm head');
      expect(leftOut).not.toContain('wasm trace head');
    }
    for (const [index, leftOut] of order.slice(1).entries())
      expect(leftOut).toEqual(expect.arrayContaining(order[index]!));
    expect(order.at(-1)).toHaveLength(10);
  });

  it('keeps both methods of the smallest scope on the first engine, however long they take', () => {
    const rows = rowsOf('wasm', 100_000).filter(({ scope }) => scope === 'layer');
    const plan = shortenPlan(rows, 7, { ...NO_FLOAT64, limitMs: 30_000 });
    expect(plan.rows.map(nameOf)).toEqual(['wasm norm layer', 'wasm trace-heads layer']);
    expect(plan.runs).toBe(3);
  });

  it('takes the answer from the fastest engine where none has time for it', () => {
    const rows = [row('webgpu trace head', 100), ...rowsOf('wasm', 20_000), ...rowsOf('ort-wasm', 10_000)];
    const plan = shortenPlan(rows, 7, { ...NO_FLOAT64, limitMs: 30_000 });
    expect(plan.rows.map(nameOf)).toEqual(['ort-wasm norm head', 'ort-wasm trace head']);
  });

  it('counts what has passed already, and the float64 values of a layer', () => {
    const rows = rowsOf('wasm', 1);
    const late = shortenPlan(rows, 7, { ...NO_FLOAT64, limitMs: 30_000, elapsedMs: 23_000 });
    expect(late.leftOut.length).toBeGreaterThan(0);
    const slow = shortenPlan(rows, 7, { ...NO_FLOAT64, limitMs: 30_000, float64LayerMs: 25_000 });
    expect(slow.rows.map(nameOf)).toEqual(['wasm norm head', 'wasm trace head']);
  });

  it('takes an emulated GPU for slower than one, and more threads for faster', () => {
    const gpu = { id: 'webgpu', available: true, detail: '' } as const;
    expect(roughGflops({ ...gpu, isSoftware: true })).toBeLessThan(roughGflops(gpu));
    const wasm = { id: 'wasm', available: true, detail: '' } as const;
    expect(roughGflops({ ...wasm, threads: 8 })).toBeGreaterThan(roughGflops({ ...wasm, threads: 2 }));
    for (const id of ['ort-wasm', 'wasm-one-thread', 'ort-webgpu', 'reference'] as const)
      expect(roughGflops({ id, available: true, detail: '' })).toBeGreaterThan(0);
  });
});
