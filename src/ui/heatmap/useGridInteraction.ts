import { type KeyboardEvent, type PointerEvent, useEffect, useEffectEvent, useRef, useState } from 'react';
import { columnAt, headAt } from '../../figures/gridGeometry.ts';
import type { HeatmapLayout } from '../../figures/heatmapLayout.ts';
import { type HeadRef, type HeatmapView, isSameHead } from '../../figures/heatmapView.ts';
import type { Metric } from '../../figures/metric.ts';
import { activeHead } from '../../state/selection.ts';
import { useAppStore, useMapActions } from '../appContext.ts';
import { copyHead } from './copyHead.ts';
import { focusHeadPanel, rememberGrid } from './focus.ts';
import { commandOf, type Move, moved, nextSort } from './gridKeys.ts';
import type { RowOrColumn } from './lineText.ts';

interface GridInteractionOptions {
  readonly view: HeatmapView;
  readonly layout: HeatmapLayout;
  readonly metric: Metric;
  readonly zoomIn: () => void;
  readonly zoomOut: () => void;
  readonly zoomReset: () => void;
  readonly reveal: (head: HeadRef) => void;
}

/**
 * Pointer, touch and keys on the grid. A mouse hovers and clicks; a finger's first tap hovers, its second pins. What is
 * under the pointer is written to the store alone: the map isn't rendered for it.
 */
export function useGridInteraction({
  view,
  layout,
  metric,
  zoomIn,
  zoomOut,
  zoomReset,
  reveal,
}: GridInteractionOptions) {
  const store = useAppStore();
  const actions = useMapActions();
  const [byKeyboard, setByKeyboard] = useState(false);
  // Which of two maps the pointer or the focus is in: only that one shows the tip.
  const [here, setHere] = useState(false);
  // The layer or the column whose strip was chosen.
  const [line, setLine] = useState<RowOrColumn | null>(null);
  // What happened, announced to screen readers: "copied".
  const [liveMessage, setLiveMessage] = useState('');
  const hoverBeforeTap = useRef<HeadRef | null>(null);

  // What is pinned elsewhere (in a list, a chart, the other map, the jump box) comes into view.
  const revealPinned = useEffectEvent(reveal);
  useEffect(
    () =>
      store.subscribe(({ pinned }, before) => {
        if (pinned !== null && pinned !== before.pinned) revealPinned(pinned);
      }),
    [store],
  );

  const pointOf = (event: PointerEvent<HTMLElement>) => {
    // The part that stays in view while the cells scroll.
    const origin = event.currentTarget.firstElementChild!.getBoundingClientRect();
    return [event.clientX - origin.left, event.clientY - origin.top] as const;
  };
  const show = (head: HeadRef | null) => {
    if (!isSameHead(head, store.getState().hovered)) actions.selection.hover(head);
  };
  const pin = (head: HeadRef | null) =>
    actions.selection.pin(isSameHead(head, store.getState().pinned) ? null : head);

  const handlers = {
    onPointerMove(event: PointerEvent<HTMLElement>) {
      if (event.pointerType === 'touch') return;
      setByKeyboard(false);
      setHere(true);
      show(headAt(layout, ...pointOf(event)));
    },
    onPointerLeave(event: PointerEvent<HTMLElement>) {
      // A finger that lifts leaves too, but what it tapped stays.
      if (event.pointerType === 'touch') return;
      setHere(false);
      show(null);
    },
    onPointerDown() {
      hoverBeforeTap.current = store.getState().hovered;
    },
    onPointerUp(event: PointerEvent<HTMLElement>) {
      if (event.button !== 0) return;
      const [x, y] = pointOf(event);
      const head = headAt(layout, x, y);
      setByKeyboard(false);
      setHere(true);
      if (head === null) {
        const chosen = lineAt(view, layout, x, y);
        setLine(isSameLine(chosen, line) ? null : chosen);
        if (chosen === null) actions.selection.pin(null);
        return;
      }
      setLine(null);
      if (event.shiftKey) actions.selection.toggleCompared(head);
      else if (event.pointerType !== 'touch' || isSameHead(head, hoverBeforeTap.current)) pin(head);
      else show(head);
    },
    onKeyDown(event: KeyboardEvent<HTMLElement>) {
      const command = commandOf(event);
      if (command === null) return;
      event.preventDefault();
      setLiveMessage('');
      setHere(true);
      setByKeyboard(true);
      const state = store.getState();
      const active = activeHead(state);
      switch (command.kind) {
        case 'step':
        case 'layer':
        case 'column': {
          const to = moved(view, layout, active, command);
          if (to === null) return;
          setLine(lineOf(command, to, layout));
          actions.selection.moveCursor(to);
          reveal(to);
          return;
        }
        case 'open':
          if (active === null) return;
          actions.selection.pin(active);
          focusHeadPanel();
          return;
        case 'pin':
          if (active) pin(active);
          return;
        case 'compare':
          if (active) actions.selection.toggleCompared(active);
          return;
        case 'leave':
          actions.selection.pin(null);
          setLine(null);
          show(null);
          return;
        case 'sort':
          actions.view.setSort(nextSort(state.sort));
          return;
        case 'copy':
          if (active) copyHead(active, state).then(setLiveMessage, actions.page.showError);
          return;
        case 'zoomIn':
          zoomIn();
          return;
        case 'zoomOut':
          zoomOut();
          return;
        case 'zoomReset':
          zoomReset();
          return;
        default:
          command satisfies never;
      }
    },
    onFocus(event: { readonly currentTarget: HTMLElement }) {
      rememberGrid(event.currentTarget);
      if (!event.currentTarget.matches(':focus-visible')) return;
      setHere(true);
      setByKeyboard(true);
      // Keys continue where they were.
      const { cursor } = store.getState();
      if (cursor === null || layout.arrangement.place(cursor) === null) return;
      show(cursor);
      reveal(cursor);
    },
    onBlur() {
      setByKeyboard(false);
      setHere(false);
      show(null);
    },
  };
  return { handlers, byKeyboard, here, line, liveMessage, metric };
}

