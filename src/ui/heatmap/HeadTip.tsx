import { formatScore, metricOf } from '../../figures/format.ts';
import type { HeadRef, HeatmapLayout, HeatmapView } from '../../figures/heatmapLayout.ts';
import { headState, nameOf } from './headText.ts';

interface HeadTipProps {
  readonly view: HeatmapView;
  readonly layout: HeatmapLayout;
  readonly head: HeadRef;
}

/** The readout beside the pointer: "L5H1 · r 0.5499 · s 0.0998". */
export function HeadTip({ view, layout, head }: HeadTipProps) {
  const row = view.rows.findIndex((candidate) => candidate.layer === head.layer);
  if (row < 0 || head.head >= (view.rows[row]?.shape?.heads ?? layout.columns)) return null;
  const x = layout.columnX(head.head) + layout.cell / 2;
  const [above, below] = [layout.gridY + row * layout.cell, layout.gridY + (row + 1) * layout.cell];
  // In the upper rows the tip hangs below the cell, so that it never leaves the figure.
  const hangs = row < 2 || above < 60;
  const side = x < layout.width / 3 ? 'left' : x > (2 * layout.width) / 3 ? 'right' : 'middle';
  return (
    <div
      className={`tip tip-${hangs ? 'below' : 'above'} tip-${side}`}
      style={{ left: x, top: hangs ? below : above }}
      aria-hidden="true"
    >
      <b>{nameOf(view, head)}</b> <TipValues view={view} head={head} />
    </div>
  );
}

function TipValues({ view, head }: Pick<HeadTipProps, 'view' | 'head'>) {
  const state = headState(view, head);
  if (state.kind === 'waiting') return <span className="quiet">not scored yet</span>;
  if (state.kind === 'undefined') return <span className="tip-reason">{state.reason}</span>;
  return (
    <>
      {'· r '}
      <span className="num">{formatScore(metricOf(state.s, 'r'))}</span>
      {' · s '}
      <span className="num">{formatScore(state.s)}</span>
    </>
  );
}
