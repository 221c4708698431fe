import { useState } from 'react';
import { benchmarkNotes } from '../../core/benchmark/index.ts';
import type { NotebookMatch } from '../../core/notebook/notebookTimes.ts';
import type { BenchmarkReport, BenchmarkRow } from '../../core/result/index.ts';
import { FIGURE_THEMES } from '../../figures/palette.ts';
import { timingScene } from '../../figures/timingScene.ts';
import { ExportMenu } from '../export/ExportMenu.tsx';
import { Notice } from '../widgets/Notice.tsx';
import { TimingChart } from './TimingChart.tsx';
import { TimingTable } from './TimingTable.tsx';

interface TimingFiguresProps {
  readonly rows: readonly BenchmarkRow[];
  /** null while rows still come. */
  readonly report: BenchmarkReport | null;
  readonly notebook: NotebookMatch | null;
}

/** Width of the exported chart, px. */
const FIGURE_WIDTH = 860;

/** Every time that was taken, as a chart and a table, and how it was measured. */
export function TimingFigures({ rows, report, notebook }: TimingFiguresProps) {
  if (rows.length === 0) return null;
  return (
    <>
      <TimingChart rows={rows} subject={report} notebook={notebook} />
      <TimingTable rows={rows} report={report} notebook={notebook} />
      {report && <Foot report={report} notebook={notebook} />}
    </>
  );
}

function Foot({ report, notebook }: { report: BenchmarkReport; notebook: NotebookMatch | null }) {
  const [failure, setFailure] = useState<string | null>(null);
  const makeScene = () =>
    timingScene(report.rows, {
      theme: FIGURE_THEMES.light,
      width: FIGURE_WIDTH,
      subject: report,
      notebook,
    });
  return (
    <div className="timing-foot">
      <ul className="timing-notes">
        {benchmarkNotes(report, notebook).map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
      <div className="timing-copy">
        <ExportMenu
          label="Export the chart"
          fileName="qkscope-timing"
          makeScene={makeScene}
          makeJson={() => JSON.stringify(report, null, 2)}
          onError={(thrown) => setFailure(String(thrown))}
        />
      </div>
      {failure && <Notice kind="error" message={failure} />}
    </div>
  );
}
