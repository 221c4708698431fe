import { type RefObject, useEffect, useEffectEvent, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Arrangement } from '../../figures/arrangement.ts';
import {
  fitCell,
  type HeatmapLayout,
  heatmapLayout,
  MAX_CELL,
  type MapWindow,
  VALUES_FROM,
} from '../../figures/heatmapLayout.ts';
import type { HeadRef, HeatmapView } from '../../figures/heatmapView.ts';

interface ZoomPanOptions {
  readonly view: HeatmapView;
  readonly arrangement: Arrangement;
  /** Room for the figure, px. */
  readonly width: number;
  readonly maxHeight: number;
  readonly pixelRatio: number;
}

/** A point of the view, px. */
interface Point {
  readonly x: number;
  readonly y: number;
}

/** A point of all cells, as fractions of their full width and height. */
interface Anchor {
  readonly fx: number;
  readonly fy: number;
}

/** Factor of one press of the + key. */
const ZOOM_STEP = 1.5;
/** Part of the box that a scroll bar may take, px. */
const SCROLL_BAR = 12;
/** Padding of the box for the focus outline, px: see heatmap.css. */
const PADDING = 4;

/**
 * The part of the map that is in view: its cells fit the room until they are zoomed, then they scroll under their axes. The
 * box scrolls natively, over a content as large as all cells; only what is in view is drawn.
 */
export function useZoomPan(scroller: RefObject<HTMLElement | null>, options: ZoomPanOptions) {
  const { view, arrangement, width, maxHeight, pixelRatio } = options;
  const [zoom, setZoom] = useState(1);
  const [scroll, setScroll] = useState({ x: 0, y: 0 });
  const { rows, columns } = { rows: view.rows.length, columns: view.shape.heads };
  // On a phone many cells need the room of the strips.
  const strip = width >= (columns > 6 ? 480 : 320);
  // Sized by the number of rows and columns alone: while cells arrive, nothing moves.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows' values don't matter here
  const { fit, stripBelow } = useMemo(() => {
    const box = { width, height: maxHeight, pixelRatio, strip };
    const fit = fitCell(view, { ...box, stripBelow: false });
    // The strip under the cells is drawn where it costs them nothing.
    return { fit, stripBelow: fitCell(view, box) === fit };
  }, [rows, columns, view.shape, width, maxHeight, pixelRatio, strip]);
  const cell =
    zoom === 1 ? fit : Math.min(MAX_CELL, Math.max(fit, Math.round(fit * zoom * pixelRatio) / pixelRatio));
  const whole = useMemo(
    () => heatmapLayout(view, fit, { strip, stripBelow, arrangement }),
    [view, fit, strip, stripBelow, arrangement],
  );
  const isScrolled = cell > fit || whole.width > width;
  const layout = useMemo(() => {
    if (!isScrolled) return whole;
    // Zoomed, the map takes the room it was given, not more: nothing around it moves.
    const window: MapWindow = {
      width: width - SCROLL_BAR,
      height: whole.height - SCROLL_BAR,
      scrollX: scroll.x,
      scrollY: scroll.y,
    };
    return heatmapLayout(view, cell, { strip, stripBelow, arrangement, window });
  }, [isScrolled, whole, view, cell, strip, stripBelow, arrangement, width, scroll]);

  // The point of all cells that the next zoom moves to a point of the view.
  const pendingAnchor = useRef<(Anchor & Point) | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a change of the cells' size moves what is anchored
  useLayoutEffect(() => {
    const anchor = pendingAnchor.current;
    pendingAnchor.current = null;
    const box = scroller.current;
    if (anchor === null || box === null) return;
    box.scrollLeft = anchor.fx * layout.fullWidth - (anchor.x - layout.gridX);
    box.scrollTop = anchor.fy * layout.fullHeight - (anchor.y - layout.gridY);
    setScroll({ x: box.scrollLeft, y: box.scrollTop });
  }, [cell]);

  /** Zooms by a factor about a point of the view, the middle of the cells by default; what is there stays, or `held` comes there. */
  const zoomBy = (factor: number, point = middleOf(layout), held = anchorAt(layout, point)) => {
    pendingAnchor.current = { ...held, ...point };
    setZoom((previous) => Math.min(MAX_CELL / fit, Math.max(1, previous * factor)));
  };
  usePinchAndWheel(scroller, layout, zoomBy);

  return {
    layout,
    isScrolled,
    boxStyle: isScrolled ? { height: layout.height + SCROLL_BAR + 2 * PADDING } : {},
    /** What the box scrolls over is larger than it by as much as there are cells out of view. */
    contentStyle: isScrolled
      ? {
          width: `calc(100% + ${layout.fullWidth - layout.gridWidth}px)`,
          height: `calc(100% + ${layout.fullHeight - layout.gridHeight}px)`,
        }
      : { width: layout.width, height: layout.height },
    isZoomed: cell > fit,
    isLargest: cell >= MAX_CELL,
    /** Its cells are too small for values to be printed in them. */
    isSmall: width > 0 && fit < VALUES_FROM,
    zoomIn: () => zoomBy(ZOOM_STEP),
    zoomOut: () => zoomBy(1 / ZOOM_STEP),
    zoomReset: () => setZoom(1),
    onScroll: () => {
      const box = scroller.current;
      if (box !== null) setScroll({ x: box.scrollLeft, y: box.scrollTop });
    },
    /** Scrolls a head into view, where it isn't. */
    reveal: (head: HeadRef) => revealIn(scroller.current, layout, head),
  };
}

