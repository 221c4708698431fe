import { formatBytes } from '../../figures/format.ts';
import type { SeriesState } from '../../state/seriesTracks.ts';
import { useActions, useAppState } from '../appContext.ts';
import { senderName } from '../waitNames.ts';
import { Button } from '../widgets/Button.tsx';
import { ProgressBar } from '../widgets/ProgressBar.tsx';
import { WorkWaiting } from '../widgets/WorkWaiting.tsx';

/** How far the series is; Cancel; what can go on. Its room is kept, so that nothing jumps when it ends. */
export function SeriesProgress({ series }: { readonly series: SeriesState }) {
  const actions = useActions();
  const points = series.tracks.flatMap((track) => track.checkpoints);
  const done = points.filter(({ status }) => status === 'done').length;
  const failed = points.filter(({ status }) => status === 'failed').length;
  const running = points.find(({ status }) => status === 'running');
  const { bytes } = series;
  const hubUrl = useAppState((state) => state.settings.hubUrl);
  if (series.status === 'running') {
    const part = bytes === null || bytes.planned === 0 ? 0 : bytes.read / bytes.planned;
    const read = bytes === null ? '' : `, ${formatBytes(bytes.read)} of ${formatBytes(bytes.planned)}`;
    return (
      <div className="series-progress">
        <ProgressBar
          label="scoring"
          text={
            running === undefined
              ? 'the open model comes first'
              : `${running.label}: ${done + failed + 1} of ${points.length}${read}`
          }
          value={(done + failed + part) / points.length}
        >
          {running !== undefined && (
            <WorkWaiting
              news={`${running.label} ${bytes?.read}`}
              what={`${senderName(running.choice, hubUrl)} to give ${running.label}, or for the engine to score it`}
              wayOn="Cancel the series: that"
            />
          )}
        </ProgressBar>
        <Button kind="quiet" onClick={actions.series.cancel}>
          Cancel the series
        </Button>
      </div>
    );
  }
  const left = points.length - done;
  const stale = points.filter(({ status }) => status === 'stale').length;
  const verb =
    stale > 0
      ? `Score the ${left} again`
      : series.status === 'cancelled'
        ? `Score the other ${left}`
        : `Try the ${left} again`;
  return (
    <div className="series-progress">
      <p className="quiet" role="status">
        {`${done} of ${points.length} scored${failed > 0 ? `, ${failed} failed` : ''}.`}
        {stale > 0 &&
          ` ${stale} were scored under another convention, head split or choice of weights, and need scoring again.`}
      </p>
      {left > 0 && <Button onClick={actions.series.resume}>{verb}</Button>}
    </div>
  );
}
