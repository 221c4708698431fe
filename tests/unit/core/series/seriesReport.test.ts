import { describe, expect, it } from 'vitest';
import { markCheckpoints } from '../../../../src/core/series/checkpointMarks.ts';
import { type ReportedRevision, seriesReport } from '../../../../src/core/series/seriesReport.ts';

const revision = (label: string, digit: string): ReportedRevision => ({
  label,
  commit: label.padEnd(40, '0').slice(0, 40),
  weights: {
    id: 'm',
    format: 'safetensors',
    files: [{ path: 'model.safetensors', size: 9, hash: `sha256:${digit.repeat(64)}` }],
  },
});
const report = (points: readonly ReportedRevision[], files: readonly (string | null)[]) =>
  seriesReport({
    repo: 'o/m',
    hubUrl: 'https://huggingface.co/',
    points,
    main: revision('main', 'f'),
    marks: markCheckpoints(
      points.map(({ label }, step) => ({ label, step, files: files[step]!, scores: null })),
      { label: 'main', files: ['f'] },
    ),
    appVersion: '1',
  });

describe('the report for a repository', () => {
  it('names which revisions hold which files, how that was found and how to check it', () => {
    const points = [revision('step0', 'a'), revision('step1', 'f'), revision('step2', 'f')];
    const text = report(points, ['a', 'f', 'f']);
    expect(text).toContain('# Revisions that hold other revisions’ weights: o/m');
    expect(text).toContain('Of 3 revisions that were compared, these 1 hold');
    expect(text).toContain(
      '| `step1` | `step10000000` | `model.safetensors` | `ffffffffffff` | holds main’s files |',
    );
    expect(text).toContain('| `main` | `main00000000` |');
    expect(text).not.toMatch(/\| `step[02]` \|/);
    for (const commit of [points[1]!.commit, revision('main', 'f').commit])
      expect(text).toContain(
        `curl -s 'https://huggingface.co/api/models/o/m/tree/${commit}?recursive=true&expand=false' | jq`,
      );
    expect(text).not.toContain('Not checked');
  });

  it('names what wasn’t checked, with every name escaped', () => {
    const odd = revision('a`b|c', 'f');
    const text = report(
      [odd, { ...revision('step1', 'f'), weights: null }, revision('step2', 'a')],
      ['f', null, 'a'],
    );
    expect(text).toContain("| `a'b\\|c` |");
    expect(text).toContain('Not checked: `step1`;');
  });
});
