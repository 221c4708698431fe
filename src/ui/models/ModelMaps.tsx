import { type ReactNode, useRef } from 'react';
import type { ColourDomain } from '../../figures/colourDomain.ts';
import type { HeatmapView } from '../../figures/heatmapView.ts';
import { rowValues } from '../../figures/metricValues.ts';
import type { ModelState } from '../../state/modelState.ts';
import { shownStack } from '../../state/selectors.ts';
import { useWidth } from '../figure/useElementSize.ts';
import { useFigureTheme } from '../figure/useFigureTheme.ts';
import { useMetric } from '../figure/useMetric.ts';
import { Heatmap } from '../heatmap/Heatmap.tsx';
import { Legend } from '../heatmap/Legend.tsx';
import { mapWidths, UPRIGHT_FROM } from '../heatmap/mapWidths.ts';
import { LayerMetricProgress } from '../layerMetrics/LayerMetricControl.tsx';
import { viewsOfModels } from '../modelViews.ts';
import { lazyWithPreload } from '../widgets/lazyWithPreload.tsx';
import { CloseModel } from './CloseModel.tsx';
import { ModelChoices } from './ModelChoices.tsx';
import { ModelNotice } from './ModelNotice.tsx';
import { ModelProgress } from './ModelProgress.tsx';
import { OriginMark } from './OriginMark.tsx';
import { SampleClaim } from './SampleClaim.tsx';
import { Stopped } from './Stopped.tsx';
import { UnmeasuredNotice } from './UnmeasuredNotice.tsx';
import './models.css';

const LazyUserScores = lazyWithPreload(() => import('./UserScoresNote.tsx'), 'UserScoresNote', 40);
const LazyNullBanner = lazyWithPreload(() => import('./NullBanner.tsx'), 'NullBanner', 0);
const LazyModelMenus = lazyWithPreload(() => import('./ModelMenus.tsx'), 'ModelMenus', 0);

interface ModelMapsProps {
  readonly models: readonly ModelState[];
  readonly domain: ColourDomain;
  readonly dModel: number | undefined;
}

/** One or two maps on one scale, each with its own title and state; one selection moves in both. */
export function ModelMaps({ models, domain, dModel }: ModelMapsProps) {
  const metric = useMetric();
  const views = viewsOfModels(models);
  const isOpening = models.some(({ status }, index) => views[index] === null && status === 'opening');
  const { box, room } = useRoomOfLast(isOpening);
  const isEmpty = !isOpening && views.every((view) => view === null);
  const width = useWidth(box);
  const isUpright = models.length === 1 && width >= UPRIGHT_FROM;
  // Without values it would be a scale of nothing: its room is kept for them.
  const hasValues = views.some((view) => view?.rows.some((row) => rowValues(view, row, metric).length > 0));
  const legend = !isEmpty && (
    <div className="legend-room" style={hasValues ? {} : { visibility: 'hidden' }}>
      <Legend metric={metric} domain={domain} dModel={dModel} isUpright={isUpright} />
    </div>
  );
  return (
    <>
      {!isUpright && (
        <div className="maps-head">
          <SampleClaim models={models} />
          {legend}
        </div>
      )}
      <div
        ref={box}
        className="maps"
        data-count={models.length}
        style={{
          ...(isOpening && room > 0 ? { minHeight: room } : {}),
          ...(models.length > 1 ? mapWidths(views) : {}),
        }}
      >
        {models.map((model, index) => (
          <ModelMap
            // By place: a revision that takes a model's place keeps its map, and the focus in it.
            key={index === 0 ? 'first' : 'second'}
            model={model}
            view={views[index] ?? null}
            index={index}
            of={models.length}
            showsMeasuring={index === views.findIndex((view) => view !== null)}
            domain={domain}
            legend={isUpright ? legend : undefined}
          />
        ))}
      </div>
      {/* They come when a model is done: under the maps, which stay where they are. */}
      {models.map((model, index) => {
        const stack = shownStack(model);
        if (model.status !== 'done' || stack === null || model.convention.name !== 'raw') return null;
        const name = models.length > 1 ? { name: views[index]?.title ?? model.requestLabel } : {};
        return <LazyNullBanner key={model.key} stack={stack} {...name} />;
      })}
    </>
  );
}

/** Reserves the height of the previous maps while a model is opened, whose size isn't known yet, so that little moves. */
function useRoomOfLast(isOpening: boolean) {
  const box = useRef<HTMLDivElement>(null);
  const kept = useRef({ isOpening: false, room: 0 });
  if (isOpening !== kept.current.isOpening)
    // The maps before are still on the page when the first opening one is rendered.
    kept.current = { isOpening, room: isOpening ? (box.current?.offsetHeight ?? 0) : 0 };
  return { box, room: kept.current.room };
}

interface ModelMapProps {
  readonly model: ModelState;
  readonly view: HeatmapView | null;
  readonly index: number;
  readonly of: number;
  /** True for the one map that shows how far measuring is. */
  readonly showsMeasuring: boolean;
  readonly domain: ColourDomain;
  /** The scale, where it stands beside the map. */
  readonly legend: ReactNode;
}

function ModelMap({ model, view, index, of, showsMeasuring, domain, legend }: ModelMapProps) {
  const metric = useMetric();
  const theme = useFigureTheme();
  const swatch = of > 1 ? { swatch: theme.series[index === 0 ? 0 : 1] } : {};
  return (
    // The map in it is a section of its own, named after the model alone.
    <section className="model" aria-label={`Model ${view?.title ?? model.requestLabel}`}>
      <ModelChoices model={model} index={index} />
      {view === null ? (
        <div className="model-waiting">
          <header className="heatmap-header">
            <div className="heatmap-line">
              <div className="heatmap-name">
                <h2 className="heatmap-title">{model.requestLabel}</h2>
              </div>
              {model.status === 'opening' && (
                <div className="heatmap-aside">
                  <ModelProgress model={model} />
                </div>
              )}
              <div className="heatmap-tools">
                {of > 1 && <CloseModel index={index} name={model.requestLabel} />}
              </div>
            </div>
          </header>
          {model.status === 'opening' && <div className="model-placeholder" />}
        </div>
      ) : (
        <Heatmap
          view={view}
          metric={metric}
          domain={domain}
          {...swatch}
          origin={<OriginMark model={model} index={index} />}
          split={<LazyModelMenus model={model} index={index} of={of} />}
          legend={legend}
          tools={of > 1 && <CloseModel index={index} name={view.title} />}
        >
          <ModelProgress model={model} />
          <Stopped model={model} index={index} />
          {showsMeasuring && <LayerMetricProgress />}
        </Heatmap>
      )}
      <div className="model-notes-box">
        <UnmeasuredNotice model={model} />
        {model.userScores.length > 0 && <LazyUserScores index={index} />}
        <ModelNotice model={model} index={index} />
      </div>
    </section>
  );
}
