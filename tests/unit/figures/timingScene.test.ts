import { describe, expect, it } from 'vitest';
import { METHODS } from '../../../src/core/engines/calls.ts';
import { notebookFor } from '../../../src/core/notebook/notebookTimes.ts';
import type { BenchmarkRow } from '../../../src/core/result/benchmarkReport.ts';
import { contrast, FIGURE_THEMES } from '../../../src/figures/palette.ts';
import type { SceneNode } from '../../../src/figures/scene.ts';
import { sceneToSvg } from '../../../src/figures/sceneToSvg.ts';
import { type TimingSceneOptions, timingScene } from '../../../src/figures/timingScene.ts';

const BERT = { layers: 24, heads: 16, kvHeads: 16, dModel: 1024, dHead: 64 };
const OPTIONS: TimingSceneOptions = {
  theme: FIGURE_THEMES.light,
  width: 800,
  subject: { layer: 0, head: 0 },
  notebook: null,
};

function row(change: Partial<BenchmarkRow>): BenchmarkRow {
  return {
    engine: 'webgpu',
    method: 'norm',
    scope: 'head',
    region: 'kernel',
    heads: 1,
    loops: 1,
    calls: 1,
    runsMs: [1],
    clock: 'wall',
    flops: 1,
    bytes: 1,
    maxAbsDeltaR: 0,
    ...change,
  };
}

function all(nodes: readonly SceneNode[]): SceneNode[] {
  return nodes.flatMap((node) => (node.type === 'group' ? all(node.children) : [node]));
}

const texts = (nodes: readonly SceneNode[]) =>
  all(nodes).flatMap((node) => (node.type === 'text' ? [node.text] : []));
const dots = (nodes: readonly SceneNode[]) => all(nodes).filter((node) => node.type === 'circle');

describe('timingScene', () => {
  it('draws ten times the time per head one decade further on a log axis', () => {
    const scene = timingScene(
      [
        row({ runsMs: [0.2] }),
        row({ method: 'trace-heads', scope: 'layer', heads: 16, loops: 2, runsMs: [64] }),
        row({ runsMs: [20] }),
      ],
      OPTIONS,
    );
    const ends = dots(scene.children).map(({ x }) => x);
    expect(ends[1]! - ends[0]!).toBeCloseTo(ends[2]! - ends[1]!, 6);
    expect(texts(scene.children)).toEqual(
      expect.arrayContaining([
        '200 µs',
        '2.00 ms',
        '20.0 ms',
        'trace-heads, one layer',
        '100 µs',
        '1 ms',
        '10 ms',
        '100 ms',
      ]),
    );
    expect(scene.description).toContain('webgpu trace-heads, one layer: 2.00 ms');
  });

  it('groups by engine, in the order of the rows', () => {
    const engines = ['wasm', 'webgpu', 'wasm'] as const;
    const scene = timingScene(
      engines.map((engine) => row({ engine })),
      OPTIONS,
    );
    expect(texts(scene.children).filter((text) => text === 'wasm' || text === 'webgpu')).toEqual([
      'wasm',
      'webgpu',
    ]);
    const ys = dots(scene.children).map(({ y }) => y);
    expect(ys).toEqual(ys.toSorted((a, b) => a - b));
    expect(Math.max(...ys)).toBeLessThan(scene.height);
  });

  it('marks the notebook’s times where it printed one for the same split', () => {
    const rows = [row({}), row({ method: 'trace' }), row({ scope: 'layer', heads: 16 })];
    const scene = timingScene(rows, { ...OPTIONS, notebook: notebookFor('bert-large-uncased', BERT) });
    const markers = all(scene.children).filter((node) => node.type === 'polyline');
    expect(markers).toHaveLength(2 + 1);
    expect(texts(scene.children).join()).toContain('notebook’s machine');
    const otherSplit = notebookFor('bert-large-uncased', { ...BERT, heads: 8, kvHeads: 8, dHead: 128 });
    expect(texts(timingScene(rows, { ...OPTIONS, notebook: otherSplit }).children).join()).not.toContain(
      'notebook',
    );
  });

  it('shows the quartiles as whiskers', () => {
    const scene = timingScene([row({ runsMs: [1, 2, 3, 4, 5] })], OPTIONS);
    const [dot] = dots(scene.children);
    const whisker = all(scene.children).find(
      (node) => node.type === 'line' && node.y1 === node.y2 && node.stroke === OPTIONS.theme.ink,
    ) as { x1: number; x2: number };
    // The quartiles are 2 and 4, the median is 3.
    expect(whisker.x2 - dot!.x).toBeCloseTo((dot!.x - whisker.x1) * (Math.log(4 / 3) / Math.log(3 / 2)), 6);
    expect(whisker.x1).toBeLessThan(dot!.x);
  });

  it.each(['light', 'dark'] as const)('keeps every shade 3 : 1 on the %s paper, and no two alike', (name) => {
    const theme = FIGURE_THEMES[name];
    const scene = timingScene(
      METHODS.map((method) => row({ method })),
      { ...OPTIONS, theme },
    );
    const fills = dots(scene.children).map(({ fill }) => fill!);
    expect(new Set(fills).size).toBe(METHODS.length);
    for (const fill of fills) expect(contrast(fill, theme.paper)).toBeGreaterThan(3);
  });

  it('leaves out rows without a time', () => {
    const scene = timingScene([row({ runsMs: [0] })], OPTIONS);
    expect(dots(scene.children)).toHaveLength(0);
    expect(sceneToSvg(scene)).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    expect(sceneToSvg(timingScene([], OPTIONS))).not.toContain('NaN');
  });
});
