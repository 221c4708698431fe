import type { HeatmapLayout } from '../../figures/heatmapLayout.ts';
import type { MapLine } from './lineText.ts';

interface LineMarkProps {
  readonly layout: HeatmapLayout;
  readonly line: MapLine | null;
  /** Left out where a head's own tip is shown. */
  readonly text: string | null;
}

/** Rules along the layer or the column that was chosen, and its figures. */
export function LineMark({ layout, line, text }: LineMarkProps) {
  if (line === null) return null;
  const { gridX, gridY, gridWidth, gridHeight, cell } = layout;
  if (line.axis === 'layer') {
    const top = layout.rowY(layout.arrangement.rowOf(line.layer));
    if (top < gridY - 1 || top + cell > gridY + gridHeight + 1) return null;
    const hangs = top < gridY + 60;
    return (
      <>
        <div className="line-mark" style={{ left: gridX, top, width: gridWidth, height: cell }} />
        {text !== null && (
          <div
            className={`tip tip-left tip-${hangs ? 'below' : 'above'}`}
            style={{ left: 16, top: hangs ? top + cell : top, maxWidth: layout.width }}
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
      <div className="line-mark" style={{ left, top: gridY, width: cell, height: gridHeight }} />
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
