import type { HeadRef, HeatmapLayout, HeatmapView } from '../../figures/heatmapLayout.ts';

interface RingProps {
  readonly view: HeatmapView;
  readonly layout: HeatmapLayout;
  readonly head: HeadRef | null;
  readonly kind: 'hover' | 'pinned';
}

/** Round the cell that is looked at or pinned: the accent between two pale lines, seen on any colour of the map. */
export function Ring({ view, layout, head, kind }: RingProps) {
  const row = view.rows.findIndex((candidate) => candidate.layer === head?.layer);
  if (head === null || row < 0 || head.head >= layout.columns) return null;
  // Round tiny cells the ring stands off, or it would hide what it shows.
  const side = Math.max(layout.cell, 7);
  const middle = layout.cell / 2;
  const left = layout.columnX(head.head) + middle - side / 2;
  const top = layout.gridY + row * layout.cell + middle - side / 2;
  return <div className={`ring ring-${kind}`} style={{ left, top, width: side, height: side }} />;
}
