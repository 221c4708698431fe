import { describe, expect, it } from 'vitest';
import { addCitation } from '../../../src/figures/citation.ts';
import { metricFor } from '../../../src/figures/metric.ts';
import { metricBand } from '../../../src/figures/nullBand.ts';
import { FIGURE_THEMES } from '../../../src/figures/palette.ts';
import { estimateWidth, type Scene, type SceneNode, SMALL } from '../../../src/figures/scene.ts';
import { sceneToSvg } from '../../../src/figures/sceneToSvg.ts';
import { hasCurves, type TrainingRun } from '../../../src/figures/trainingRun.ts';
import { type TrainingOptions, trainingScene } from '../../../src/figures/trainingScene.ts';
import { fakeResult } from './fakeResult.ts';
import { expectGolden } from './golden.ts';

const S = metricFor('s');
const OPTIONS: TrainingOptions = {
  metric: S,
  band: metricBand(S, 128),
  axis: 'training step',
  spacing: 'linear',
  title: 's of every head over steps',
  theme: FIGURE_THEMES.light,
  width: 800,
};

const runs = ['masked', 'causal'].map(
  (name, kind): TrainingRun => ({
    name,
    layers: [0, 1],
    steps: [0, 100, 200].map((step) => ({
      label: `step ${step}`,
      step,
      values: [
        [0, (kind * step) / 500],
        [0.02, step / 250],
      ],
    })),
  }),
);

const nodesOf = (scene: Scene): SceneNode[] => {
  const all = (nodes: readonly SceneNode[]): SceneNode[] =>
    nodes.flatMap((node) => (node.type === 'group' ? all(node.children) : [node]));
  return all(scene.children);
};
const texts = (scene: Scene) => nodesOf(scene).flatMap((node) => (node.type === 'text' ? [node.text] : []));

