/** Which head is at a point of a laid-out map, and where a head's cell is. */
import type { HeatmapLayout } from './heatmapLayout.ts';
import type { HeadRef } from './heatmapView.ts';

/** The head under a point of the layout, or null. */
export function headAt(layout: HeatmapLayout, x: number, y: number): HeadRef | null {
  const { gridX, gridY, gridWidth, gridHeight, cell } = layout;
  if (x < gridX || x >= gridX + gridWidth || y < gridY || y >= gridY + gridHeight) return null;
  const column = columnAt(layout, x);
  return column === null ? null : layout.arrangement.headAt(Math.floor((y - layout.rowY(0)) / cell), column);
}

/** The column at this x, wherever y is; null between two groups. */
export function columnAt(layout: HeatmapLayout, x: number): number | null {
  // Groups shift columns to the right, so the column is at most where it would be without them.
  let column = Math.min(layout.columns - 1, Math.floor((x - layout.columnX(0)) / layout.cell));
  while (column >= 0 && layout.columnX(column) > x) column--;
  return column >= 0 && x < layout.columnX(column) + layout.cell ? column : null;
}

/** The cell of a head, px; null where the map has none or where it is out of view. */
export function cellBox(layout: HeatmapLayout, ref: HeadRef | null): { x: number; y: number } | null {
  const place = ref && layout.arrangement.place(ref);
  if (!place) return null;
  const [x, y] = [layout.columnX(place.column), layout.rowY(place.row)];
  const { gridX, gridY, gridWidth, gridHeight, cell } = layout;
  const isSeen =
    x + cell > gridX + 0.5 && x < gridX + gridWidth && y + cell > gridY + 0.5 && y < gridY + gridHeight;
  return isSeen ? { x, y } : null;
}

/** Rows and columns of which something is in view, ends exclusive. */
export function inView(layout: HeatmapLayout): { rows: [number, number]; columns: [number, number] } {
  const { cell, rows, columns, gridX, gridWidth, gridHeight, scrollY } = layout;
  let from = 0;
  while (from < columns && layout.columnX(from) + cell <= gridX) from++;
  let to = from;
  while (to < columns && layout.columnX(to) < gridX + gridWidth) to++;
  return {
    rows: [Math.floor(scrollY / cell), Math.min(rows, Math.ceil((scrollY + gridHeight) / cell))],
    columns: [from, to],
  };
}
