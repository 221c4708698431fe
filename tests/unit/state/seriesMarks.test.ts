import { describe, expect, it } from 'vitest';
import type { RevisionFiles } from '../../../src/core/repos/revisionFiles.ts';
import { metricFor } from '../../../src/figures/metric.ts';
import { FIGURE_THEMES } from '../../../src/figures/palette.ts';
import { sceneToSvg } from '../../../src/figures/sceneToSvg.ts';
import { trainingScene } from '../../../src/figures/trainingScene.ts';
import { openingModel } from '../../../src/state/modelState.ts';
import { type RevisionFilesState, revisionsActions } from '../../../src/state/revisions.ts';
import { marksOf } from '../../../src/state/seriesMarks.ts';
import { type SeriesCheckpoint, trackOf } from '../../../src/state/seriesTracks.ts';
import { markedRuns } from '../../../src/ui/series/markedRuns.ts';
import { seriesCsv, seriesJson } from '../../../src/ui/series/seriesExport.ts';
import { seriesRuns } from '../../../src/ui/series/seriesRuns.ts';
import { seriesSummary } from '../../../src/ui/series/seriesSummary.ts';
import { fakeClient } from '../../support/fakeClient.ts';
import { testContext } from '../../support/testContext.ts';
import { plannedOf, result } from './seriesSetUp.ts';

const commit = (digit: number | string) => `${digit}`.repeat(40).slice(0, 40);
const listing = (of: string, hash: string): RevisionFiles => ({
  commit: of,
  weights: [
    { id: 'model.safetensors', format: 'safetensors', files: [{ path: 'model.safetensors', size: 1, hash }] },
  ],
});
const point = (step: number, s: number): SeriesCheckpoint => {
  const scored = result('o/m', s);
  return {
    label: `step${step}`,
    step,
    choice: { kind: 'hub', repo: 'o/m', revision: `step${step}` },
    commit: commit(step),
    status: 'done',
    scored: { result: scored, stacks: plannedOf(scored), weightsOptions: [] },
    error: null,
  };
};
const model = openingModel(1, { kind: 'hub', repo: 'o/m' }, 'o/m');
const track = trackOf(model, 'o/m', [point(1, 0.1), point(2, 0.9), point(3, 0.3)]);
const files: RevisionFilesState = {
  ...{ repo: 'o/m', hubUrl: '', status: 'done', total: 4, mainCommit: commit('f'), failed: new Map() },
  byCommit: new Map([
    [commit('f'), listing(commit('f'), 'x')],
    [commit(1), listing(commit(1), 'a')],
    [commit(2), listing(commit(2), 'x')],
    [commit(3), listing(commit(3), 'x')],
  ]),
};
const S = metricFor('s');

describe('marks of a track', () => {
  const marks = [marksOf(track, files)];

  it('come from the listings of its commits and main’s', () => {
    expect(marks[0]!.map(({ flag, isLeftOut }) => [flag, isLeftOut])).toEqual([
      [null, false],
      ['main-files', true],
      [null, false],
    ]);
    expect(marksOf(track, null).every(({ flag }) => flag === null)).toBe(true);
  });

  it('leave a point out of the summary and the curves, unless it is included', () => {
    const runs = seriesRuns([track], ['self'], S);
    const [without] = markedRuns(runs, marks, false);
    const [included] = markedRuns(runs, marks, true);
    // Medians: 0.1, 0.9 and 0.3, and 0.055 more by the heads' places.
    expect(seriesSummary(without!.run, S)).toBe(
      'Median s of 2 of 3 points: 0.1550 at step1, 0.3550 at step3; lowest 0.1550 at step1, highest 0.3550 at step3.',
    );
    expect(seriesSummary(included!.run, S)).toContain(
      'of 3 points: 0.1550 at step1, 0.3550 at step3; lowest 0.1550 at step1, highest 0.9550 at step2.',
    );
    const draw = (of: typeof without) =>
      trainingScene([of!.run], {
        ...{ metric: S, axis: 'step', spacing: 'linear', title: 't', width: 800 },
        theme: FIGURE_THEMES.light,
      });
    expect(draw(without).description).toBe(
      'o/m: median s 0.1550 at step1, 0.3550 at step3. Marked: step2 holds main’s files.',
    );
    const svg = sceneToSvg(draw(without));
    expect(svg).toContain('stroke-dasharray="2 4"');
    expect(svg).toContain('url(#hatch-0)');
    expect(svg).toContain('copy or jump, left out');
    const all = sceneToSvg(draw(included));
    expect(all).not.toContain('stroke-dasharray');
    expect(all).toContain('url(#hatch-0)');
  });

  it('are exported with the scores', () => {
    const results = JSON.parse(seriesJson([track], marks)) as { series: object; schema: string }[];
    expect(results.map(({ series }) => series)).toEqual([
      { label: 'step1', step: 1, sameAs: [], flag: null },
      { label: 'step2', step: 2, sameAs: ['main', 'step3'], flag: 'main-files' },
      { label: 'step3', step: 3, sameAs: ['main', 'step2'], flag: null },
    ]);
    const lines = seriesCsv([track], marks).split('\n');
    expect(lines[0]).toBe('model,checkpoint,step,sha,sameAs,flag,stack,layer,head,r,s,norm,convention');
    expect(lines[5]).toMatch(/^o\/m,step2,2,[0-9a-f]+,main step3,main-files,self,0,0,/);
  });
});

