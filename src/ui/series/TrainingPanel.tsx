import { median } from 'd3';
import { useEffect, useMemo, useState } from 'react';
import { toWire, type WireError } from '../../core/errors.ts';
import { symmetryScore } from '../../core/metrics/symmetry.ts';
import { formatScore, formatSignificant } from '../../figures/format.ts';
import type { ModelState } from '../../state/modelState.ts';
import { type SampleRun, type SampleTraining, sampleTracks } from '../../state/sampleSeries.ts';
import { useActions, useAppState } from '../appContext.ts';
import { Notice } from '../widgets/Notice.tsx';
import { TableBox } from '../widgets/TableBox.tsx';
import { SeriesView } from './SeriesView.tsx';
import './series.css';

/** How symmetry emerged while the sample was trained, and what came out of how many seeds. */
export function TrainingPanel() {
  const actions = useActions();
  const models = useAppState((state) => state.models);
  const open = useAppState((state) => state.series);
  const [training, setTraining] = useState<SampleTraining | null>(null);
  const [error, setError] = useState<WireError | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    actions.series
      .readTraining(controller.signal)
      .then(setTraining)
      .catch((thrown: unknown) => {
        if (!controller.signal.aborted) setError(toWire(thrown));
      });
    return () => controller.abort();
  }, [actions]);
  const recorded = useMemo(
    () => (training === null ? [] : sampleTracks(training, models)),
    [training, models],
  );
  if (error !== null)
    return <Notice kind="error" message={error.message} where={error.where} hint={error.hint} />;
  if (training === null) return <p className="quiet">Reading the training record…</p>;
  const isRaw = models.every(({ convention }) => convention.name === 'raw');
  // The record becomes the page's series when the slider is first moved: until then the maps' scale is their own.
  const series = open ?? {
    unit: 'step',
    status: 'done' as const,
    tracks: recorded,
    shownIndex: null,
    bytes: null,
  };
  return (
    <div className="training">
      {!isRaw && <p className="quiet">Its record is of raw weights: choose that convention to see it.</p>}
      <SeriesView
        series={series}
        onChoose={(place) => {
          if (open === null) actions.series.open('step', recorded);
          actions.series.show(place);
        }}
      />
      {recordNotes(models).map((note) => (
        <p key={note} className="quiet">
          {note}
        </p>
      ))}
      <Outcome training={training} />
    </div>
  );
}

/** How what the maps show at a recorded step came about. */
function recordNotes(models: readonly ModelState[]): readonly string[] {
  return [...new Set(models.flatMap(({ engine, notes }) => (engine?.id === 'recorded' ? notes : [])))];
}

/** The claim and whether it held, in numbers from the record. */
function Outcome({ training }: { readonly training: SampleTraining }) {
  const { runs, baselines } = training;
  const seeds = new Set(runs.map(({ seed }) => seed)).size;
  return (
    <div className="training-outcome">
      <p>
        The paper’s claim: training in both directions makes M more symmetric. Two small transformers, same
        text, same size; {seeds === 1 ? 'one seed' : `${seeds} seeds`} of each. The maps above show seed 0.
        Held-out loss in nats per token; a bigram model has {formatSignificant(baselines.bigram)}, a unigram
        model {formatSignificant(baselines.unigram)}.
      </p>
      <TableBox label="Outcome of every training run">
        <table className="data-table">
          <thead>
            <tr>
              <th scope="col">model</th>
              <th scope="col">seed</th>
              <th scope="col">steps</th>
              <th scope="col">held-out loss</th>
              <th scope="col">median s</th>
              <th scope="col">lowest</th>
              <th scope="col">highest</th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <OutcomeRow key={`${run.kind}${run.seed}`} run={run} />
            ))}
          </tbody>
        </table>
      </TableBox>
    </div>
  );
}

function OutcomeRow({ run }: { readonly run: SampleRun }) {
  const last = run.steps.at(-1)!;
  const scores = last.r.flat().map(symmetryScore);
  return (
    <tr>
      <th scope="row">{run.kind}</th>
      <td>{run.seed}</td>
      <td>{last.step}</td>
      <td>{formatSignificant(last.heldOutLoss, 4)}</td>
      <td>{formatScore(median(scores) ?? null)}</td>
      <td>{formatScore(Math.min(...scores))}</td>
      <td>{formatScore(Math.max(...scores))}</td>
    </tr>
  );
}
