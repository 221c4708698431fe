import { describe, expect, it } from 'vitest';
import { type CheckpointEvidence, markCheckpoints } from '../../../../src/core/series/checkpointMarks.ts';
import { markNotes, markText } from '../../../../src/core/series/markText.ts';

const smooth = (at: number) => Array.from({ length: 12 }, (_, head) => at / 50 + head / 100);
const point = (step: number, files: string | null = `own ${step}`, at = step): CheckpointEvidence => ({
  label: `step${step}`,
  step,
  files,
  scores: smooth(at),
});
const main = { label: 'main', files: ['final', 'final as pickle'] };
const flags = (points: readonly CheckpointEvidence[], of: typeof main | null = main) =>
  markCheckpoints(points, of).map(({ flag }) => flag);

describe('the marks of a series', () => {
  it('name copies of main and lone jumps among 12 revisions', () => {
    const points = Array.from({ length: 12 }, (_, step) =>
      [1, 4, 5, 8].includes(step) ? point(step, 'final', 11) : step === 11 ? point(11, 'final') : point(step),
    );
    points[7] = { ...points[7]!, scores: smooth(0).map((value, head) => value + (head % 2) * 0.7) };
    const marks = markCheckpoints(points, main);
    const marked = Object.fromEntries(
      marks.flatMap(({ label, flag }) => (flag === null ? [] : [[label, flag]])),
    );
    expect(marked).toEqual({
      step1: 'main-files',
      step4: 'main-files',
      step5: 'main-files',
      step8: 'main-files',
      step7: 'jump',
    });
    expect(marks.filter(({ isLeftOut }) => isLeftOut).map(({ label }) => label)).toEqual(
      Object.keys(marked).sort(),
    );
    expect(marks[1]?.sameAs).toEqual(['main', 'step4', 'step5', 'step8', 'step11']);
    expect(marks[11]).toMatchObject({
      flag: null,
      isLeftOut: false,
      sameAs: ['main', 'step1', 'step4', 'step5', 'step8'],
    });
    expect(markNotes(marks)).toEqual([
      '4 of 12 hold main’s very files: step1, step4, step5 and step8. step11 holds them too, as the last step may.',
      'step7 is a lone jump: its heads lie far from both its neighbours, which are near each other.',
    ]);
    expect(marks.map(markText).filter((text) => text !== null)).toEqual([
      'holds main’s files',
      'holds main’s files',
      'holds main’s files',
      'a lone jump',
      'holds main’s files',
      'holds main’s files, as the last step may',
    ]);
  });

  it('distinguish files by one byte, and count main’s other format as main', () => {
    const points = [0, 1, 2].map((step) => point(step));
    expect(flags([...points, point(3, 'final but for a byte', 11), point(11, 'final')])).toEqual([
      ...[null, null, null],
      'repeated-scores',
      null,
    ]);
    const marks = markCheckpoints(
      [...points, point(3, 'final but for a byte', 11), point(11, 'final')],
      main,
    );
    expect(marks[3]).toMatchObject({ sameAs: [], sameScores: ['step11'], isLeftOut: false });
    expect(markText(marks[3]!)).toBe('has exactly the scores of step11');
    expect(flags([point(0), point(1, 'final as pickle', 11), point(2)])[1]).toBe('main-files');
  });

  it('cover all steps that share files other than main’s', () => {
    const points = [point(0), point(1, 'x'), point(2), point(3, 'x', 1), point(4, 'y'), point(5, 'y', 4)];
    const marks = markCheckpoints(points, main);
    expect(marks.map(({ flag }) => flag)).toEqual([
      null,
      'shared-files',
      null,
      'shared-files',
      'shared-files',
      'shared-files',
    ]);
    expect(markNotes(marks)).toEqual([
      'step1 and step3 hold the same files: at most one of them can be its own.',
      'step4 and step5 hold the same files: at most one of them can be its own.',
    ]);
    expect(markText(marks[1]!)).toBe('holds the same files as step3');
  });

  it('follow exactly equal scores where files can’t be checked', () => {
    const unchecked = (step: number, at = step) => point(step, null, at);
    const points = [unchecked(0), unchecked(1), unchecked(2, 1), unchecked(3)];
    const marks = markCheckpoints(points, null);
    expect(marks.map(({ flag, isLeftOut }) => [flag, isLeftOut])).toEqual([
      [null, false],
      ['repeated-scores', true],
      ['repeated-scores', true],
      [null, false],
    ]);
    expect(markNotes(marks)).toEqual(['step1 and step2 have exactly the same scores.']);
    const none = (step: number) => ({ ...unchecked(step), scores: [null, null] });
    expect(flags([none(0), none(1)], null)).toEqual([null, null]);
    const nearly = unchecked(2, 1);
    expect(
      flags(
        [unchecked(1), { ...nearly, scores: nearly.scores!.map((s, at) => (at === 3 ? s! + 1e-12 : s)) }],
        null,
      ),
    ).toEqual([null, null]);
  });

  it('name frozen attention that repeats its scores in other files', () => {
    const points = [0, 1, 2].map((step) => point(step, `file ${step}`, 5));
    const marks = markCheckpoints(points, main);
    expect(marks.every(({ flag, isLeftOut }) => flag === 'repeated-scores' && !isLeftOut)).toBe(true);
    expect(markNotes(marks)).toEqual([
      'step0, step1 and step2 have exactly the same scores, though their files differ.',
    ]);
  });

  it('cover a copy among branches and tags without steps, but no jumps', () => {
    const named = (label: string, files: string, at: number) => ({ ...point(at, files), label, step: null });
    const marks = markCheckpoints(
      [named('v0', 'a', 0), named('main', 'final', 9), named('v1', 'final', 9), named('old', 'a', 0)],
      main,
    );
    expect(marks.map(({ label, flag, sameAs }) => [label, flag, sameAs])).toEqual([
      ['v0', null, ['old']],
      ['main', null, ['v1']],
      ['v1', 'main-files', ['main']],
      ['old', 'shared-files', ['v0']],
    ]);
    const order = [0, 1, 2, 40, 3, 4, 5, 6].map((at) => named(`v${at}`, `own ${at}`, at));
    expect(flags(order)).toEqual(Array(8).fill(null));
  });

  it('skip a copy when neighbours of a point are compared', () => {
    const points = Array.from({ length: 9 }, (_, step) => point(step));
    points.splice(5, 0, { ...point(4.5, 'final', 40) });
    points.splice(7, 0, { ...point(5.5, 'own', 60) });
    expect(
      flags(points)
        .map((flag, at) => (flag === null ? '' : `${at} ${flag}`))
        .filter(Boolean),
    ).toEqual(['5 main-files', '7 jump']);
  });
});
