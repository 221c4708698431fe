import { useRef } from 'react';
import { formatWait } from '../../core/benchmark/index.ts';
import type { LayerMetric } from '../../core/inspection/index.ts';
import { formatBytes } from '../../figures/format.ts';
import { canComputeLayerMetrics, type LayerMetricsState } from '../../state/layerMetrics.ts';
import { hasLayerMetric } from '../../state/mergeMetrics.ts';
import { useActions, useAppState } from '../appContext.ts';
import { focusGrid } from '../heatmap/focus.ts';
import { Button } from '../widgets/Button.tsx';
import { lazyWithPreload } from '../widgets/lazyWithPreload.tsx';
import { ProgressBar } from '../widgets/ProgressBar.tsx';
import { useFocusReturn } from '../widgets/useFocusReturn.ts';
import { useMenu } from '../widgets/useMenu.ts';
import './layerMetrics.css';

const LazyMeasuring = lazyWithPreload(() => import('./MeasuringWait.tsx'), 'MeasuringWait', 0);

const OFFERS = [
  {
    what: 'score',
    label: 'whole layers',
    about:
      'The paper’s score of every layer, which isn’t the mean of its heads: reads the weights once more and takes the products of all pairs of heads.',
  },
  {
    what: 'directionality',
    label: 'directionality',
    about:
      'Whether M’s columns or its rows are longer, of every head and layer: reads the weights once more, and takes more work than the score.',
  },
] as const satisfies readonly {
  readonly what: LayerMetric;
  readonly label: string;
  readonly about: string;
}[];

/** The menu that starts measuring what doesn't follow from each head's A, B and C: whole-layer scores and directionality. */
export function LayerMetricControl() {
  const actions = useActions();
  const models = useAppState((state) => state.models);
  const { status, error } = useAppState((state) => state.layerMetrics);
  const menu = useMenu();
  return (
    <div className="layer-metrics">
      <details className="menu" {...menu.props}>
        <summary className="button button-plain button-menu" data-measure>
          Measure
        </summary>
        <div className="menu-box menu-start layer-metrics-box">
          {OFFERS.map(({ what, label, about }) => {
            const isOffered = models.some(
              (model) => canComputeLayerMetrics(model) && !hasLayerMetric(model, what),
            );
            const isMeasured = models.length > 0 && models.every((model) => hasLayerMetric(model, what));
            return (
              <div key={what} className="layer-metrics-offer">
                <Button
                  aria-disabled={status === 'running' || !isOffered}
                  onClick={() => {
                    if (status === 'running' || !isOffered) return;
                    menu.closeAndStay();
                    actions.layerMetrics.start(what);
                  }}
                >
                  Measure {label}
                </Button>
                <p className="quiet">
                  {isMeasured ? 'Measured: see the map, the strips and the table.' : about}
                </p>
              </div>
            );
          })}
        </div>
      </details>
      {status === 'failed' && error !== null && (
        <span className="layer-metrics-error" role="alert">
          {error.message} {error.hint}
        </span>
      )}
    </div>
  );
}

/** How far it is, and Cancel: where a map keeps room for its progress. */
export function LayerMetricProgress() {
  const measures = useAppState((state) => state.layerMetrics);
  return measures.status === 'running' ? <Measuring measures={measures} /> : null;
}

function Measuring({ measures }: { readonly measures: LayerMetricsState }) {
  const actions = useActions();
  const box = useRef<HTMLDivElement>(null);
  // To the button that began it, which stays.
  useFocusReturn(box, 'main', (page) => {
    const began = page?.querySelector<HTMLElement>('[data-measure]');
    if (began) began.focus();
    else focusGrid();
  });
  return (
    <div ref={box} className="model-progress" aria-live="off">
      <ProgressBar
        label={measures.what === 'score' ? 'measuring whole layers' : 'measuring directionality'}
        text={progressText(measures)}
        left={measures.progress?.msLeft == null ? null : formatWait(measures.progress.msLeft)}
        value={measures.progress?.fraction ?? null}
      >
        <LazyMeasuring />
      </ProgressBar>
      <Button kind="quiet" onClick={actions.layerMetrics.cancel}>
        Cancel measuring
      </Button>
    </div>
  );
}

function progressText({ estimate, progress }: LayerMetricsState): string {
  if (estimate === null) return 'opening the model again';
  const work = `${formatWork(estimate.flops)}, ${formatBytes(estimate.bytes)} to read`;
  return progress === null ? work : `${progress.now} · ${work}`;
}

/** "275 GFLOP" */
function formatWork(flops: number): string {
  const [size, unit] = flops >= 1e12 ? [1e12, 'TFLOP'] : flops >= 1e9 ? [1e9, 'GFLOP'] : [1e6, 'MFLOP'];
  return `${Number((flops / size).toPrecision(2))} ${unit}`;
}
