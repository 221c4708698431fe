import { formatWait } from '../../core/analysis/formatWait.ts';
import type { Measure } from '../../core/index.ts';
import { formatBytes } from '../../figures/format.ts';
import type { MeasuresState } from '../../state/appState.ts';
import { canMeasure } from '../../state/measureActions.ts';
import { isMeasured } from '../../state/measuredModel.ts';
import { useActions, useAppState } from '../appContext.ts';
import { focusGrid } from '../heatmap/focus.ts';
import { Button } from '../widgets/Button.tsx';
import { keepFocus } from '../widgets/keepFocus.ts';
import { ProgressBar } from '../widgets/ProgressBar.tsx';
import './measures.css';

const OFFERS = [
  {
    what: 'score',
    label: 'Measure whole layers',
    title:
      'Whole-layer scores (the paper’s), of every layer: reads the weights once more, and takes the products of all pairs of heads',
  },
  {
    what: 'directionality',
    label: 'Measure directionality',
    title:
      'Directionality of every head and every whole layer: reads the weights once more; the norms of M’s rows and columns are more work than its score',
  },
] as const satisfies readonly { readonly what: Measure; readonly label: string; readonly title: string }[];

/**
 * Asks for what the heads' own A, B and C don't tell: whole-layer scores, and directionality. The buttons stay where they are,
 * with the focus, also while there is nothing to measure: nothing beside them moves.
 */
export function MeasureControl() {
  const actions = useActions();
  const models = useAppState((state) => state.models);
  const { status, error } = useAppState((state) => state.measures);
  return (
    <div className="measures">
      {OFFERS.map(({ what, label, title }) => {
        const isOffered = models.some((model) => canMeasure(model) && !isMeasured(model, what));
        const isIdle = status === 'running' || !isOffered;
        return (
          <Button
            key={what}
            kind="quiet"
            title={title}
            aria-disabled={isIdle}
            onClick={() => !isIdle && actions.measures.start(what)}
          >
            {label}
          </Button>
        );
      })}
      {status === 'failed' && error !== null && (
        <span className="measures-error" role="alert">
          {error.message} {error.hint}
        </span>
      )}
    </div>
  );
}

/** How far it is, and Cancel: where a map keeps room for its progress. */
export function MeasureProgress() {
  const actions = useActions();
  const measures = useAppState((state) => state.measures);
  if (measures.status !== 'running') return null;
  return (
    <div className="model-progress" aria-live="off">
      <ProgressBar
        label={measures.what === 'score' ? 'measuring whole layers' : 'measuring directionality'}
        text={progressText(measures)}
        value={measures.progress?.fraction ?? null}
      />
      <Button
        kind="quiet"
        onClick={(event) => keepFocus(event, '.model-progress', actions.measures.cancel, focusGrid)}
      >
        Cancel measuring
      </Button>
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
