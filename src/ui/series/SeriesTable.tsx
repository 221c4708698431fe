import { max, median, min } from 'd3';
import { type CheckpointMark, markText } from '../../core/series/index.ts';
import { headName } from '../../figures/format.ts';
import type { HeadRef } from '../../figures/heatmapView.ts';
import type { Metric } from '../../figures/metric.ts';
import { headValue, knownValues } from '../../figures/metricValues.ts';
import type { SeriesCheckpoint, SeriesState } from '../../state/seriesTracks.ts';
import { useAppState } from '../appContext.ts';
import { useMetric } from '../figure/useMetric.ts';
import { TableBox } from '../widgets/TableBox.tsx';
import type { SeriesRun } from './seriesRuns.ts';

interface SeriesTableProps {
  readonly series: Pick<SeriesState, 'unit' | 'shownIndex' | 'tracks'>;
  readonly runs: readonly SeriesRun[];
  /** The marks of each track's points. */
  readonly marks: readonly (readonly CheckpointMark[])[];
}

/** The curves in numbers: a row a point, also of those that have none, and why. */
export function SeriesTable({ series, runs, marks }: SeriesTableProps) {
  const metric = useMetric();
  const pinned = useAppState((state) => state.pinned);
  const hasMarks = marks.flat().some((mark) => markText(mark) !== null);
  const name = `${metric.label} over the series`;
  return (
    <TableBox label={name}>
      <table className="data-table series-table">
        <caption>
          {name}: all heads of the map that is shown{pinned ? ', and the pinned one' : ''}
        </caption>
        <thead>
          <tr>
            {series.tracks.length > 1 && <th scope="col">model</th>}
            <th scope="col">{series.unit}</th>
            <th scope="col">median</th>
            <th scope="col">lowest</th>
            <th scope="col">highest</th>
            {pinned && <th scope="col">{headName(pinned.layer, pinned.head)}</th>}
            {hasMarks && (
              <th scope="col" className="series-note">
                note
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {series.tracks.flatMap((track, index) =>
            track.checkpoints.map((point, place) => (
              <Row
                key={`${track.name} ${point.label}`}
                model={series.tracks.length > 1 ? track.name : null}
                point={point}
                view={runs[index]?.views[runs[index].places.indexOf(place)]}
                metric={metric}
                pinned={pinned}
                isShown={series.shownIndex === place}
                {...(hasMarks ? { mark: marks[index]?.[place] } : {})}
              />
            )),
          )}
        </tbody>
      </table>
    </TableBox>
  );
}

interface RowProps {
  readonly metric: Metric;
  readonly pinned: HeadRef | null;
  readonly model: string | null;
  readonly point: SeriesCheckpoint;
  readonly view: SeriesRun['views'][number] | undefined;
  readonly isShown: boolean;
  /** Left out where no row has a note. */
  readonly mark?: CheckpointMark | undefined;
}

function Row({ model, point, view, metric, pinned, isShown, mark }: RowProps) {
  const values = view === undefined ? null : knownValues(view, metric);
  return (
    <tr aria-current={isShown ? 'true' : undefined} data-flagged={mark?.flag != null || undefined}>
      {model !== null && <th scope="row">{model}</th>}
      <th scope="row">{point.label}</th>
      {values === null || view === undefined ? (
        <td colSpan={pinned ? 4 : 3} className="data-none">
          {stateText(point)}
        </td>
      ) : (
        <>
          <td>{metric.format(median(values) ?? null)}</td>
          <td>{metric.format(min(values) ?? null)}</td>
          <td>{metric.format(max(values) ?? null)}</td>
          {pinned && <td>{metric.format(headValue(view, pinned, metric))}</td>}
        </>
      )}
      {mark !== undefined && <td className="series-note">{markText(mark)}</td>}
    </tr>
  );
}

function stateText({ status, error }: SeriesCheckpoint): string {
  if (status === 'waiting') return 'not scored yet';
  if (status === 'stale') return 'needs scoring again';
  if (status === 'running') return 'being scored';
  if (status === 'failed') return [error?.message, error?.hint].filter(Boolean).join(' ');
  return 'other layers × heads: not in the curves';
}
