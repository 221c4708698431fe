import { useCallback, useState } from 'react';
import {
  benchmarkAnswer,
  cancelledNotes,
  type LeftOutRow,
  methodPairs,
  reportToMarkdown,
} from '../../core/benchmark/index.ts';
import type { NotebookMatch } from '../../core/notebook/notebookTimes.ts';
import { type BenchmarkReport, rowEngine } from '../../core/result/index.ts';
import { methodPairScene } from '../../figures/methodPairScene.ts';
import { FIGURE_THEMES, type FigureTheme } from '../../figures/palette.ts';
import { ExportMenu } from '../export/ExportMenu.tsx';
import { SceneFigure } from '../figure/SceneFigure.tsx';
import { Button } from '../widgets/Button.tsx';
import { CopyButton } from '../widgets/CopyButton.tsx';
import { Notice } from '../widgets/Notice.tsx';
import { leftOutText } from './timingText.ts';

interface TimingAnswerProps {
  /** null before a comparison, and while one runs. */
  readonly report: BenchmarkReport | null;
  readonly notebook: NotebookMatch | null;
  /** The report came from a file: another machine may have made it. */
  readonly isElsewhere: boolean;
  readonly leftOut: readonly LeftOutRow[];
  /** Times everything that was chosen; null where it can't now. */
  readonly onTimeAll: (() => void) | null;
}

/** Wider than this, a dot is too far from its name. */
const WIDEST = 760;
const EXPORT_WIDTH = 640;

/** The answer of a comparison: a sentence, and both methods on each engine. */
export function TimingAnswer(props: TimingAnswerProps) {
  const { report, notebook, isElsewhere } = props;
  const answer = report && benchmarkAnswer(report, { isElsewhere });
  return (
    <>
      {/* It stands there before there is anything to say: else screen readers would miss it. */}
      <p role="status" className="timing-answer">
        {answer?.sentence ?? (report && noAnswerText(report))}
      </p>
      {report && report.rows.length > 0 && (
        <>
          {answer && (
            <p className="quiet timing-basis">
              {[answer.basis, ...cancelledNotes(report, report.rows)].join(' ')}
            </p>
          )}
          {report.disturbed !== undefined && (
            <Notice
              kind="warning"
              message={`The page was ${report.disturbed} meanwhile, and each slowed the other.`}
              hint="Time it again for numbers to keep."
            />
          )}
          {answer && <PairFigure report={report} notebook={notebook} />}
          <LeftOut {...props} report={report} />
          <Copies report={report} notebook={notebook} sentence={answer?.sentence} />
        </>
      )}
    </>
  );
}

function noAnswerText(report: BenchmarkReport): string {
  if (report.rows.length > 0)
    return 'norm and trace weren’t both timed on one engine: Details has the times.';
  return cancelledNotes(report, [])[0] ?? 'Nothing could be timed.';
}

interface ReportProps {
  readonly report: BenchmarkReport;
  readonly notebook: NotebookMatch | null;
}

function PairFigure({ report, notebook }: ReportProps) {
  const draw = useCallback(
    (width: number, theme: FigureTheme) =>
      methodPairScene(report, { theme, width: Math.min(width, WIDEST), notebook }),
    [report, notebook],
  );
  return <SceneFigure draw={draw} />;
}

function LeftOut({ report, leftOut, onTimeAll }: TimingAnswerProps & ReportProps) {
  if (leftOut.length === 0) return null;
  const kept = report.rows.map((row) => ({ ...row, engine: rowEngine(row) }));
  return (
    <div className="timing-line">
      <span className="quiet">Left out to keep it short: {leftOutText(leftOut, kept)}.</span>
      {onTimeAll && <Button onClick={onTimeAll}>Time all of it</Button>}
    </div>
  );
}

function Copies({ report, notebook, sentence }: ReportProps & { readonly sentence: string | undefined }) {
  const [failure, setFailure] = useState<string | null>(null);
  const makeJson = () => JSON.stringify(report, null, 2);
  return (
    <>
      <div className="timing-copy">
        {sentence !== undefined && methodPairs(report.rows).length > 0 && (
          <ExportMenu
            label="Export the figure"
            fileName="qkscope-norm-and-trace"
            makeScene={() =>
              methodPairScene(report, {
                theme: FIGURE_THEMES.light,
                width: EXPORT_WIDTH,
                notebook,
                heading: sentence,
              })
            }
            makeJson={makeJson}
            onError={(thrown) => setFailure(String(thrown))}
          />
        )}
        <CopyButton label="Copy as Markdown" makeText={() => reportToMarkdown(report, notebook)} />
        <CopyButton label="Copy as JSON" makeText={makeJson} />
      </div>
      {failure && <Notice kind="error" message={failure} />}
    </>
  );
}
