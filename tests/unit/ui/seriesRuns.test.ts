import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { metricFor } from '../../../src/figures/metric.ts';
import { reduceModel } from '../../../src/state/modelReducer.ts';
import { openingModel } from '../../../src/state/modelState.ts';
import { type SampleTraining, sampleTracks } from '../../../src/state/sampleSeries.ts';
import { type SeriesCheckpoint, trackOf } from '../../../src/state/seriesTracks.ts';
import { hubCandidates, taken, takeOptions } from '../../../src/ui/series/candidates.ts';
import { mixedWeights } from '../../../src/ui/series/mixedWeights.ts';
import { seriesRuns } from '../../../src/ui/series/seriesRuns.ts';
import { fakeResult } from '../figures/fakeResult.ts';

const NO_OFFERS = { layerNorm: null, qkNorm: null, rope: null };
const S = metricFor('s');

function point(label: string, layers: number, score: number | null): SeriesCheckpoint {
  const result = fakeResult({ layers, heads: 2, score: () => score });
  const stacks = result.stacks.map((stack) => ({
    ...stack,
    splitKey: 'heads',
    splits: [],
    offers: NO_OFFERS,
  }));
  const choice = { kind: 'hub', repo: 'o/m', revision: label } as const;
  const scored = { result, stacks, weightsOptions: [] };
  return { label, step: 1, choice, commit: null, status: 'done', scored, error: null };
}

describe('the curves of a series', () => {
  const waiting: SeriesCheckpoint = { ...point('later', 2, 0), status: 'waiting', scored: null };
  const model = openingModel(1, { kind: 'hub', repo: 'o/m' }, 'o/m');
  const track = (points: readonly SeriesCheckpoint[]) => trackOf(model, 'm', points);

  it('show scored points of one layout and name the others', () => {
    const points = [point('a', 2, 0.1), waiting, point('b', 3, 0.2), point('c', 2, null)];
    const [run] = seriesRuns([track(points)], ['self'], S);
    expect(run?.run.layers).toEqual([0, 1]);
    expect(run?.run.steps.map(({ label, values }) => [label, values])).toEqual([
      [
        'a',
        [
          [0.1, 0.1],
          [0.1, 0.1],
        ],
      ],
      [
        'c',
        [
          [null, null],
          [null, null],
        ],
      ],
    ]);
    expect(run?.places).toEqual([0, 3]);
    expect(run?.leftOut).toEqual(['b']);
  });

  it('are absent for a stack that no point has and before anything is scored', () => {
    const [run] = seriesRuns([track([waiting])], ['self'], S);
    expect(run?.run.steps).toEqual([]);
    const other = seriesRuns([track([point('a', 2, 0)])], ['decoder.cross'], S);
    expect(other[0]?.places).toEqual([]);
  });
});

describe('a series of several weight files', () => {
  const track = (files: readonly (readonly [label: string, weights: string, dtype: string])[]) =>
    trackOf(
      openingModel(1, { kind: 'hub', repo: 'o/m' }, 'o/m'),
      'o/m',
      files.map(([label, weights, dtype]) => {
        const one = point(label, 2, 0);
        const model = { ...one.scored!.result.model, weights, dtype };
        return { ...one, scored: { ...one.scored!, result: { ...one.scored!.result, model } } };
      }),
    );

  const safe = ['a', 'b', 'c', 'd', 'e'].map((label) => [label, 'model.safetensors', 'F32'] as const);

  it('needs no note where all points are of one file', () => {
    expect(mixedWeights(track(safe))).toBeNull();
  });

  it('names the points of each weight file', () => {
    expect(
      mixedWeights(track([...safe, ['f', 'pytorch_model.bin', 'F16'], ['g', 'model.safetensors', 'F16']])),
    ).toBe(
      'The points of o/m aren’t all of the same weights: model.safetensors in F32 (a, … e: 5); pytorch_model.bin in F16 (f); model.safetensors in F16 (g).',
    );
  });
});

