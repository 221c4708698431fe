import { useCallback, useMemo, useState } from 'react';
import { type CheckpointMark, markNotes, markText } from '../../core/series/index.ts';
import { addCitation } from '../../figures/citation.ts';
import { bandsOf } from '../../figures/nullBand.ts';
import { FIGURE_THEMES, type FigureTheme } from '../../figures/palette.ts';
import { hasCurves } from '../../figures/trainingRun.ts';
import { type TrainingOptions, trainingScene } from '../../figures/trainingScene.ts';
import { marksOf } from '../../state/seriesMarks.ts';
import type { SeriesState } from '../../state/seriesTracks.ts';
import { useActions, useAppState } from '../appContext.ts';
import { exportName } from '../export/download.ts';
import { ExportMenu } from '../export/ExportMenu.tsx';
import { SceneFigure } from '../figure/SceneFigure.tsx';
import { useMetric } from '../figure/useMetric.ts';
import { Notice } from '../widgets/Notice.tsx';
import { Segmented } from '../widgets/Segmented.tsx';
import { FilesCheck } from './FilesCheck.tsx';
import { markedRuns } from './markedRuns.ts';
import { mixedWeights } from './mixedWeights.ts';
import { Scrubber } from './Scrubber.tsx';
import { SeriesMarks } from './SeriesMarks.tsx';
import { SeriesTable } from './SeriesTable.tsx';
import { seriesCsv, seriesJson } from './seriesExport.ts';
import { seriesSummary } from './seriesSummary.ts';
import { useSeriesRuns } from './useSeriesRuns.ts';
import './series.css';

interface SeriesViewProps {
  readonly series: SeriesState;
  readonly onChoose?: (place: number) => void;
}

/** A series' curves, the slider that sets the map, and the table of the same numbers. */
export function SeriesView({ series, onChoose }: SeriesViewProps) {
  const actions = useActions();
  const models = useAppState((state) => state.models);
  const pinned = useAppState((state) => state.pinned);
  const metric = useMetric();
  const [spacing, setSpacing] = useState<'linear' | 'log'>('linear');
  const { unit, shownIndex, tracks, includesMarked = false } = series;
  const files = useAppState((state) => state.revisionFiles);
  const marks = useMemo(() => tracks.map((track) => marksOf(track, files)), [tracks, files]);
  const unmarked = useSeriesRuns(tracks, metric);
  const runs = useMemo(() => markedRuns(unmarked, marks, includesMarked), [unmarked, marks, includesMarked]);
  const places = useMemo(() => runs[0]?.places ?? [], [runs]);
  const points = tracks[0]?.checkpoints ?? [];
  const hasSteps = points.every(({ step }) => step !== null);
  const bands = useMemo(
    () =>
      bandsOf(
        runs.flatMap(({ views }) => views),
        metric,
      ),
    [runs, metric],
  );
  const options: Omit<TrainingOptions, 'theme' | 'width'> = useMemo(
    () => ({
      metric,
      band: bands.length === 1 ? (bands[0] ?? null) : null,
      axis: unit === 'revision' ? 'revision, in the hub’s order' : `training ${unit}`,
      spacing,
      title: `${metric.name} of every head over ${unit}s`,
      at: shownIndex === null ? null : places.indexOf(shownIndex),
      pinned,
    }),
    [metric, bands, unit, shownIndex, spacing, places, pinned],
  );
  const draw = useCallback(
    (width: number, theme: FigureTheme) =>
      trainingScene(
        runs.map(({ run }) => run),
        { ...options, theme, width: Math.min(width, 1100) },
      ),
    [runs, options],
  );
  // It isn't rendered again for each byte that arrives.
  const table = useMemo(
    () => <SeriesTable series={{ unit, shownIndex, tracks }} {...{ runs, marks }} />,
    [unit, shownIndex, tracks, runs, marks],
  );
  const mixed = tracks.flatMap((track) => mixedWeights(track) ?? []);
  const results = () =>
    tracks.flatMap((track) => track.checkpoints.flatMap(({ scored }) => scored?.result ?? []));
  const leftOut = runs.flatMap((run) => run.leftOut);
  const isDrawn = runs.some(({ run }) => hasCurves(run));
  const isKnown = runs.some(({ run }) =>
    run.steps.some(({ values }) => values.flat().some((value) => value !== null)),
  );
  return (
    <div className="series">
      <div className="series-tools">
        <Scrubber
          places={places}
          labelOf={(place) => pointText(points[place]?.label, marks[0]?.[place])}
          {...(onChoose === undefined ? {} : { onChoose })}
        />
        {hasSteps && (
          <Segmented
            label="steps"
            options={[
              { value: 'linear', label: 'even', title: 'equal steps, equal distances' },
              { value: 'log', label: 'log', title: 'by the logarithm of step + 1' },
            ]}
            value={spacing}
            onChange={setSpacing}
          />
        )}
        <ExportMenu
          label="Export the curves"
          fileName={`${exportName(models.flatMap(({ model }) => model ?? []))}-series`}
          disabled={places.length === 0}
          makeScene={() =>
            addCitation(
              trainingScene(
                runs.map(({ run }) => run),
                { ...options, theme: FIGURE_THEMES.light, width: 960 },
              ),
              results(),
              FIGURE_THEMES.light,
              [...mixed, ...marks.flatMap(markNotes)],
            )
          }
          makeJson={() => seriesJson(tracks, marks)}
          makeCsv={() => seriesCsv(tracks, marks)}
          onError={actions.page.showError}
        />
      </div>
      {places.length > 0 && !isDrawn && (
        <p className="quiet">{`${metric.name} isn’t recorded over these points, so there are no curves of it: r and s have them.`}</p>
      )}
      {isDrawn && <SceneFigure draw={draw} />}
      {runs.map(({ run }) => {
        const summary = seriesSummary(run, metric);
        return summary === null ? null : (
          <p key={run.name} className="series-summary">
            {tracks.length > 1 ? `${run.name}: ${summary}` : summary}
          </p>
        );
      })}
      <SeriesMarks series={{ tracks, includesMarked }} marks={marks} />
      <FilesCheck points={points} />
      {mixed.map((text) => (
        <Notice key={text} kind="warning" message={text} />
      ))}
      {leftOut.length > 0 && (
        <p className="quiet">
          {`Left out of the curves, since their layers × heads differ from the first one’s: ${leftOut.join(', ')}.`}
        </p>
      )}
      <details open={!isDrawn && isKnown}>
        <summary>The curves in numbers</summary>
        {table}
      </details>
    </div>
  );
}

/** A point's name on the slider, with what is to be known of it. */
function pointText(label = '', mark: CheckpointMark | undefined): string {
  const text = mark === undefined || mark.flag === null ? null : markText(mark);
  return text === null ? label : `${label}: ${text}`;
}
