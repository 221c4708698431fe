import { cellBox, type HeadRef, type HeatmapLayout } from '../../figures/heatmapLayout.ts';

interface RingProps {
  readonly layout: HeatmapLayout;
  readonly head: HeadRef | null;
  readonly kind: 'hover' | 'pinned' | 'compared';
}

/** Round the cell that is looked at, pinned or compared: the accent between two pale lines, seen on any colour of the map. */
export function Ring({ layout, head, kind }: RingProps) {
  const at = cellBox(layout, head);
  if (at === null) return null;
  // Round tiny cells the ring stands off, or it would hide what it shows.
  const side = Math.max(layout.cell, 7);
  const off = (layout.cell - side) / 2;
  return (
    <div
      className={`ring ring-${kind}`}
      style={{ left: at.x + off, top: at.y + off, width: side, height: side }}
    />
  );
}
