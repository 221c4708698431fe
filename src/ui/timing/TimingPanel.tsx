import { type ReactNode, useId, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { failureTexts, formatWait } from '../../core/benchmark/index.ts';
import type { AvailableEngine, EngineOffer } from '../../core/engines/index.ts';
import { type NotebookMatch, notebookForShape } from '../../core/notebook/notebookTimes.ts';
import type { BenchmarkState } from '../../state/benchmark.ts';
import { Button } from '../widgets/Button.tsx';
import { Notice } from '../widgets/Notice.tsx';
import { TimingAnswer } from './TimingAnswer.tsx';
import { TimingFigures } from './TimingFigures.tsx';
import { TimingForm } from './TimingForm.tsx';
import { TimingRunning } from './TimingRunning.tsx';
import { planText } from './timingText.ts';
import { type TimedModel, type TimingRun, useTimingChoice } from './useTimingChoice.ts';

interface TimingPanelProps extends BenchmarkState {
  /** Those that can't run say why in `detail`. */
  readonly engines: readonly EngineOffer[];
  /** The one that scores models. */
  readonly scoring: AvailableEngine | undefined;
  /** The loaded model; null when there is none: then only made-up weights can be timed. */
  readonly model: TimedModel | null;
  /** notebookFor the loaded model. */
  readonly notebook: NotebookMatch | null;
  /** The report came from a file: another machine may have made it. */
  readonly isElsewhere: boolean;
  /** Why no comparison can start now, if so: what runs beside it would spoil its times. */
  readonly busy: string | null;
  readonly isDetailed: boolean;
  readonly onDetailed: (isDetailed: boolean) => void;
  readonly onRun: (run: TimingRun) => void;
  readonly onCancel: () => void;
  /** The run that was asked for last, now wanted in spite of its estimate. */
  readonly onConfirm: (run: TimingRun) => void;
  /** The sweep. */
  readonly children: ReactNode;
}

/** norm against trace on this machine: one button, the answer, and the rest on request. */
export function TimingPanel(props: TimingPanelProps) {
  const { status, report, notebook, error, model, scoring, busy, isDetailed, onRun, onDetailed } = props;
  const [last, setLast] = useState<TimingRun | null>(null);
  const choice = useTimingChoice(model, props.engines, scoring);
  const details = useRef<HTMLDetailsElement>(null);
  const [formId, aboutId] = [useId(), useId()];
  const shape = report?.synthetic ? report.shape : null;
  const ofShape = useMemo(() => (shape === null ? null : notebookForShape(shape)), [shape]);
  const beside = report?.synthetic === false ? notebook : ofShape;
  const isRunning = status === 'running';
  const { scopes, engines } = choice.run;
  const run = (wanted: TimingRun) => {
    setLast(wanted);
    onRun(wanted);
  };
  const withoutLimit = ({ limitMs: _, ...rest }: TimingRun): TimingRun => rest;
  return (
    <div className="timing">
      <div className="timing-start">
        <Button
          kind="primary"
          type="submit"
          form={formId}
          aria-describedby={aboutId}
          disabled={isRunning || busy !== null || scopes.length === 0 || engines.length === 0}
          onClick={() => {
            // The browser points at what was entered wrongly only where it can be seen.
            if (details.current?.querySelector('form :invalid')) flushSync(() => onDetailed(true));
          }}
        >
          {isRunning ? 'Timing…' : 'Time the methods'}
        </Button>
        <p id={aboutId} className="quiet">
          {planText(choice, model)}
          {busy !== null && !isRunning && ` ${busy}`}
        </p>
      </div>
      {isRunning && (
        <TimingRunning progress={props.progress} disturbed={props.interference} onCancel={props.onCancel} />
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
            <Button disabled={busy !== null} onClick={() => props.onConfirm(last)}>
              Time it
            </Button>
          )}
          {last && last.scopes.length > 1 && (
            <Button
              disabled={busy !== null}
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
      <TimingAnswer
        report={report}
        notebook={beside}
        isElsewhere={props.isElsewhere}
        leftOut={props.leftOut}
        onTimeAll={last === null || busy !== null ? null : () => run(withoutLimit(last))}
      />
      <details
        ref={details}
        className="timing-details"
        open={isDetailed}
        onToggle={({ currentTarget }) => {
          if (currentTarget.open !== isDetailed) onDetailed(currentTarget.open);
        }}
      >
        <summary>Details</summary>
        <div className="timing-details-body">
          <TimingForm id={formId} choice={choice} model={model} scoring={scoring} onRun={run} />
          <TimingFigures rows={report?.rows ?? props.rows} report={report} notebook={beside} />
          {props.children}
        </div>
      </details>
    </div>
  );
}
