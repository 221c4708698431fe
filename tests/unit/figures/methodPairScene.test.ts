import { describe, expect, it } from 'vitest';
import { notebookFor } from '../../../src/core/notebook/notebookTimes.ts';
import type { BenchmarkRow } from '../../../src/core/result/benchmarkReport.ts';
import { type MethodPairOptions, methodPairScene } from '../../../src/figures/methodPairScene.ts';
import { FIGURE_THEMES } from '../../../src/figures/palette.ts';
import type { Scene, SceneGroup, SceneNode } from '../../../src/figures/scene.ts';
import { sceneToSvg } from '../../../src/figures/sceneToSvg.ts';

const BERT = { layers: 24, heads: 16, kvHeads: 16, dModel: 1024, dHead: 64 };
const OPTIONS = { theme: FIGURE_THEMES.light, width: 720, notebook: null };

function row(change: Partial<BenchmarkRow>): BenchmarkRow {
  return {
    engine: 'wasm',
    threads: 2,
    method: 'norm',
    scope: 'head',
    region: 'kernel',
    heads: 1,
    loops: 1,
    calls: 1,
    runsMs: [1],
    clock: 'wall',
    flops: 8,
    bytes: 1,
    maxAbsDeltaR: 0,
    ...change,
  };
}

const reportOf = (rows: BenchmarkRow[], device = {}) => ({ rows, device, layer: 0, head: 0 });

/** 8 times on wasm, 2 times on onnxruntime. */
const REPORT = reportOf([
  row({ runsMs: [8] }),
  row({ method: 'trace', runsMs: [1] }),
  row({ engine: 'ort-wasm', runsMs: [8] }),
  row({ engine: 'ort-wasm', method: 'trace', runsMs: [4] }),
]);

const rowsOf = ({ children }: Scene) =>
  children.filter((node): node is SceneGroup => node.type === 'group' && node.name === 'row');
const textsOf = (nodes: readonly SceneNode[]): string[] =>
  nodes.flatMap((node) =>
    node.type === 'text' ? [node.text] : node.type === 'group' ? textsOf(node.children) : [],
  );
const dotsOf = ({ children }: SceneGroup) =>
  children.flatMap((node) => (node.type === 'circle' ? [node.x] : []));

describe('the figure of norm against trace', () => {
  it('ends each row with its speed-up, and draws equal factors equally long', () => {
    const rows = rowsOf(methodPairScene(REPORT, OPTIONS));
    expect(rows.map(({ children }) => textsOf(children))).toEqual([
      ['wasm, 2 threads', 'our kernels on the CPU', '1.00 ms', '8.00 ms', '8.0 ×'],
      ['ort-wasm, 2 threads', 'onnxruntime on the CPU', '4.00 ms', '8.00 ms', '2.0 ×'],
    ]);
    const [[fast, slow], [half]] = rows.map(dotsOf) as [[number, number], [number, number]];
    expect(slow).toBeGreaterThan(fast);
    // 8 = 2³
    expect(slow - fast).toBeCloseTo(3 * (slow - half), 6);
  });

  it('adds the notebook’s printed pair of the head that was timed, of the same split alone', () => {
    const notebook = notebookFor('bert-large-uncased', BERT);
    const last = rowsOf(methodPairScene(REPORT, { ...OPTIONS, notebook })).at(-1)!;
    // It printed 3.78 ms and 593 µs.
    expect(textsOf(last.children)).toEqual([
      'notebook’s machine',
      'numpy, as printed',
      '593 µs',
      '3.78 ms',
      '6.4 ×',
    ]);
    const count = (report: typeof REPORT, options: MethodPairOptions) =>
      rowsOf(methodPairScene(report, options)).length;
    expect(count({ ...REPORT, head: 9 }, { ...OPTIONS, notebook })).toBe(2);
    const otherSplit = notebookFor('bert-large-uncased', { ...BERT, heads: 8, kvHeads: 8, dHead: 128 });
    expect(count(REPORT, { ...OPTIONS, notebook: otherSplit })).toBe(2);
  });

  it.each([320, 390, 720])('keeps all of its words apart and within %i px', (width) => {
    const notebook = notebookFor('bert-large-uncased', BERT);
    const scene = methodPairScene(REPORT, { ...OPTIONS, width, notebook });
    for (const { children } of rowsOf(scene)) {
      const boxes = children.flatMap((node) => {
        if (node.type !== 'text') return [];
        const textWidth = node.text.length * node.size * (node.mono ? 0.61 : 0.55);
        const left =
          node.anchor === 'end'
            ? node.x - textWidth
            : node.anchor === 'middle'
              ? node.x - textWidth / 2
              : node.x;
        return [{ left, right: left + textWidth, y: node.y }];
      });
      for (const box of boxes) {
        expect(box.left).toBeGreaterThanOrEqual(0);
        expect(box.right).toBeLessThanOrEqual(width);
        for (const other of boxes)
          if (other !== box && Math.abs(other.y - box.y) < 10)
            expect(box.right <= other.left || other.right <= box.left).toBe(true);
      }
    }
  });

  it('says when trace is slower, when a GPU is emulated, and has a heading where it travels', () => {
    const slower = reportOf([row({ runsMs: [1] }), row({ method: 'trace', runsMs: [4] })]);
    expect(textsOf(methodPairScene(slower, OPTIONS).children)).toContain('0.25 ×');
    const gpu = reportOf(
      [
        row({ engine: 'webgpu', threads: undefined }),
        row({ engine: 'webgpu', threads: undefined, method: 'trace' }),
      ],
      { webgpu: 'google swiftshader (software)' },
    );
    expect(textsOf(methodPairScene(gpu, OPTIONS).children)).toContain('a GPU emulated on the CPU');
    const heading = 'On this machine the trace method is 8.0 × faster than the norm method.';
    const plain = methodPairScene(REPORT, OPTIONS);
    const headed = methodPairScene(REPORT, { ...OPTIONS, heading });
    expect(textsOf(headed.children).join(' ')).toContain(heading);
    expect(headed.height).toBeGreaterThan(plain.height);
  });

  it('tells who can’t see it the same, and draws nothing of no rows', () => {
    expect(methodPairScene(REPORT, OPTIONS).description).toBe(
      'wasm, 2 threads: norm 8.00 ms, trace 1.00 ms, 8.0 times; ort-wasm, 2 threads: norm 8.00 ms, trace 4.00 ms, 2.0 times.',
    );
    expect(sceneToSvg(methodPairScene(reportOf([]), OPTIONS))).not.toContain('NaN');
  });
});
