import { type RefObject, useState } from 'react';

/** Height of a line, px: see .data-table in heatmap.css. */
const LINE = 20;
/** What fits the box, which is 480 px high; and as much above and below it as a flick of the wheel shows. */
const [SEEN, AROUND] = [24, 12];
/** Tables of fewer cells are rendered whole: the browser's own search then finds everything. */
const MOST_CELLS = 2000;

/** Which of a table's lines are near the view of its box, and the room of the others, px. */
export function useLinesInView(box: RefObject<HTMLElement | null>, lines: number, columns: number) {
  const [top, setTop] = useState(0);
  const isLong = lines * columns > MOST_CELLS;
  const last = Math.max(0, lines - SEEN);
  const from = isLong ? Math.max(0, Math.min(top, last) - AROUND) : 0;
  const to = isLong ? Math.min(lines, from + SEEN + 2 * AROUND) : lines;
  return {
    from,
    to,
    isLong,
    above: from * LINE,
    below: (lines - to) * LINE,
    // By half of what lies around the view: not at every line.
    onScroll: () => setTop(Math.floor((box.current?.scrollTop ?? 0) / LINE / (AROUND / 2)) * (AROUND / 2)),
  };
}