/** The row or column whose summary a move shows besides the head. */
function lineOf({ kind }: Move, to: HeadRef, { arrangement }: HeatmapLayout): RowOrColumn | null {
  if (kind === 'layer') return { axis: 'layer', layer: to.layer };
  const column = kind === 'column' ? arrangement.place(to)?.column : undefined;
  return column === undefined ? null : { axis: 'column', column };
}

/** The layer or the column whose label or strip is at a point, where there is no cell. */
function lineAt(view: HeatmapView, layout: HeatmapLayout, x: number, y: number): RowOrColumn | null {
  const { gridX, gridY, gridWidth, gridHeight, stripWidth, columnStripHeight, arrangement } = layout;
  const isBeside = x < gridX || (stripWidth > 0 && x > gridX + gridWidth);
  if (isBeside && y >= gridY && y < gridY + gridHeight) {
    const row = arrangement.rows[Math.floor((y - layout.rowY(0)) / layout.cell)];
    const layer = row === undefined ? undefined : view.rows[row]?.layer;
    return layer === undefined ? null : { axis: 'layer', layer };
  }
  const isBelow = columnStripHeight > 0 && y > gridY + gridHeight;
  if ((isBelow || y < gridY) && x >= gridX && x < gridX + gridWidth) {
    const column = columnAt(layout, x);
    return column === null ? null : { axis: 'column', column };
  }
  return null;
}

function isSameLine(a: RowOrColumn | null, b: RowOrColumn | null): boolean {
  if (a === null || b === null) return a === b;
  return a.axis === 'layer'
    ? b.axis === 'layer' && a.layer === b.layer
    : b.axis === 'column' && a.column === b.column;
}
