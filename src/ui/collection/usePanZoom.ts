// Wheel, drag and pinch move and enlarge a plot. (d3's own behaviour would bring its transitions into the page's first load.)
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { enlarged, moved, NO_ZOOM, type PlotZoom } from './plotZoom.ts';

/** A drag begins so many px from where the button went down: a click may tremble. */
const TREMBLE = 4;
/** Enlargement for each px that the wheel turns. */
const WHEEL = 0.002;
const LINE_PX = 16;

export interface PanZoom {
  readonly transform: PlotZoom;
  readonly enlarge: (factor: number) => void;
  readonly reset: () => void;
  /** True from a drag until the click that ends it, which is no click on a point. */
  readonly wasDragged: () => boolean;
}

type Point = readonly [x: number, y: number];

/** Follows what is done on an element; it never moves beyond the plot's edges. */
export function usePanZoom(box: RefObject<HTMLElement | null>, width: number, height: number): PanZoom {
  const [transform, setTransform] = useState(NO_ZOOM);
  const latest = useRef(transform);
  const frame = useRef(0);
  const dragged = useRef(false);
  const size = `${width} ${height}`;
  const change = useCallback((next: PlotZoom) => {
    latest.current = next;
    // The pointer moves more often than the screen is drawn.
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => setTransform(next));
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: of another size the plot begins anew
  useEffect(() => change(NO_ZOOM), [size]);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const fingers = new Map<number, Point>();
    const at = ({ clientX, clientY }: MouseEvent): Point => {
      const { left, top } = element.getBoundingClientRect();
      return [clientX - left, clientY - top];
    };
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const turned = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1);
      change(
        enlarged(latest.current, 2 ** (-turned * WHEEL * (event.ctrlKey ? 5 : 1)), at(event), [
          width,
          height,
        ]),
      );
    };
    const onDown = (event: PointerEvent) => {
      if (event.button !== 0) return;
      if (fingers.size === 0) dragged.current = false;
      fingers.set(event.pointerId, at(event));
    };
    const onMove = (event: PointerEvent) => {
      const before = fingers.get(event.pointerId);
      if (before === undefined) return;
      const now = at(event);
      const step: Point = [now[0] - before[0], now[1] - before[1]];
      if (!dragged.current && Math.hypot(...step) < TREMBLE) return;
      if (!dragged.current) element.setPointerCapture(event.pointerId);
      dragged.current = true;
      const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
      fingers.set(event.pointerId, now);
      const shifted = moved(latest.current, other === undefined ? step : halved(step), [width, height]);
      if (other === undefined) {
        change(shifted);
        return;
      }
      const middle: Point = [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2];
      const factor = apart(now, other) / Math.max(1, apart(before, other));
      change(enlarged(shifted, factor, middle, [width, height]));
    };
    const onUp = ({ pointerId }: PointerEvent) => void fingers.delete(pointerId);
    element.addEventListener('wheel', onWheel, { passive: false });
    element.addEventListener('pointerdown', onDown);
    element.addEventListener('pointermove', onMove);
    element.addEventListener('pointerup', onUp);
    element.addEventListener('pointercancel', onUp);
    return () => {
      cancelAnimationFrame(frame.current);
      element.removeEventListener('wheel', onWheel);
      element.removeEventListener('pointerdown', onDown);
      element.removeEventListener('pointermove', onMove);
      element.removeEventListener('pointerup', onUp);
      element.removeEventListener('pointercancel', onUp);
    };
  }, [box, width, height, change]);

  return {
    transform,
    enlarge: (factor) => change(enlarged(latest.current, factor, [width / 2, height / 2], [width, height])),
    reset: () => change(NO_ZOOM),
    wasDragged: () => dragged.current,
  };
}

const halved = ([x, y]: Point): Point => [x / 2, y / 2];
const apart = (a: Point, b: Point) => Math.hypot(a[0] - b[0], a[1] - b[1]);