/** Zooms by a pinch on the screen or on a touchpad, where it arrives as a wheel with Ctrl. */
function usePinchAndWheel(
  scroller: RefObject<HTMLElement | null>,
  layout: HeatmapLayout,
  zoomBy: (factor: number, point: Point, held?: Anchor) => void,
): void {
  const zoom = useEffectEvent(zoomBy);
  const anchor = useEffectEvent((point: Point) => anchorAt(layout, point));
  useEffect(() => {
    const box = scroller.current;
    if (box === null) return;
    const pointIn = (x: number, y: number): Point => {
      const { left, top } = box.getBoundingClientRect();
      return { x: x - left - PADDING, y: y - top - PADDING };
    };
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoom(2 ** (-event.deltaY / 200), pointIn(event.clientX, event.clientY));
    };
    let lastDistance = 0;
    // The point between two fingers when they come down. At the map's edges it can't follow them at once, but does once there is room.
    let held: Anchor | undefined;
    const onTouch = (event: TouchEvent) => {
      const [a, b] = [event.touches[0], event.touches[1]];
      if (a === undefined || b === undefined) {
        lastDistance = 0;
        return;
      }
      event.preventDefault();
      const distance = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
      const middle = pointIn((a.clientX + b.clientX) / 2, (a.clientY + b.clientY) / 2);
      if (lastDistance === 0) held = anchor(middle);
      else if (distance > 0) zoom(distance / lastDistance, middle, held);
      lastDistance = distance;
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
}

function middleOf({ gridX, gridY, gridWidth, gridHeight }: HeatmapLayout): Point {
  return { x: gridX + gridWidth / 2, y: gridY + gridHeight / 2 };
}

/** The point of all cells that is at a point of the view. */
function anchorAt(layout: HeatmapLayout, { x, y }: Point): Anchor {
  const { gridX, gridY, fullWidth, fullHeight, scrollX, scrollY } = layout;
  return { fx: (x - gridX + scrollX) / fullWidth, fy: (y - gridY + scrollY) / fullHeight };
}

function revealIn(box: HTMLElement | null, layout: HeatmapLayout, head: HeadRef): void {
  const place = layout.arrangement.place(head);
  if (box === null || place === null) return;
  const { cell, gridX, gridY, gridWidth, gridHeight } = layout;
  const [x, y] = [layout.columnX(place.column) - gridX, layout.rowY(place.row) - gridY];
  const missing = (start: number, room: number) =>
    start < 0 ? start : start + cell > room ? start + cell - room : 0;
  box.scrollLeft += missing(x, gridWidth);
  box.scrollTop += missing(y, gridHeight);
}
