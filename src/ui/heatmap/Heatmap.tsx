import { type ReactNode, useId, useMemo, useRef } from 'react';
import type { ColourDomain } from '../../figures/colourDomain.ts';
import { shapeText } from '../../figures/format.ts';
import { fitCell, type HeadRef, type HeatmapView, heatmapLayout } from '../../figures/heatmapLayout.ts';
import { heatmapScene } from '../../figures/heatmapScene.ts';
import type { Metric } from '../../figures/metric.ts';
import { FIGURE_THEMES, type PaletteName, type ThemeName } from '../../figures/palette.ts';
import { HeadTip } from './HeadTip.tsx';
import { spokenHead } from './headText.ts';
import { MarkedCells } from './MarkedCells.tsx';
import { Ring } from './Ring.tsx';
import { SceneCanvas } from './SceneCanvas.tsx';
import { usePixelRatio, useViewportHeight, useWidth } from './useBox.ts';
import { useGridHands } from './useGridHands.ts';

interface HeatmapProps {
  readonly view: HeatmapView;
  readonly metric: Metric;
  readonly domain: ColourDomain;
  readonly theme: ThemeName;
  readonly palette?: PaletteName;
  /** The head that is pinned, and the one looked at: both are shared by all maps on the page. */
  readonly selection: HeadRef | null;
  readonly hover: HeadRef | null;
  /** Heads that a chart's bar stands for. */
  readonly marked?: readonly HeadRef[] | undefined;
  readonly onHover: (head: HeadRef | null) => void;
  readonly onPin: (head: HeadRef | null) => void;
  /** Tallest the map may become, px; by default what the window leaves it. */
  readonly maxHeight?: number;
  /** The model's colour in charts of two models. */
  readonly swatch?: string;
  /** Right of the title: progress, buttons. Its room is kept while it is empty. */
  readonly children?: ReactNode;
}

/** What stands above and below a map, px: so much of the window it leaves free. */
const AROUND = 260;

/** One model's heatmap. The canvas is drawn when data or size change; what follows the pointer lies over it. */
export function Heatmap(props: HeatmapProps) {
  const { view, metric, domain, theme, palette = 'RdBu' } = props;
  const box = useRef<HTMLDivElement>(null);
  const [width, viewport, pixelRatio, titleId] = [
    useWidth(box),
    useViewportHeight(),
    usePixelRatio(),
    useId(),
  ];
  const maxHeight = props.maxHeight ?? Math.min(960, Math.max(480, viewport - AROUND));
  const { rows, columns } = { rows: view.rows.length, columns: view.shape.heads };
  // Sized by the number of rows and columns alone: while cells arrive, nothing moves.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows' values don't matter here
  const { cell, strip } = useMemo(() => {
    const wide = width >= 320;
    return { cell: fitCell(view, { width, height: maxHeight, pixelRatio, strip: wide }), strip: wide };
  }, [rows, columns, view.shape, width, maxHeight, pixelRatio]);
  const layout = useMemo(() => heatmapLayout(view, cell, { strip }), [view, cell, strip]);
  const scene = useMemo(
    () => heatmapScene(view, { metric, domain, theme: FIGURE_THEMES[theme], cell, strip, palette }),
    [view, metric, domain, theme, cell, strip, palette],
  );
  const hands = useGridHands({ ...props, layout });
  const active = props.hover ?? props.selection;
  const cellId = `${titleId}-cell`;
  const spoken = active ? spokenHead(view, active, metric) : '';
  return (
    <section className="heatmap" aria-labelledby={titleId}>
      <header className="heatmap-header">
        <h2 id={titleId} className="heatmap-title">
          {props.swatch && <span className="swatch" style={{ background: props.swatch }} />}
          {view.title}
        </h2>
        <span className="quiet">{shapeText(view.shape)}</span>
        <div className="heatmap-aside">{props.children}</div>
      </header>
      <div ref={box} className="heatmap-box">
        {width > 0 && (
          <div
            role="grid"
            tabIndex={0}
            className="heatmap-grid"
            style={{ width: scene.width, height: scene.height }}
            aria-label={`${view.title}: heads by layers. Arrow keys move, Enter pins, Escape unpins.`}
            aria-rowcount={rows}
            aria-colcount={columns}
            aria-activedescendant={active ? cellId : undefined}
            {...hands.handlers}
          >
            <SceneCanvas scene={scene} decorative />
            <MarkedCells view={view} layout={layout} heads={props.marked ?? []} />
            <Ring view={view} layout={layout} head={props.selection} kind="pinned" />
            <Ring view={view} layout={layout} head={props.hover} kind="hover" />
            <div
              className="visually-hidden"
              role="row"
              tabIndex={-1}
              aria-rowindex={
                Math.max(
                  0,
                  view.rows.findIndex((row) => row.layer === active?.layer),
                ) + 1
              }
            >
              <span
                role="gridcell"
                id={cellId}
                tabIndex={-1}
                aria-colindex={active ? active.head + 1 : 1}
                aria-selected={active !== null && isSame(active, props.selection)}
              >
                {spoken || 'no head chosen'}
              </span>
            </div>
            {props.hover && hands.here && (
              <HeadTip view={view} layout={layout} head={props.hover} metric={metric} />
            )}
          </div>
        )}
      </div>
      <div className="visually-hidden" aria-live="polite">
        {hands.byKeyboard ? spoken : ''}
      </div>
    </section>
  );
}

function isSame(a: HeadRef, b: HeadRef | null): boolean {
  return a.layer === b?.layer && a.head === b.head;
}
