import type { HeadRef, HeatmapLayout, HeatmapView } from '../../figures/heatmapLayout.ts';

interface MarkedCellsProps {
  readonly view: HeatmapView;
  readonly layout: HeatmapLayout;
  readonly heads: readonly HeadRef[];
}

/** Frames round the heads that a chart's bar stands for. One path, since a bar may stand for thousands. */
export function MarkedCells({ view, layout, heads }: MarkedCellsProps) {
  if (heads.length === 0) return null;
  const rows = new Map(view.rows.map((row, index) => [row.layer, index]));
  const side = Math.max(layout.cell, 5) - 1;
  const path = heads
    .flatMap(({ layer, head }) => {
      const row = rows.get(layer);
      if (row === undefined || head >= layout.columns) return [];
      return `M${layout.columnX(head) - 0.5},${layout.gridY + row * layout.cell - 0.5}h${side + 1}v${side + 1}h${-side - 1}z`;
    })
    .join('');
  return (
    <svg className="marked-cells" width={layout.width} height={layout.height} aria-hidden="true">
      <path className="marked-halo" d={path} />
      <path className="marked-line" d={path} />
    </svg>
  );
}
