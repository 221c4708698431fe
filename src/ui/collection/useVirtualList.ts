// A long list of which only what is near the view is rendered, with one option that the keys move.
import { type KeyboardEvent, type RefObject, useEffect, useId, useLayoutEffect, useState } from 'react';

export interface VirtualList {
  /** Entries that are rendered, [from, to), and the height of the whole, px. */
  readonly from: number;
  readonly to: number;
  readonly height: number;
  /** The entry that the keys are at. */
  readonly active: number;
  readonly setActive: (index: number) => void;
  readonly idOf: (index: number) => string;
  /** A key by which what leaves the view at one end is used again at the other. */
  readonly slotOf: (index: number) => number;
  readonly onScroll: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

interface VirtualListOptions {
  readonly box: RefObject<HTMLElement | null>;
  readonly count: number;
  readonly columns: number;
  /** Height of a row, px. */
  readonly row: number;
  /** The entry to begin at. */
  readonly start: number;
  readonly onOpen: (index: number) => void;
}

/** Rows beyond the view that are rendered as well. */
const AROUND = 1;

export function useVirtualList({ box, count, columns, row, start, onOpen }: VirtualListOptions): VirtualList {
  const [view, setView] = useState({ first: 0, rows: 12 });
  const [chosen, setActive] = useState(start);
  const id = useId();
  const active = Math.max(0, Math.min(count - 1, chosen));
  const measure = () => {
    const element = box.current;
    if (element === null) return;
    const next = { first: Math.floor(element.scrollTop / row), rows: Math.ceil(element.clientHeight / row) };
    setView((old) => (old.first === next.first && old.rows === next.rows ? old : next));
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when it appears, or its rows change
  useLayoutEffect(() => {
    show(active, 'middle');
    measure();
  }, [row, columns]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: measure reads what is there
  useEffect(() => {
    if (box.current === null) return;
    const observer = new ResizeObserver(measure);
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [box, row]);

  function show(index: number, where: 'middle' | 'edge'): void {
    const element = box.current;
    if (element === null) return;
    const top = Math.floor(index / columns) * row;
    const { scrollTop, clientHeight } = element;
    if (top >= scrollTop && top + row <= scrollTop + clientHeight) return;
    if (where === 'middle') element.scrollTop = top - (clientHeight - row) / 2;
    else element.scrollTop = top < scrollTop ? top : top + row - clientHeight;
  }

  function moved(key: string): number | null {
    const page = Math.max(1, view.rows - 1) * columns;
    switch (key) {
      case 'ArrowRight':
        return active + 1;
      case 'ArrowLeft':
        return active - 1;
      case 'ArrowDown':
        return active + columns;
      case 'ArrowUp':
        return active - columns;
      case 'PageDown':
        return active + page;
      case 'PageUp':
        return active - page;
      case 'Home':
        return 0;
      case 'End':
        return count - 1;
      default:
        return null;
    }
  }

  return {
    from: Math.max(0, view.first - AROUND) * columns,
    to: Math.min(count, (view.first + view.rows + 1 + AROUND) * columns),
    height: Math.ceil(count / columns) * row,
    active,
    setActive,
    idOf: (index) => `${id}-${index}`,
    slotOf: (index) => index % ((view.rows + 2 + 2 * AROUND) * columns),
    onScroll: measure,
    onKeyDown(event) {
      if (event.altKey || event.ctrlKey || event.metaKey || count === 0) return;
      if (event.key === 'Enter' || event.key === ' ') onOpen(active);
      else {
        const next = moved(event.key);
        if (next === null) return;
        const index = Math.max(0, Math.min(count - 1, next));
        setActive(index);
        show(index, 'edge');
      }
      event.preventDefault();
    },
  };
}
