import { cellBox } from '../../figures/gridGeometry.ts';
import type { HeatmapLayout } from '../../figures/heatmapLayout.ts';
import type { HeadRef } from '../../figures/heatmapView.ts';
import type { RowOrColumn } from './lineText.ts';

interface CellOutlineProps {
  readonly layout: HeatmapLayout;
  readonly head: HeadRef | null;
  readonly kind: 'hover' | 'pinned' | 'compared';
}

/** Outlines the cell that is looked at, pinned or compared: the accent between two pale lines, seen on any colour of the map. */
export function CellOutline({ layout, head, kind }: CellOutlineProps) {
  const box = cellBox(layout, head);
  if (box === null) return null;
  // Round tiny cells the outline stands off, or it would hide what it shows.
  const side = Math.max(layout.cell, 7);
  const offset = (layout.cell - side) / 2;
  return (
    <div
      className={`ring ring-${kind}`}
      style={{ left: box.x + offset, top: box.y + offset, width: side, height: side }}
    />
  );
}

interface MarkedCellsProps {
  readonly layout: HeatmapLayout;
  readonly heads: readonly HeadRef[];
}

/** Frames the heads that a chart's bar stands for. It is one path, since a bar may stand for thousands. */
export function MarkedCells({ layout, heads }: MarkedCellsProps) {
  if (heads.length === 0) return null;
  const side = Math.max(layout.cell, 5) - 1;
  const path = heads
    .flatMap((head) => {
      const box = cellBox(layout, head);
      return box === null ? [] : `M${box.x - 0.5},${box.y - 0.5}h${side + 1}v${side + 1}h${-side - 1}z`;
    })
    .join('');
  return (
    <svg className="marked-cells" width={layout.width} height={layout.height} aria-hidden="true">
      <path className="marked-halo" d={path} />
      <path className="marked-line" d={path} />
    </svg>
  );
}

interface AxisTipProps {
  readonly layout: HeatmapLayout;
  readonly line: RowOrColumn | null;
  /** Null where a head's own tip is shown. */
  readonly text: string | null;
}

/** Rules along the layer or the column that was chosen, and its figures. */
export function AxisTip({ layout, line, text }: AxisTipProps) {
  if (line === null) return null;
  const { gridX, gridY, gridWidth, gridHeight, cell } = layout;
  if (line.axis === 'layer') {
    const top = layout.rowY(layout.arrangement.rowOf(line.layer));
    if (top < gridY - 1 || top + cell > gridY + gridHeight + 1) return null;
    const hangsBelow = top < gridY + 60;
    return (
      <>
        <div className="axis-outline" style={{ left: gridX, top, width: gridWidth, height: cell }} />
        {text !== null && (
          <div
            className={`tip tip-left tip-${hangsBelow ? 'below' : 'above'}`}
            style={{ left: 16, top: hangsBelow ? top + cell : top, maxWidth: layout.width }}
            aria-hidden="true"
          >
            {text}
          </div>
        )}
      </>
    );
  }
  const left = layout.columnX(line.column);
  if (left < gridX - 1 || left + cell > gridX + gridWidth + 1) return null;
  const side = left > layout.width / 2 ? 'right' : 'left';
  return (
    <>
      <div className="axis-outline" style={{ left, top: gridY, width: cell, height: gridHeight }} />
      {text !== null && (
        <div
          className={`tip tip-${side} tip-above`}
          style={{ left: left + cell / 2, top: gridY + gridHeight, maxWidth: layout.width / 2 }}
          aria-hidden="true"
        >
          {text}
        </div>
      )}
    </>
  );
}
