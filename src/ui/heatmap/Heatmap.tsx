import { type ReactNode, useId, useMemo, useRef } from 'react';
import { arrange } from '../../figures/arrangement.ts';
import type { ColourDomain } from '../../figures/colourDomain.ts';
import { shapeParts } from '../../figures/format.ts';
import { heatmapScene } from '../../figures/heatmapScene.ts';
import type { HeatmapView } from '../../figures/heatmapView.ts';
import type { Metric } from '../../figures/metric.ts';
import { useAppState } from '../appContext.ts';
import { usePixelRatio, useViewportHeight, useWidth } from '../figure/useElementSize.ts';
import { useFigureTheme } from '../figure/useFigureTheme.ts';
import { GridOverlay, GridReadout } from './GridOverlay.tsx';
import { MapCanvas } from './MapCanvas.tsx';
import { useGridInteraction } from './useGridInteraction.ts';
import { useZoomPan } from './useZoomPan.ts';
import { ZoomButtons } from './ZoomButtons.tsx';
import './heatmap.css';

interface HeatmapProps {
  readonly view: HeatmapView;
  readonly metric: Metric;
  readonly domain: ColourDomain;
  /** Tallest the map may become, px; by default what the window leaves it. */
  readonly maxHeight?: number;
  /** The model's colour in charts of two models. */
  readonly swatch?: string;
  /** Progress, instead of the shape. */
  readonly children?: ReactNode;
  /** Buttons at the right end of the title. */
  readonly tools?: ReactNode;
  /** Where its scores come from, where they weren't computed here. */
  readonly origin?: ReactNode;
  /** Behind the title: what it can be split into. */
  readonly split?: ReactNode;
  /** The scale, where it stands beside the cells. */
  readonly legend?: ReactNode;
}

/** Height that a map leaves free in the window for what stands above and below it (header, toolbar, title, tabs), px. */
const AROUND = 212;
/** Width of a legend beside the cells, with the gap before it, px. */
const LEGEND = 208;

/** One model's heatmap. The canvas is drawn when data, size or scrolling change; what follows the pointer lies over it. */
export function Heatmap(props: HeatmapProps) {
  const { view, metric, domain } = props;
  const theme = useFigureTheme();
  const palette = useAppState((state) => state.settings.palette);
  const sort = useAppState((state) => state.sort);
  const [section, scroller] = [useRef<HTMLElement>(null), useRef<HTMLDivElement>(null)];
  const width = useWidth(section);
  const [viewport, pixelRatio, titleId] = [useViewportHeight(), usePixelRatio(), useId()];
  const maxHeight = props.maxHeight ?? Math.max(360, viewport - AROUND);
  const arrangement = useMemo(() => arrange(view, metric, sort), [view, metric, sort]);
  const mapWidth = Math.max(0, props.legend === undefined ? width : width - LEGEND);
  const map = useZoomPan(scroller, { view, arrangement, width: mapWidth, maxHeight, pixelRatio });
  const { layout } = map;
  const scene = useMemo(
    () => heatmapScene(view, layout, { metric, domain, theme, palette }),
    [view, layout, metric, domain, theme, palette],
  );
  const { handlers, ...hands } = useGridInteraction({ ...map, view, metric });
  const cellId = `${titleId}-cell`;
  const shape = shapeParts(view.shape, view.headsFrom);
  return (
    <section ref={section} className="heatmap" aria-labelledby={titleId}>
      <header className="heatmap-header">
        <div className="heatmap-line">
          <div className="heatmap-name">
            <h2 id={titleId} className="heatmap-title">
              {props.swatch && <span className="swatch" style={{ background: props.swatch }} />}
              {view.title}
            </h2>
            {props.origin}
          </div>
          {/* Progress stands in the place of the shape, so that nothing moves when it ends. */}
          <div className="heatmap-aside">
            {props.children}
            <span className="heatmap-shape quiet" title={shape.join('')}>
              <span>
                {shape[0]}
                <span className="heads-from">{shape[1]}</span>
                {shape[2]}
              </span>
              {props.split}
            </span>
          </div>
          <div className="heatmap-tools">
            {map.isSmall && <ZoomButtons map={map} title={view.title} />}
            {props.tools}
          </div>
        </div>
      </header>
      <div className="heatmap-body">
        <div
          ref={scroller}
          className="heatmap-box"
          data-scrolls={map.isScrolled}
          style={map.boxStyle}
          onScroll={map.onScroll}
        >
          {mapWidth > 0 && (
            <div
              role="grid"
              tabIndex={0}
              className="heatmap-grid"
              style={map.contentStyle}
              aria-label={`${view.title}: heads by layers. Arrow keys move, Enter opens a head, question mark lists the keys.`}
              aria-rowcount={view.rows.length}
              aria-colcount={view.shape.heads}
              aria-activedescendant={cellId}
              {...handlers}
            >
              <div className="heatmap-view" style={{ width: scene.width, height: scene.height }}>
                <MapCanvas scene={scene} />
                <GridOverlay view={view} layout={layout} cellId={cellId} {...hands} />
              </div>
            </div>
          )}
        </div>
        {props.legend}
      </div>
      <GridReadout view={view} layout={layout} {...hands} />
    </section>
  );
}
