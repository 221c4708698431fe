import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Arrangement } from '../../figures/arrangement.ts';
import { VALUES_FROM } from '../../figures/heatmapCells.ts';
import {
  fitCell,
  type HeadRef,
  type HeatmapLayout,
  type HeatmapView,
  heatmapLayout,
  MAX_CELL,
  type MapWindow,
} from '../../figures/heatmapLayout.ts';

interface WindowOptions {
  readonly view: HeatmapView;
  readonly arrangement: Arrangement;
  /** Room for the figure, px. */
  readonly width: number;
  readonly maxHeight: number;
  readonly pixelRatio: number;
}

/** Of the view, px. */
interface Point {
  readonly x: number;
  readonly y: number;
}

/** One step of the + key. */
const STEP = 1.5;
/** A bar for scrolling may take so much of the box. */
const SCROLL_BAR = 12;
/** Of the box, for the focus outline: see heatmap.css. */
const PADDING = 4;

/**
 * The part of the map that is in view: its cells fit the room until they are zoomed, then they scroll under their axes. The
 * box scrolls natively, over a content as large as all cells; what is drawn is only what is seen.
 */
export function useZoomPan(scroller: RefObject<HTMLElement | null>, options: WindowOptions) {
  const { view, arrangement, width, maxHeight, pixelRatio } = options;
  const [zoom, setZoom] = useState(1);
  const [scroll, setScroll] = useState({ x: 0, y: 0 });
  const { rows, columns } = { rows: view.rows.length, columns: view.shape.heads };
  // On a phone many cells need the room of the strips.
  const strip = width >= (columns > 6 ? 480 : 320);
  // Sized by the number of rows and columns alone: while cells arrive, nothing moves.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows' values don't matter here
  const fit = useMemo(
    () => fitCell(view, { width, height: maxHeight, pixelRatio, strip }),
    [rows, columns, view.shape, width, maxHeight, pixelRatio, strip],
  );
  const cell =
    zoom === 1 ? fit : Math.min(MAX_CELL, Math.max(fit, Math.round(fit * zoom * pixelRatio) / pixelRatio));
  const whole = useMemo(() => {
    const all = heatmapLayout(view, fit, { strip, arrangement });
    return { width: all.width, height: all.height };
  }, [view, fit, strip, arrangement]);
  const isScrolled = cell > fit || whole.width > width;
  const window: MapWindow | undefined = useMemo(
    () =>
      isScrolled
        ? {
            // Zoomed, the map takes the room it was given, not more: nothing around it moves.
            width: width - SCROLL_BAR,
            height: whole.height - SCROLL_BAR,
            scrollX: scroll.x,
            scrollY: scroll.y,
          }
        : undefined,
    [isScrolled, width, whole.height, scroll],
  );
  const layout = useMemo(
    () => heatmapLayout(view, cell, { strip, arrangement, window }),
    [view, cell, strip, arrangement, window],
  );
  const current = useRef(layout);
  current.current = layout;

  // The cell that a zoom must keep where it is: a point of all cells, 0 … 1, and of the view, px.
  const anchor = useRef<{ fx: number; fy: number; x: number; y: number } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a change of the cells' size moves what is anchored
  useLayoutEffect(() => {
    const kept = anchor.current;
    anchor.current = null;
    if (kept === null || scroller.current === null) return;
    const { fullWidth, fullHeight, gridX, gridY } = current.current;
    scroller.current.scrollLeft = kept.fx * fullWidth - (kept.x - gridX);
    scroller.current.scrollTop = kept.fy * fullHeight - (kept.y - gridY);
    setScroll({ x: scroller.current.scrollLeft, y: scroller.current.scrollTop });
  }, [cell]);

  /** Which point of all cells is at a point of the view, px. */
  const placeAt = ({ x, y }: Point) => {
    const { gridX, gridY, fullWidth, fullHeight, scrollX, scrollY } = current.current;
    return { fx: (x - gridX + scrollX) / fullWidth, fy: (y - gridY + scrollY) / fullHeight };
  };

  /** Zooms by a factor about a point of the view, px, the middle of the cells by default; what is there stays, or `held` comes there. */
  const zoomBy = (factor: number, point?: Point, held?: ReturnType<typeof placeAt>) => {
    const { gridX, gridY, gridWidth, gridHeight } = current.current;
    const at = point ?? { x: gridX + gridWidth / 2, y: gridY + gridHeight / 2 };
    anchor.current = { ...(held ?? placeAt(at)), ...at };
    setZoom((old) => Math.min(MAX_CELL / fit, Math.max(1, old * factor)));
  };

  useEffect(() => {
    const box = scroller.current;
    if (box === null) return;
    const pointIn = (x: number, y: number) => {
      const { left, top } = box.getBoundingClientRect();
      return { x: x - left - PADDING, y: y - top - PADDING };
    };
    // A pinch on a touchpad arrives as a wheel with Ctrl.
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoomRef.current(2 ** (-event.deltaY / 200), pointIn(event.clientX, event.clientY));
    };
    let apart = 0;
    // What is between two fingers when they come down: at the map's edges it can't follow them at once, but does once there is room.
    let held: ReturnType<typeof placeAt> | undefined;
    const onTouch = (event: TouchEvent) => {
      const [a, b] = [event.touches[0], event.touches[1]];
      if (a === undefined || b === undefined) {
        apart = 0;
        return;
      }
      event.preventDefault();
      const now = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
      const between = pointIn((a.clientX + b.clientX) / 2, (a.clientY + b.clientY) / 2);
      if (apart === 0) held = placeRef.current(between);
      else if (now > 0) zoomRef.current(now / apart, between, held);
      apart = now;
    };
    box.addEventListener('wheel', onWheel, { passive: false });
    for (const type of ['touchstart', 'touchmove', 'touchend'] as const)
      box.addEventListener(type, onTouch, { passive: false });
    return () => {
      box.removeEventListener('wheel', onWheel);
      for (const type of ['touchstart', 'touchmove', 'touchend'] as const)
        box.removeEventListener(type, onTouch);
    };
  }, [scroller]);
  const zoomRef = useRef(zoomBy);
  zoomRef.current = zoomBy;
  const placeRef = useRef(placeAt);
  placeRef.current = placeAt;

  return {
    layout,
    strip,
    window,
    /** Of the box, and of what it scrolls over: as much more as there are cells out of view. */
    boxStyle: window === undefined ? {} : { height: layout.height + SCROLL_BAR + 2 * PADDING },
    contentStyle:
      window === undefined
        ? { width: layout.width, height: layout.height }
        : {
            width: `calc(100% + ${layout.fullWidth - layout.gridWidth}px)`,
            height: `calc(100% + ${layout.fullHeight - layout.gridHeight}px)`,
          },
    isZoomed: cell > fit,
    isLargest: cell >= MAX_CELL,
    /** So small that values aren't printed in the cells. */
    isSmall: fit < VALUES_FROM,
    zoomIn: () => zoomBy(STEP),
    zoomOut: () => zoomBy(1 / STEP),
    zoomReset: () => setZoom(1),
    onScroll: () => {
      const box = scroller.current;
      if (box !== null) setScroll({ x: box.scrollLeft, y: box.scrollTop });
    },
    /** Scrolls a head into view, where it isn't. */
    reveal: (head: HeadRef) => revealIn(scroller.current, current.current, head),
  };
}

function revealIn(box: HTMLElement | null, layout: HeatmapLayout, head: HeadRef): void {
  const place = layout.arrangement.place(head);
  if (box === null || place === null) return;
  const { cell, gridX, gridY, gridWidth, gridHeight } = layout;
  const [x, y] = [layout.columnX(place.column) - gridX, layout.rowY(place.row) - gridY];
  const by = (at: number, room: number) => (at < 0 ? at : at + cell > room ? at + cell - room : 0);
  box.scrollLeft += by(x, gridWidth);
  box.scrollTop += by(y, gridHeight);
}
