import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import { type HeadRef, type HeatmapLayout, type HeatmapView, headAt } from '../../figures/heatmapLayout.ts';

interface GridHands {
  readonly view: HeatmapView;
  readonly layout: HeatmapLayout;
  readonly selection: HeadRef | null;
  readonly hover: HeadRef | null;
  readonly onHover: (head: HeadRef | null) => void;
  readonly onPin: (head: HeadRef | null) => void;
}

/** Pointer, touch and keys on the grid. A mouse hovers and clicks; a finger's first tap hovers, its second pins. */
export function useGridHands({ view, layout, selection, hover, onHover, onPin }: GridHands) {
  const [byKeyboard, setByKeyboard] = useState(false);
  // Which of two maps the pointer or the focus is in: only that one shows the tip.
  const [here, setHere] = useState(false);
  const hoverBeforeTap = useRef<HeadRef | null>(null);

  const headUnder = (event: PointerEvent<HTMLElement>) => {
    const origin = event.currentTarget.getBoundingClientRect();
    return headAt(view, layout, event.clientX - origin.left, event.clientY - origin.top);
  };
  const show = (head: HeadRef | null) => {
    if (!isSame(head, hover)) onHover(head);
  };
  const pin = (head: HeadRef | null) => onPin(isSame(head, selection) ? null : head);

  const handlers = {
    onPointerMove(event: PointerEvent<HTMLElement>) {
      if (event.pointerType === 'touch') return;
      setByKeyboard(false);
      setHere(true);
      show(headUnder(event));
    },
    onPointerLeave(event: PointerEvent<HTMLElement>) {
      // A finger that lifts leaves too, but what it tapped stays.
      if (event.pointerType === 'touch') return;
      setHere(false);
      show(null);
    },
    onPointerDown() {
      hoverBeforeTap.current = hover;
    },
    onPointerUp(event: PointerEvent<HTMLElement>) {
      if (event.button !== 0) return;
      const head = headUnder(event);
      setByKeyboard(false);
      setHere(true);
      if (event.pointerType !== 'touch' || isSame(head, hoverBeforeTap.current)) pin(head);
      else show(head);
    },
    onKeyDown(event: KeyboardEvent<HTMLElement>) {
      const from = hover ?? selection;
      if (event.key === 'Escape') {
        onPin(null);
        show(null);
      } else if (event.key === 'Enter' || event.key === ' ') {
        if (from) pin(from);
      } else {
        const to = moved(event, view, from);
        if (to === null) return;
        setHere(true);
        setByKeyboard(true);
        show(to);
      }
      event.preventDefault();
    },
    onBlur() {
      setByKeyboard(false);
      setHere(false);
      show(null);
    },
  };
  return { handlers, byKeyboard, here };
}

/** Where a key leads; null for other keys. The first one only enters the grid. */
function moved(event: KeyboardEvent, view: HeatmapView, from: HeadRef | null): HeadRef | null {
  const row = view.rows.findIndex((candidate) => candidate.layer === from?.layer);
  const [lastRow, lastHead] = [view.rows.length - 1, view.shape.heads - 1];
  const step = STEPS[event.key];
  if (step === undefined || event.altKey || lastRow < 0) return null;
  if (from === null || row < 0) return refAt(view, 0, 0);
  const far = event.ctrlKey || event.metaKey;
  const [down, right] = step;
  return refAt(
    view,
    clamp(row + (far && Math.abs(right) > 1 ? right : down), lastRow),
    clamp(from.head + right, lastHead),
  );
}

/** Rows down, heads to the right; Home and End go as far as there are heads, with Ctrl as far as there are layers too. */
const STEPS: Readonly<Record<string, readonly [down: number, right: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  Home: [0, Number.NEGATIVE_INFINITY],
  End: [0, Number.POSITIVE_INFINITY],
  PageUp: [-8, 0],
  PageDown: [8, 0],
};

function refAt(view: HeatmapView, row: number, head: number): HeadRef | null {
  const layer = view.rows[row]?.layer;
  // A layer may have fewer heads than the widest.
  const last = (view.rows[row]?.shape?.heads ?? view.shape.heads) - 1;
  return layer === undefined ? null : { layer, head: Math.min(head, last) };
}

function clamp(value: number, last: number): number {
  return Math.min(last, Math.max(0, value));
}

function isSame(a: HeadRef | null, b: HeadRef | null): boolean {
  return a?.layer === b?.layer && a?.head === b?.head;
}
