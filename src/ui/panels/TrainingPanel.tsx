import { median } from 'd3';
import { useCallback, useEffect, useState } from 'react';
import { symmetryScore, toWire, type WireError } from '../../core/index.ts';
import { formatScore, formatSignificant } from '../../figures/format.ts';
import { metricFor } from '../../figures/metric.ts';
import { FIGURE_THEMES, type ThemeName } from '../../figures/palette.ts';
import { trainingScene } from '../../figures/trainingScene.ts';
import { fetchSampleTraining, type SampleRun, type SampleTraining } from '../../state/sampleTraining.ts';
import { useAppState } from '../appContext.ts';
import { Notice } from '../widgets/Notice.tsx';
import { SceneFigure } from './SceneFigure.tsx';

const KIND_NAMES = { masked: 'masked', causal: 'causal' } as const;

/** How symmetry emerged while the sample was trained, and what came out of how many seeds. */
export function TrainingPanel({ theme }: { readonly theme: ThemeName }) {
  const metric = metricFor(useAppState((state) => state.metric));
  const [training, setTraining] = useState<SampleTraining | null>(null);
  const [error, setError] = useState<WireError | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    fetchSampleTraining(new URL('sample/training.json', document.baseURI).href, controller.signal)
      .then(setTraining)
      .catch((thrown: unknown) => {
        if (!controller.signal.aborted) setError(toWire(thrown));
      });
    return () => controller.abort();
  }, []);
  const draw = useCallback(
    (width: number) => {
      const runs = (training?.runs ?? [])
        .filter((run) => run.bundled)
        .map((run) => ({ name: KIND_NAMES[run.kind], steps: run.steps }));
      return trainingScene(runs, {
        metric,
        theme: FIGURE_THEMES[theme],
        width: Math.min(width, 1100),
        dModel: training?.model.dModel ?? 1,
      });
    },
    [training, metric, theme],
  );
  if (error !== null)
    return <Notice kind="error" message={error.message} where={error.where} hint={error.hint} />;
  if (training === null) return <p className="quiet">Reading the training record…</p>;
  return (
    <div className="training">
      <SceneFigure draw={draw} />
      <Outcome training={training} />
    </div>
  );
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
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keys */}
      <section className="table-box" tabIndex={0} aria-label="Outcome of every training run">
        <table className="data-table">
          <thead>
            <tr>
              <th scope="col">sister</th>
              <th scope="col">seed</th>
              <th scope="col">steps</th>
              <th scope="col">held-out loss</th>
              <th scope="col">median s of its heads</th>
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
      </section>
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
