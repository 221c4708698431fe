import { useState } from 'react';
import { formatWait } from '../../core/benchmark/index.ts';
import type { BenchmarkState } from '../../state/benchmark.ts';
import { Button } from '../widgets/Button.tsx';
import { Notice } from '../widgets/Notice.tsx';
import { ProgressBar } from '../widgets/ProgressBar.tsx';
import { WorkWaiting } from '../widgets/WorkWaiting.tsx';
import { withFocusRestored } from '../widgets/withFocusRestored.ts';

interface TimingRunningProps {
  readonly progress: BenchmarkState['progress'];
  readonly disturbed: string | null;
  readonly onCancel: () => void;
}

/** How far a comparison or a sweep is, and the way out: at once while it is starting, else after the run that is under way. */
export function TimingRunning({ progress, disturbed, onCancel }: TimingRunningProps) {
  const [isStopping, setStopping] = useState(false);
  const left = progress?.msLeft ?? null;
  const cancel = () => {
    setStopping(true);
    onCancel();
  };
  return (
    <>
      <div className="timing-running">
        <ProgressBar
          label={progress?.now ?? 'starting the engines'}
          text={
            progress
              ? `${progress.done} of ${progress.total}${left === null ? '' : `, ${formatWait(left)} left`}`
              : ''
          }
          value={progress ? progress.done / progress.total : null}
        >
          <WorkWaiting
            news={`${progress?.done} ${progress?.now}`}
            what={
              progress === null
                ? 'the engines to start and the weights to be read'
                : `this run to end: ${progress.now}`
            }
            asksWorker={false}
          />
        </ProgressBar>
        <Button
          disabled={isStopping}
          onClick={(event) => withFocusRestored(event, '.timing, .sweep', cancel, () => {})}
        >
          {isStopping ? 'Ending this run…' : 'Cancel'}
        </Button>
      </div>
      {disturbed !== null && (
        <Notice
          kind="warning"
          message={`The page is ${disturbed} meanwhile: these times come out longer than they would alone.`}
          hint="They are marked as disturbed. Cancel, and time again when it is done, for numbers to keep."
        />
      )}
    </>
  );
}
