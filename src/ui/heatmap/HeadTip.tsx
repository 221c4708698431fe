import { cellBox } from '../../figures/gridGeometry.ts';
import type { HeatmapLayout } from '../../figures/heatmapLayout.ts';
import type { HeadRef, HeatmapView } from '../../figures/heatmapView.ts';
import type { Metric } from '../../figures/metric.ts';
import { HeadValues } from './HeadValues.tsx';

/** Height that a tip takes with its distance, px: two lines. */
const TIP = 56;

interface HeadTipProps {
  readonly view: HeatmapView;
  readonly layout: HeatmapLayout;
  readonly head: HeadRef;
  readonly metric: Metric;
}

/** The readout near the pointer, beyond the head's neighbours, whose values stay in view. */
export function HeadTip({ view, layout, head, metric }: HeadTipProps) {
  const box = cellBox(layout, head);
  if (box === null) return null;
  const { cell, width, height } = layout;
  const x = box.x + cell / 2;
  const above = box.y - cell;
  const below = box.y + 2 * cell;
  const hangs = above < TIP && height - below > above;
  // A map of two or three rows has no such place: there it touches the cell.
  const back = Math.max(above, height - below) < TIP ? cell : 0;
  const side = x < width / 3 ? 'left' : x > (2 * width) / 3 ? 'right' : 'middle';
  return (
    <div
      className={`tip head-tip tip-${hangs ? 'below' : 'above'} tip-${side}`}
      // Two thirds of the map at most: wherever it hangs, it stays within it.
      style={{ left: x, top: hangs ? below - back : above + back, maxWidth: (width * 2) / 3 }}
      aria-hidden="true"
    >
      <HeadValues view={view} head={head} metric={metric} />
    </div>
  );
}
