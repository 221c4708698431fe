import { type RefObject, useState } from 'react';

/** Height of a line, px, under a finger and under a pointer: see table.css. */
const LINE = matchMedia('(pointer: coarse)').matches ? 32 : 24;
/** What fits the box, which is 480 px high; and as much above and below it as a flick of the wheel shows. */
const [SEEN, AROUND] = [24, 12];
/** Tables of fewer cells are rendered whole: the browser's own search then finds everything. */
const MOST_CELLS = 2000;
/** With all columns the lines near the view may have so many cells; with more, columns are left out, too. */
const MOST_NEAR = 5000;
/** Width of a column where some are left out, px: "−1.234e−12" and "whole layer" fit it. */
export const COLUMN = 96;
/** What fits the widest windows, and as much beside it as a flick shows. */
const [COLUMNS_SEEN, COLUMNS_AROUND] = [40, 10];

/** A stretch of lines or columns, its end exclusive, and the room of those before and after it, px. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly before: number;
  readonly after: number;
}

/** Which of a table's lines and columns are near the view of its box, by how far that is scrolled. */
export function useCellsInView(box: RefObject<HTMLElement | null>, lines: number, columns: number) {
  const [top, setTop] = useState(0);
  const [left, setLeft] = useState(0);
  const isLong = lines * columns > MOST_CELLS;
  const near = isLong ? Math.min(lines, SEEN + 2 * AROUND) : lines;
  const isWide = isLong && near * columns > MOST_NEAR;
  return {
    lines: stretch(isLong, top, lines, { seen: SEEN, around: AROUND, size: LINE }),
    columns: stretch(isWide, left, columns, { seen: COLUMNS_SEEN, around: COLUMNS_AROUND, size: COLUMN }),
    isLong,
    isWide,
    onScroll(): void {
      setTop(firstSeen(box.current?.scrollTop, LINE, AROUND));
      setLeft(firstSeen(box.current?.scrollLeft, COLUMN, COLUMNS_AROUND));
    },
  };
}

/** The first line in view, in steps of half of what lies around the view, so that not every line renders again. */
function firstSeen(scrolled = 0, size: number, around: number): number {
  const step = around / 2;
  return Math.floor(scrolled / size / step) * step;
}

function stretch(
  isPart: boolean,
  first: number,
  count: number,
  { seen, around, size }: { readonly seen: number; readonly around: number; readonly size: number },
): Stretch {
  if (!isPart) return { from: 0, to: count, before: 0, after: 0 };
  const last = Math.max(0, count - seen);
  const from = Math.max(0, Math.min(first, last) - around);
  const to = Math.min(count, from + seen + 2 * around);
  return { from, to, before: from * size, after: (count - to) * size };
}
