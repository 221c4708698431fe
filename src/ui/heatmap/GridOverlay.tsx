import { headName } from '../../figures/format.ts';
import type { HeatmapLayout } from '../../figures/heatmapLayout.ts';
import { type HeatmapView, isSameHead } from '../../figures/heatmapView.ts';
import type { Metric } from '../../figures/metric.ts';
import { activeHead } from '../../state/selection.ts';
import { useAppState } from '../appContext.ts';
import { AxisTip, CellOutline, MarkedCells } from './GridMarks.tsx';
import { HeadTip } from './HeadTip.tsx';
import { headAriaLabel } from './headText.ts';
import { lineText, type RowOrColumn } from './lineText.ts';

interface GridOverlayProps {
  readonly view: HeatmapView;
  readonly layout: HeatmapLayout;
  readonly metric: Metric;
  readonly cellId: string;
  /** Whether the pointer or the focus is in this map, and whether keys led there. */
  readonly here: boolean;
  readonly byKeyboard: boolean;
  readonly line: RowOrColumn | null;
  /** What a key did, announced to screen readers. */
  readonly liveMessage: string;
}

/** Draws what follows the pointer and the keys over the map: outlines, the tip, and the label of the active cell. */
export function GridOverlay(props: GridOverlayProps) {
  const { view, layout, metric, cellId, here, byKeyboard, line } = props;
  const hovered = useAppState((state) => state.hovered);
  const pinned = useAppState((state) => state.pinned);
  const compared = useAppState((state) => state.compared);
  const marked = useAppState((state) =>
    view.model === undefined ? undefined : state.marked?.get(view.model),
  );
  const active = useAppState(activeHead);
  const looked = hovered ?? (here && byKeyboard ? active : null);
  const place = active && layout.arrangement.place(active);
  const activeLabel = active ? headAriaLabel(view, active, metric) : '';
  // Keys that lead to a layer or a column ask for its figures; the head's own are in its panel.
  const showsLine = line !== null && byKeyboard;
  const summary = line === null ? '' : lineText(view, layout, metric, line);
  return (
    <>
      <MarkedCells layout={layout} heads={marked ?? []} />
      {compared.map((head) => (
        <CellOutline key={headName(head.layer, head.head)} layout={layout} head={head} kind="compared" />
      ))}
      <AxisTip layout={layout} line={line} text={hovered && here && !showsLine ? null : summary} />
      <CellOutline layout={layout} head={pinned} kind="pinned" />
      {/* After Escape nothing is looked at, but the keys are still somewhere. */}
      <CellOutline layout={layout} head={isSameHead(looked, pinned) ? null : looked} kind="hover" />
      <div className="visually-hidden" role="row" tabIndex={-1} aria-rowindex={(place?.row ?? 0) + 1}>
        <span
          role="gridcell"
          id={cellId}
          tabIndex={-1}
          aria-colindex={(place?.column ?? 0) + 1}
          aria-selected={active !== null && isSameHead(active, pinned)}
        >
          {activeLabel || 'no head chosen'}
        </span>
      </div>
      {hovered && here && !showsLine && (
        <HeadTip view={view} layout={layout} head={hovered} metric={metric} />
      )}
    </>
  );
}

/** Announces what keys led to, and what they did. It stands beside the grid, which may hold nothing but its rows. */
export function GridReadout({
  view,
  layout,
  metric,
  byKeyboard,
  line,
  liveMessage,
}: Omit<GridOverlayProps, 'cellId' | 'here'>) {
  const active = useAppState((state) => state.hovered ?? state.pinned);
  const messages = [
    liveMessage,
    byKeyboard && active ? headAriaLabel(view, active, metric) : '',
    line === null ? '' : lineText(view, layout, metric, line),
  ];
  return (
    <div className="visually-hidden" aria-live="polite">
      {messages.filter(Boolean).join('; ')}
    </div>
  );
}
