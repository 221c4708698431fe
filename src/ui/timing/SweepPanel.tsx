import { useCallback, useId, useState } from 'react';
import { SWEEP_LADDERS, type SweepLadder, sweepToMarkdown } from '../../core/benchmark/index.ts';
import {
  type AvailableEngine,
  type EngineOffer,
  type TimedEngineKey,
  timedOffers,
} from '../../core/engines/index.ts';
import { FIGURE_THEMES, type FigureTheme } from '../../figures/palette.ts';
import { sweepScene } from '../../figures/sweepScene.ts';
import type { SweepState } from '../../state/benchmark.ts';
import { ExportMenu } from '../export/ExportMenu.tsx';
import { SceneFigure } from '../figure/SceneFigure.tsx';
import { Button } from '../widgets/Button.tsx';
import { CopyButton } from '../widgets/CopyButton.tsx';
import { Notice } from '../widgets/Notice.tsx';
import { Segmented } from '../widgets/Segmented.tsx';
import { engineAbout, engineLabel } from './engineChoice.ts';
import { SweepOutcome } from './SweepOutcome.tsx';
import { TimingRunning } from './TimingRunning.tsx';

interface SweepPanelProps extends SweepState {
  readonly engines: readonly EngineOffer[];
  /** The one that scores models: swept unless another is chosen. */
  readonly scoring: AvailableEngine | undefined;
  /** Why no sweep can start now, if so: what runs beside it would spoil its times. */
  readonly busy: string | null;
  readonly onRun: (engine: TimedEngineKey, ladder: SweepLadder) => void;
  readonly onCancel: () => void;
}

const FIGURE_WIDTH = 900;

/** How the two methods' times grow with d and dh on this machine. */
export function SweepPanel(props: SweepPanelProps) {
  const { status, report, progress, error, busy } = props;
  const offers = timedOffers(props.engines).filter(({ available }) => available);
  const [wanted, setWanted] = useState<TimedEngineKey | null>(null);
  const [ladder, setLadder] = useState<SweepLadder>('full');
  const [exportFailure, setExportFailure] = useState<string | null>(null);
  const offer = offers.find(({ id }) => id === (wanted ?? props.scoring)) ?? offers[0];
  const engine = offer?.id ?? 'reference';
  const aboutId = useId();
  const draw = useCallback(
    (width: number, theme: FigureTheme) =>
      sweepScene(report ?? { rows: [] }, {
        theme,
        width: Math.min(width, FIGURE_WIDTH),
      }),
    [report],
  );
  const isRunning = status === 'running';
  return (
    <section className="sweep" aria-labelledby="sweep-title">
      <h3 id="sweep-title">Sweep over d and dh</h3>
      <div className="timing-line">
        <label className="check">
          <span className="segmented-label">Engine</span>
          <select
            className="select"
            value={engine}
            aria-describedby={aboutId}
            onChange={({ target }) => setWanted(target.value as TimedEngineKey)}
          >
            {offers.map(({ id }) => (
              <option key={id} value={id}>
                {engineLabel(id)}
              </option>
            ))}
          </select>
        </label>
        <Segmented
          label="Sizes"
          options={(Object.keys(SWEEP_LADDERS) as SweepLadder[]).map((value) => ({
            value,
            label: value,
            title: ladderText(value),
          }))}
          value={ladder}
          onChange={setLadder}
        />
        <Button disabled={isRunning || busy !== null} onClick={() => props.onRun(engine, ladder)}>
          {isRunning ? 'Sweeping…' : 'Run the sweep'}
        </Button>
        <span className="quiet">
          {ladderText(ladder)}
          {busy !== null && !isRunning && `. ${busy}`}
        </span>
      </div>
      <p id={aboutId} className="quiet">
        {offer && engineAbout(offer, props.scoring)}
      </p>
      {isRunning && (
        <TimingRunning progress={progress} disturbed={props.interference} onCancel={props.onCancel} />
      )}
      {error && <Notice kind="error" message={error.message} where={error.where} hint={error.hint} />}
      {report && report.rows.length === 0 && (
        <p className="quiet">
          {report.cancelled ? 'Cancelled before the first run.' : 'No point could be timed.'}
        </p>
      )}
      {report && report.rows.length > 0 && (
        <>
          <SceneFigure draw={draw} />
          <SweepOutcome report={report} />
          <div className="timing-copy">
            <ExportMenu
              label="Export the sweep"
              fileName="qkscope-sweep"
              makeScene={() => sweepScene(report, { theme: FIGURE_THEMES.light, width: FIGURE_WIDTH })}
              makeJson={() => JSON.stringify(report, null, 2)}
              onError={(thrown) => setExportFailure(String(thrown))}
            />
            <CopyButton label="Copy as Markdown" makeText={() => sweepToMarkdown(report)} />
            <CopyButton label="Copy as JSON" makeText={() => JSON.stringify(report, null, 2)} />
          </div>
          {exportFailure && <Notice kind="error" message={exportFailure} />}
        </>
      )}
    </section>
  );
}

function ladderText(ladder: SweepLadder): string {
  const { d, dh } = SWEEP_LADDERS[ladder];
  const range = (values: readonly number[]) => `${values[0]} … ${values.at(-1)}`;
  return `d ${range(d.values)} at dh ${d.fixed}; dh ${range(dh.values)} at d ${dh.fixed}`;
}
