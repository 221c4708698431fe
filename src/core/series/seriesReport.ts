import { type HashedWeights, treeUrl } from '../repos/index.ts';
import type { CheckpointMark } from './checkpointMarks.ts';
import { markText } from './markText.ts';

/** A point of the series, or main, with what its listing says. */
export interface ReportedRevision {
  readonly label: string;
  readonly commit: string | null;
  /** The weights that were compared; null where they couldn't be. */
  readonly weights: HashedWeights | null;
}

export interface SeriesReportInput {
  /** "EleutherAI/pythia-2.8b" */
  readonly repo: string;
  readonly hubUrl: string;
  readonly points: readonly ReportedRevision[];
  readonly marks: readonly CheckpointMark[];
  readonly main: ReportedRevision | null;
  readonly appVersion: string;
}

/** So many digits of a hash or commit are shown. */
const DIGITS = 12;

/**
 * Returns a report of a series' faults in Markdown, to be pasted as an issue of the repository: which revisions hold
 * which files, how that was found, and how anyone can check it. The series must have a marked point.
 */
export function seriesReport({ repo, hubUrl, points, marks, main, appVersion }: SeriesReportInput): string {
  const marked = points.flatMap((point, place) => {
    const mark = marks[place];
    return mark === undefined || mark.flag === null ? [] : [{ point, mark }];
  });
  const ofFiles = marked.filter(({ mark }) => mark.flag === 'main-files' || mark.flag === 'shared-files');
  const ofScores = marked.filter(({ mark }) => mark.flag === 'jump' || mark.flag === 'repeated-scores');
  const example = ofFiles[0]?.point;
  const unchecked = points.filter(({ weights }) => weights === null);
  const lines = [
    `# ${ofFiles.length > 0 ? 'Revisions that hold other revisions’ weights' : 'Revisions whose weights look wrong'}: ${repo}`,
    '',
  ];
  if (ofFiles.length > 0)
    lines.push(
      `Of ${points.length} revisions that were compared, these ${ofFiles.length} hold weight files whose bytes are those of another revision:`,
      '',
      '| revision | commit | weight files | sha256 or git id | |',
      '| --- | --- | --- | --- | --- |',
      ...(main === null ? [] : [row(main, 'for comparison')]),
      ...ofFiles.map(({ point, mark }) => row(point, markText(mark) ?? '')),
      '',
    );
  if (ofScores.length > 0)
    lines.push(
      'By their scores alone (the symmetry of every head’s query-key form), which is a hint and no proof:',
      '',
      ...ofScores.map(({ point, mark }) => `- ${code(point.label)}: ${markText(mark)}`),
      '',
    );
  lines.push(
    '## How this was found',
    '',
    'Each revision’s file listing (the hub’s tree API) names the SHA-256 of every file in LFS. Equal hashes are equal bytes; no weight was read for this.' +
      ' Of sharded weights the shards that hold the query and key matrices were compared.',
  );
  if (unchecked.length > 0)
    lines.push(
      '',
      `Not checked: ${unchecked.map(({ label }) => code(label)).join(', ')}; their listings couldn’t be read.`,
    );
  if (example?.commit != null)
    lines.push(
      '',
      '## How to check',
      '',
      '```sh',
      ...[...(main?.commit == null ? [] : [main.commit]), example.commit].map(
        (commit) =>
          `curl -s '${treeUrl(hubUrl, repo, commit)}' | jq -r '.[] | "\\(.lfs.oid // .oid)  \\(.path)"'`,
      ),
      '```',
    );
  lines.push('', `Found with QKScope ${appVersion}.`, '');
  return lines.join('\n');
}

function row({ label, commit, weights }: ReportedRevision, text: string): string {
  const files = weights?.files ?? [];
  const cells = [
    code(label),
    commit === null ? '' : code(commit.slice(0, DIGITS)),
    files.map(({ path }) => code(path)).join('<br>'),
    files.map(({ hash }) => code(hash.slice(hash.indexOf(':') + 1).slice(0, DIGITS))).join('<br>'),
    text.replaceAll('|', '\\|'),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Returns a name from outside as code: nothing in it may end the code or the cell. */
function code(text: string): string {
  return `\`${text.replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}