describe('trainingScene', () => {
  it('draws curves side by side, and one above the other where it is narrow', () => {
    const [wide, narrow] = [800, 360].map((width) => trainingScene(runs, { ...OPTIONS, width }));
    expectGolden('training', sceneToSvg(wide!));
    expect(narrow!.height).toBe(2 * wide!.height);
    expect(wide!.description).toContain('causal: median s 0.0000 at step 0, 0.2100 at step 200');
  });

  it('has a curve where two points follow each other, or where single points are marked', () => {
    const run = (count: number, known: readonly number[]): TrainingRun => ({
      name: 'run',
      layers: [0],
      steps: Array.from({ length: count }, (_, step) => ({
        label: `step ${step}`,
        step,
        values: [[known.includes(step) ? 0.1 : null]],
      })),
    });
    // Of the sample's record, ‖M‖ is known at the last step alone.
    expect([run(20, [19]), run(20, [3, 9]), run(20, [3, 4])].map(hasCurves)).toEqual([false, false, true]);
    expect([run(3, []), run(3, [2])].map(hasCurves)).toEqual([false, true]);
  });

  it('marks the step that the map shows and the pinned head, on a log axis', () => {
    const [run] = runs;
    const steps = [0, 1, 10, 100, 1000].map((step, at) => ({
      label: `step${step}`,
      step,
      values: [
        [0.1 * at, null],
        [at === 2 ? null : -0.05 * at, 0.3],
      ],
    }));
    const scene = trainingScene([{ ...run!, steps }], {
      ...OPTIONS,
      spacing: 'log',
      at: 3,
      pinned: { layer: 1, head: 0 },
      width: 600,
    });
    expectGolden('training-log', sceneToSvg(scene));
    expect(texts(scene)).toEqual(expect.arrayContaining(['L1H0', '0', '1', '10', '100', '1000']));
    // Powers of ten lie at even distances, but for the step + 1.
    const ticks = nodesOf(scene).flatMap((node) =>
      node.type === 'text' && ['10', '100', '1000'].includes(node.text) ? [node.x] : [],
    );
    expect((ticks[2]! - ticks[1]!) / (ticks[1]! - ticks[0]!)).toBeCloseTo(
      (Math.log10(1001) - Math.log10(101)) / (Math.log10(101) - Math.log10(11)),
      9,
    );
  });

  it('names its commits, convention, engine and notes when exported', () => {
    const results = [0, 1].map((at) => {
      const result = fakeResult({ id: 'o/m' });
      return { ...result, model: { ...result.model, sha: `${at}`.repeat(40) } };
    });
    const note = 'The points of o/m aren’t all of the same weights: a (x); b (y).';
    const scene = trainingScene(runs, OPTIONS);
    const shown = addCitation(scene, results, OPTIONS.theme, [note]);
    const added = texts(shown).slice(texts(scene).length);
    const { convention, engine } = results[0]!;
    expect(added[0]?.toLowerCase()).toBe(`${convention.text.toLowerCase()}.`);
    for (const { model } of results) expect(added.join(' ')).toContain(`o/m, commit ${model.sha}, F32`);
    expect(added).toContain(note);
    expect(added.at(-1)).toContain(`engine ${engine.id} (${engine.device}), 2026-01-02`);
    expect(shown.height).toBeGreaterThan(scene.height + 18 * added.length - 1);
  });

  it('leaves a gap for an undefined value and draws no line for an undefined head', () => {
    const steps = [0, 1, 2, 3].map((step) => ({
      label: '',
      step,
      values: [[step === 1 ? null : 0.1, null]],
    }));
    const scene = trainingScene([{ name: 'm', layers: [5], steps }], OPTIONS);
    const thin = nodesOf(scene).filter((node) => node.type === 'polyline' && node.opacity === 0.4);
    expect(thin.map((node) => node.type === 'polyline' && node.points.length)).toEqual([1, 2]);
  });

  it('places revisions without a step at even distances under their names', () => {
    const steps = ['main', 'v1.0'].map((label, at) => ({ label, step: null, values: [[at / 10]] }));
    expect(texts(trainingScene([{ name: 'm', layers: [0], steps }], OPTIONS))).toEqual(
      expect.arrayContaining(['main', 'v1.0']),
    );
  });

  it('draws an empty figure for no revisions or no layers', () => {
    for (const none of [[], [{ name: 'm', layers: [], steps: [] }]])
      expect(sceneToSvg(trainingScene(none, OPTIONS))).not.toMatch(/NaN|Infinity/);
  });

  describe('names under the axis', () => {
    const series = (labels: readonly string[], hasSteps: boolean): TrainingRun => ({
      name: 'm',
      layers: [0],
      steps: labels.map((label, at) => ({
        label,
        step: hasSteps ? Number(label) : null,
        values: [[at / 100]],
      })),
    });
    const under = (scene: Scene) =>
      nodesOf(scene).flatMap((node) => (node.type === 'text' && node.y === scene.height - 26 ? [node] : []));

    it('are all there for few points', () => {
      const named = trainingScene([series(['500', '1000', '4000'], true)], OPTIONS);
      expect(under(named).map(({ text }) => text)).toEqual(['500', '1000', '4000']);
    });

    it('are as many as fit for many points, whole, apart and with the last among them', () => {
      const many = Array.from({ length: 40 }, (_, at) => `some-long-branch-${at}`);
      for (const width of [320, 800]) {
        const names = under(trainingScene([series(many, false)], { ...OPTIONS, width }));
        expect([names[0]?.text, names.at(-1)?.text]).toEqual(['some-long-branch-0', 'some-long-branch-39']);
        const half = (text: string) => estimateWidth(text, SMALL, { mono: true }) / 2;
        names.forEach(({ x, text }, at) => {
          expect(x - half(text)).toBeGreaterThanOrEqual(0);
          expect(x + half(text)).toBeLessThanOrEqual(width);
          const next = names[at + 1];
          if (next) expect(x + half(text)).toBeLessThan(next.x - half(next.text));
        });
      }
    });
  });
});
