import { Fragment } from 'react';
import type { HeadRef, HeatmapView } from '../../figures/heatmapView.ts';
import { type Metric, metricsOf } from '../../figures/metric.ts';
import { headRank } from './headRank.ts';
import { headState, nameOf } from './headText.ts';

interface HeadValuesProps {
  readonly view: HeatmapView;
  readonly head: HeadRef;
  readonly metric: Metric;
}

/** A head in one line, as the head panel has it: "L5H1 · s 0.0998 · r 0.5499 · z 9.0 · ‖M‖ 3.63 · rank 82 of 384". */
export function HeadValues({ view, head, metric }: HeadValuesProps) {
  return (
    <>
      <b>{nameOf(view, head)}</b>
      <Values view={view} head={head} metric={metric} />
    </>
  );
}

function Values({ view, head, metric }: HeadValuesProps) {
  const state = headState(view, head, metric);
  if (state.kind === 'waiting') return <span className="quiet"> not scored yet</span>;
  if (state.kind === 'undefined') return <span className="tip-reason">{state.reason}</span>;
  const shown = [...(metric.readoutMetrics ?? metricsOf([view]))];
  if (!shown.includes(metric)) shown.push(metric);
  const place = metric.readoutMetrics === undefined ? headRank(view, head) : null;
  return (
    <>
      {shown.map((each) => {
        const value = headState(view, head, each);
        // What isn't measured has no line; what a difference is made of has one all the same.
        if (value.kind !== 'scored' && metric.readoutMetrics === undefined) return null;
        return (
          <Fragment key={each.id}>
            {' · '}
            <span className="head-value">
              {each.label}{' '}
              <span className="num">{value.kind === 'scored' ? each.format(value.value) : '—'}</span>
            </span>
          </Fragment>
        );
      })}
      {place !== null && ' · '}
      {place !== null && (
        <span className="head-value">
          rank {place.rank} of {place.of}
        </span>
      )}
    </>
  );
}
