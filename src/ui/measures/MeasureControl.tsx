import { formatWait } from '../../core/analysis/formatWait.ts';
import { formatBytes } from '../../figures/format.ts';
import type { MeasuresState } from '../../state/appState.ts';
import { canMeasure } from '../../state/measureActions.ts';
import { isMeasured } from '../../state/measuredModel.ts';
import { useActions, useAppState } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';
import { ProgressBar } from '../widgets/ProgressBar.tsx';
import './measures.css';

/** Asks for what the heads' own A, B and C don't tell: whole-layer scores and directionality. Gone once they are measured. */
export function MeasureControl() {
  const actions = useActions();
  const models = useAppState((state) => state.models);
  const measures = useAppState((state) => state.measures);
  if (measures.status === 'running') {
    return (
      <div className="measures" aria-live="off">
        <ProgressBar
          label="measuring"
          text={progressText(measures)}
          value={measures.progress?.fraction ?? null}
        />
        <Button kind="quiet" onClick={actions.measures.cancel}>
          Cancel measuring
        </Button>
      </div>
    );
  }
  const waiting = models.filter((model) => canMeasure(model) && !isMeasured(model));
  if (waiting.length === 0) return null;
  const { status, error } = measures;
  return (
    <div className="measures">
      <Button
        kind="quiet"
        title="Whole-layer scores (the paper’s) and directionality, of every layer: reads the weights once more, and takes the products of all pairs of heads"
        onClick={actions.measures.start}
      >
        Measure whole layers and directionality
      </Button>
      {status === 'failed' && error !== null && (
        <span className="measures-error" role="alert">
          {error.message} {error.hint}
        </span>
      )}
    </div>
  );
}

function progressText({ estimate, progress }: MeasuresState): string {
  if (estimate === null) return 'opening the model again';
  const work = `${formatWork(estimate.flops)}, ${formatBytes(estimate.bytes)} to read`;
  if (progress === null) return work;
  const left = progress.msLeft === null ? '' : ` · ${formatWait(progress.msLeft)} left`;
  return `${progress.now} · ${work}${left}`;
}

/** "275 GFLOP" */
function formatWork(flops: number): string {
  const [size, unit] = flops >= 1e12 ? [1e12, 'TFLOP'] : flops >= 1e9 ? [1e9, 'GFLOP'] : [1e6, 'MFLOP'];
  return `${Number((flops / size).toPrecision(2))} ${unit}`;
}
