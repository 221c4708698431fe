import { useMemo, useState } from 'react';
import { benchmarkNotes, failureTexts, formatWait, reportToMarkdown } from '../../core/benchmark/index.ts';
import type { AvailableEngine, EngineOffer } from '../../core/engines/index.ts';
import { type NotebookMatch, notebookForShape } from '../../core/notebook/notebookTimes.ts';
import type { BenchmarkReport, TimedSpan } from '../../core/result/index.ts';
import { FIGURE_THEMES } from '../../figures/palette.ts';
import { sceneToSvg } from '../../figures/sceneToSvg.ts';
import { timingScene } from '../../figures/timingScene.ts';
import type { BenchmarkState } from '../../state/benchmark.ts';
import { ExportMenu } from '../export/ExportMenu.tsx';
import { Button } from '../widgets/Button.tsx';
import { CopyButton } from '../widgets/CopyButton.tsx';
import { Notice } from '../widgets/Notice.tsx';
import type { TimingPlace } from './PlaceInputs.tsx';
import { TimingChart } from './TimingChart.tsx';
import { TimingForm, type TimingRun } from './TimingForm.tsx';
import { TimingRunning } from './TimingRunning.tsx';
import { TimingTable } from './TimingTable.tsx';

interface TimingPanelProps extends BenchmarkState {
  /** Those that can't run say why in `detail`. */
  readonly engines: readonly EngineOffer[];
  /** The one that scores models. */
  readonly scoring: AvailableEngine | undefined;
  /** All three by default. */
  readonly regions?: readonly TimedSpan[];
  /** The loaded model's name; null when there is none: then only made-up weights can be timed. */
  readonly subject: string | null;
  /** Its layers and heads; null when there is none. */
  readonly place: TimingPlace | null;
  /** What must be read again, if anything: "Reads layer 0 again from the hub." */
  readonly readNote?: string;
  /** notebookFor the loaded model. */
  readonly notebook: NotebookMatch | null;
  /** Why no comparison can start now, if so: what runs beside it would spoil its times. */
  readonly busy: string | null;
  readonly onRun: (run: TimingRun) => void;
  readonly onCancel: () => void;
  /** The run that was asked for last, now wanted in spite of its estimate. */
  readonly onConfirm: (run: TimingRun) => void;
}

/** Width of the exported chart, px. */
const FIGURE_WIDTH = 860;

/** Methods × engines on this machine: what to time, how far it is, and what came out. */
export function TimingPanel(props: TimingPanelProps) {
  const { status, report, rows, notebook, error, onRun, onCancel } = props;
  const [last, setLast] = useState<TimingRun | null>(null);
  const shape = report?.synthetic ? report.shape : null;
  const ofShape = useMemo(() => (shape === null ? null : notebookForShape(shape)), [shape]);
  const beside = report?.synthetic === false ? notebook : ofShape;
  const shown = report?.rows ?? rows;
  const run = (wanted: TimingRun) => {
    setLast(wanted);
    onRun(wanted);
  };
  return (
    <div className="timing">
      <TimingForm
        engines={props.engines}
        scoring={props.scoring}
        regions={props.regions}
        subject={props.subject}
        place={props.place}
        readNote={props.readNote}
        running={status === 'running'}
        busy={props.busy}
        onRun={run}
      />
      {status === 'running' && (
        <TimingRunning progress={props.progress} disturbed={props.interference} onCancel={onCancel} />
      )}
      {props.invalidated && (
        <Notice
          kind="info"
          message="The comparison was stopped, since its model was closed or opened again."
        />
      )}
      {status === 'confirm' && (
        <Notice
          kind="info"
          message={`This takes about ${formatWait(props.estimateMs ?? 0)}. Nothing has been timed yet.`}
        >
          {last && (
            <Button disabled={props.busy !== null} onClick={() => props.onConfirm(last)}>
              Time it
            </Button>
          )}
          {last && last.scopes.length > 1 && (
            <Button
              disabled={props.busy !== null}
              onClick={() => run({ ...last, scopes: last.scopes.filter((scope) => scope !== 'all') })}
            >
              Without all layers
            </Button>
          )}
        </Notice>
      )}
      {error && <Notice kind="error" message={error.message} where={error.where} hint={error.hint} />}
      {failureTexts(report?.failed ?? []).map(({ text, hint }) => (
        // Not as a hint, whose addresses can be followed: a report may come from a figure.
        <Notice key={text} kind="warning" message={hint === undefined ? text : `${text} ${hint}`} />
      ))}
      {report?.cancelled && report.rows.length === 0 && (
        <p className="quiet">Cancelled before the first run.</p>
      )}
      {shown.length > 0 && (
        <>
          <TimingChart rows={shown} subject={report} notebook={beside} />
          <TimingTable rows={shown} report={report} notebook={beside} />
        </>
      )}
      {report && shown.length > 0 && <Foot report={report} notebook={beside} />}
    </div>
  );
}

/** How it was measured, and the way out of the page. */
function Foot({ report, notebook }: { report: BenchmarkReport; notebook: NotebookMatch | null }) {
  const [failure, setFailure] = useState<string | null>(null);
  const makeSvg = () =>
    sceneToSvg(
      timingScene(report.rows, {
        theme: FIGURE_THEMES.light,
        width: FIGURE_WIDTH,
        subject: report,
        notebook,
      }),
    );
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
          makeSvg={makeSvg}
          makeJson={() => JSON.stringify(report, null, 2)}
          onError={(thrown) => setFailure(String(thrown))}
        />
        <CopyButton label="Copy as Markdown" makeText={() => reportToMarkdown(report, notebook)} />
        <CopyButton label="Copy as JSON" makeText={() => JSON.stringify(report, null, 2)} />
      </div>
      {failure && <Notice kind="error" message={failure} />}
    </div>
  );
}
