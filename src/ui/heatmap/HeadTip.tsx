import { Fragment } from 'react';
import { cellBox } from '../../figures/gridGeometry.ts';
import type { HeatmapLayout } from '../../figures/heatmapLayout.ts';
import type { HeadRef, HeatmapView } from '../../figures/heatmapView.ts';
import { type Metric, metricFor } from '../../figures/metric.ts';
import { headState, nameOf } from './headText.ts';

interface HeadTipProps {
  readonly view: HeatmapView;
  readonly layout: HeatmapLayout;
  readonly head: HeadRef;
  readonly metric: Metric;
}

/** The readout beside the pointer: "L5H1 · r 0.5499 · s 0.0998". */
export function HeadTip({ view, layout, head, metric }: HeadTipProps) {
  const box = cellBox(layout, head);
  if (box === null) return null;
  const x = box.x + layout.cell / 2;
  const [above, below] = [box.y, box.y + layout.cell];
  // In the upper rows the tip hangs below the cell, so that it never leaves the figure.
  const hangs = above < layout.gridY + 2 * layout.cell || above < 60;
  const side = x < layout.width / 3 ? 'left' : x > (2 * layout.width) / 3 ? 'right' : 'middle';
  return (
    <div
      className={`tip tip-${hangs ? 'below' : 'above'} tip-${side}`}
      // Two thirds of the map at most: wherever it hangs, it stays within it.
      style={{ left: x, top: hangs ? below : above, maxWidth: (layout.width * 2) / 3 }}
      aria-hidden="true"
    >
      <b>{nameOf(view, head)}</b>
      <TipValues view={view} head={head} metric={metric} />
    </div>
  );
}

/** r and s, or what the metric is made of; then what the map shows if it is something else. */
function TipValues({ view, head, metric }: Pick<HeadTipProps, 'view' | 'head' | 'metric'>) {
  const state = headState(view, head, metric);
  if (state.kind === 'waiting') return <span className="quiet"> not scored yet</span>;
  if (state.kind === 'undefined') return <span className="tip-reason">{state.reason}</span>;
  const shown = [...(metric.readoutMetrics ?? [metricFor('r'), metricFor('s')])];
  if (!shown.includes(metric)) shown.push(metric);
  return shown.map((each) => {
    const value = headState(view, head, each);
    return (
      <Fragment key={each.id}>
        {` · ${each.label} `}
        <span className="num">{value.kind === 'scored' ? each.format(value.value) : '—'}</span>
      </Fragment>
    );
  });
}
