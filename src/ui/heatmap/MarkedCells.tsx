import { cellBox, type HeadRef, type HeatmapLayout } from '../../figures/heatmapLayout.ts';

interface MarkedCellsProps {
  readonly layout: HeatmapLayout;
  readonly heads: readonly HeadRef[];
}

/** Frames round the heads that a chart's bar stands for. One path, since a bar may stand for thousands. */
export function MarkedCells({ layout, heads }: MarkedCellsProps) {
  if (heads.length === 0) return null;
  const side = Math.max(layout.cell, 5) - 1;
  const path = heads
    .flatMap((head) => {
      const at = cellBox(layout, head);
      return at === null ? [] : `M${at.x - 0.5},${at.y - 0.5}h${side + 1}v${side + 1}h${-side - 1}z`;
    })
    .join('');
  return (
    <svg className="marked-cells" width={layout.width} height={layout.height} aria-hidden="true">
      <path className="marked-halo" d={path} />
      <path className="marked-line" d={path} />
    </svg>
  );
}