describe('the request for the files of revisions', () => {
  function setUp() {
    const client = fakeClient();
    const ctx = testContext({ client });
    const { store } = ctx;
    const sent = () => client.of('revisionFiles');
    const actions = revisionsActions(ctx);
    store.setState({
      refs: {
        ...{ repo: 'o/m', hubUrl: store.getState().settings.hubUrl, status: 'done', error: null },
        list: [{ name: 'main', kind: 'branch', commit: commit('f') }],
      },
    });
    return { store, actions, sent };
  }
  const opened = {
    ...model,
    stacks: plannedOf(result('o/m')).map((stack) => ({
      ...stack,
      layers: stack.layers.map((layer) => ({ ...layer, tensors: [{ name: 'q', dtype: 'F32' }] })),
    })),
  };

  it('asks once for each commit and main’s, and again for failed ones alone', async () => {
    const { store, actions, sent } = setUp();
    actions.checkFiles(opened, track.checkpoints);
    expect(sent()[0]!.request).toMatchObject({ commits: ['f', 1, 2, 3].map(commit), tensors: ['q'] });
    for (const [of, listed] of files.byCommit)
      if (of !== commit(3)) await sent()[0]!.event({ commit: of, files: listed, error: null });
    const error = { code: 'rate-limited', message: 'The limit.', permanent: false } as const;
    await sent()[0]!.event({ commit: commit(3), files: null, error });
    await sent()[0]!.done();
    expect(store.getState().revisionFiles).toMatchObject({
      status: 'done',
      total: 4,
      mainCommit: commit('f'),
    });
    expect(store.getState().revisionFiles?.failed.get(commit(3))).toEqual(error);
    actions.checkFiles(opened, track.checkpoints);
    expect(sent()[1]!.request.commits).toEqual([commit(3)]);
    await sent()[1]!.event({ commit: commit(3), files: files.byCommit.get(commit(3))!, error: null });
    await sent()[1]!.done();
    expect(store.getState().revisionFiles?.failed.size).toBe(0);
    actions.checkFiles(opened, track.checkpoints);
    expect(sent()).toHaveLength(2);
  });

  it('keeps known files and ignores late ones when it is cancelled', async () => {
    const { store, actions, sent } = setUp();
    actions.checkFiles(opened, track.checkpoints);
    await sent()[0]!.event({ commit: commit(1), files: files.byCommit.get(commit(1))!, error: null });
    actions.cancelCheck();
    expect(sent()[0]!.isCancelled).toBe(true);
    await sent()[0]!.event({ commit: commit(2), files: files.byCommit.get(commit(2))!, error: null });
    await sent()[0]!.done();
    const { status, byCommit } = store.getState().revisionFiles!;
    expect([status, [...byCommit.keys()]]).toEqual(['cancelled', [commit(1)]]);
  });

  it('isn’t made for a folder', () => {
    const { actions, sent } = setUp();
    actions.checkFiles(openingModel(2, { kind: 'local', files: [] }, 'f'), track.checkpoints);
    expect(sent()).toHaveLength(0);
  });
});