describe('the sample’s record as a series', () => {
  const training = JSON.parse(readFileSync('public/sample/training.json', 'utf8')) as SampleTraining;
  const scored = (['masked', 'causal'] as const).map((name, at) => {
    const result = fakeResult({ id: `sample/${name}`, layers: 4, heads: 4 });
    const open = openingModel(at + 1, { kind: 'sample', name, baseUrl: '' }, name);
    const done = reduceModel(open, { type: 'done', result, elapsedMs: 1 }, 0);
    return {
      ...done,
      stacks: result.stacks.map((stack) => ({ ...stack, splitKey: 'heads', splits: [], offers: NO_OFFERS })),
    };
  });

  it('has the recorded r of each step, and the model itself as the last step', () => {
    const tracks = sampleTracks(training, scored);
    expect(tracks.map(({ name, slot }) => [name, slot])).toEqual([
      ['masked', 1],
      ['causal', 2],
    ]);
    const run = training.runs.find(({ kind, bundled }) => kind === 'causal' && bundled)!;
    const { checkpoints } = tracks[1]!;
    expect(checkpoints.map(({ step }) => step)).toEqual(run.steps.map(({ step }) => step));
    const { result } = checkpoints[7]!.scored!;
    expect(result.stacks[0]!.layers.map(({ heads }) => heads.map(({ r }) => r))).toEqual(run.steps[7]!.r);
    expect(result.stacks[0]!.layers[2]!.heads[1]!.s).toBe(2 * run.steps[7]!.r[2]![1]! - 1);
    expect(result.engine.id).toBe('recorded');
    expect(result.model).toMatchObject({ revision: `step ${run.steps[7]!.step}`, sha: null });
    expect(result.stacks[0]!.layers.flatMap(({ tensors }) => tensors)).toEqual([]);
    expect(checkpoints.at(-1)!.scored!.result).toBe(scored[1]!.result);
  });

  it('is empty before the models are scored and for models that aren’t the sample', () => {
    expect(
      sampleTracks(training, [openingModel(1, { kind: 'sample', name: 'masked', baseUrl: '' }, 'm')]),
    ).toEqual([]);
    expect(sampleTracks(training, [openingModel(1, { kind: 'hub', repo: 'o/m' }, 'o/m')])).toEqual([]);
  });
});

describe('what can be scored as a series', () => {
  const ref = (name: string) => ({ name, kind: 'branch', commit: name.padEnd(40, '0') }) as const;

  it('lists training steps first, then all revisions, pinned to their commits', () => {
    const found = hubCandidates('o/m', ['main', 'step10', 'step2'].map(ref));
    expect(found.map(({ name, word, points }) => [name, word, points.map(({ label }) => label)])).toEqual([
      ['step…', 'step', ['step2', 'step10']],
      ['all branches and tags', 'revision', ['main', 'step10', 'step2']],
    ]);
    expect(found[0]?.points[0]).toEqual({
      label: 'step2',
      step: 2,
      commit: 'step2'.padEnd(40, '0'),
      choice: { kind: 'hub', repo: 'o/m', revision: 'step2' },
    });
    expect(hubCandidates('o/m', [ref('main')])).toEqual([]);
  });

  it('takes the weights chosen for the open model in each revision', () => {
    const weights = { path: 'pytorch_model.bin', revision: 'refs/pr/1' };
    const [steps] = hubCandidates('o/m', ['step10', 'step2'].map(ref), { kind: 'hub', repo: 'o/m', weights });
    expect(steps?.points.map(({ choice }) => choice)).toEqual([
      { kind: 'hub', repo: 'o/m', revision: 'step2', weights: { path: 'pytorch_model.bin' } },
      { kind: 'hub', repo: 'o/m', revision: 'step10', weights: { path: 'pytorch_model.bin' } },
    ]);
  });

  it('thins a long series', () => {
    expect(takeOptions(154)).toEqual([154, 50, 20, 10, 5]);
    expect(takeOptions(3)).toEqual([3]);
    const [, all] = hubCandidates(
      'o/m',
      Array.from({ length: 30 }, (_, step) => ref(`step${step}`)),
    );
    expect(taken(all!, 5).map(({ label }) => label)).toEqual([
      'step0',
      'step7',
      'step15',
      'step22',
      'step29',
    ]);
  });
});
