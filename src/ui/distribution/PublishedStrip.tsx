import { useCallback, useMemo, useState } from 'react';
import { type LayerStatistic, layerStatistic } from '../../core/published/layerStatistic.ts';
import { PUBLISHED_FAULTS, type PublishedModel, publishedOf } from '../../core/published/publishedModels.ts';
import { formatScore } from '../../figures/format.ts';
import type { FigureTheme } from '../../figures/palette.ts';
import { type PlacedModel, publishedScene } from '../../figures/publishedScene.ts';
import { canComputeLayerMetrics } from '../../state/layerMetrics.ts';
import { hasLayerMetric } from '../../state/mergeMetrics.ts';
import type { ModelState } from '../../state/modelState.ts';
import { modelNames, shownStack } from '../../state/selectors.ts';
import { useActions, useAppState } from '../appContext.ts';
import { InteractiveFigure } from '../figure/InteractiveFigure.tsx';
import { Button } from '../widgets/Button.tsx';
import { Notice } from '../widgets/Notice.tsx';
import { TableBox } from '../widgets/TableBox.tsx';
import { placeText, usePublished, veryModelText } from './published.ts';

/** Places the page's models among those that the paper published: whole layers against whole layers. */
export function PublishedStrip() {
  const models = useAppState((state) => state.models);
  const names = useMemo(() => modelNames(models), [models]);
  const { published, error } = usePublished();
  const draw = useCallback(
    (width: number, theme: FigureTheme) =>
      publishedScene(
        published ?? [],
        models.flatMap((model, index): PlacedModel[] => {
          const statistic = statisticOf(model);
          return model.model === null || statistic === null
            ? []
            : [{ title: names[index]!, statistic, index }];
        }),
        { theme, width },
      ),
    [published, models, names],
  );
  if (error !== null)
    return <Notice kind="error" message={error.message} where={error.where} hint={error.hint} />;
  if (published === null) return <p className="quiet">Reading the published scores …</p>;
  return (
    <section className="figures" aria-label="Among the paper’s published models">
      <h3>Among the paper’s published models</h3>
      {models.map((model, place) => (
        <PlaceWords key={model.key} model={model} name={names[place]!} published={published} />
      ))}
      <MeasureOffer />
      <InteractiveFigure
        draw={draw}
        views={NO_VIEWS}
        label="Median s of the paper’s published models. Left and right keys go through the models, up and down through the groups."
      />
      <p className="quiet figure-caption">
        Discs are encoders, triangles decoders (those of DETR attend both ways). The paper scores whole
        layers, M summed over the heads, which isn’t the median of its heads’ scores. Raw weights.
      </p>
      <PublishedTable published={published} />
    </section>
  );
}

const NO_VIEWS: readonly never[] = [];

/** The model's statistic; null unless all whole layers have a score, and for changed weights, since the paper's are raw. */
function statisticOf(model: ModelState): LayerStatistic | null {
  const stack = shownStack(model);
  if (stack === null || model.convention.name !== 'raw' || stack.name.endsWith('cross')) return null;
  return layerStatistic(stack);
}

function PlaceWords({
  model,
  name,
  published,
}: {
  readonly model: ModelState;
  readonly name: string;
  readonly published: readonly PublishedModel[];
}) {
  const stack = shownStack(model);
  if (model.model === null || stack === null) return null;
  const statistic = statisticOf(model);
  // The paper scored what a repository holds by default: a revision that was asked for may be other weights.
  const { choice } = model;
  const isVery = choice.kind === 'hub' && (choice.revision ?? 'main') === 'main';
  const very = isVery ? publishedOf(published, model.model.id, stack.name) : [];
  return (
    <div className="figure-caption">
      <p>
        <b>{name}</b> {statistic === null ? whyNot(model, stack.name) : placeText(published, statistic)}
      </p>
      {very.map((entry) => (
        <p key={`${entry.verdict} ${entry.kind} ${entry.median}`}>{veryModelText(entry, statistic)}</p>
      ))}
    </div>
  );
}

/** Whole layers are measured when asked for: the products of all pairs of heads are more work than the heads alone. */
function MeasureOffer() {
  const actions = useActions();
  const isWaiting = useAppState(({ models }) =>
    models.some(
      (model) =>
        model.convention.name === 'raw' && canComputeLayerMetrics(model) && !hasLayerMetric(model, 'score'),
    ),
  );
  const isRunning = useAppState(({ layerMetrics }) => layerMetrics.status === 'running');
  // Once pressed, the button stays, with the focus, also when nothing is left to measure.
  const [wasPressed, setWasPressed] = useState(false);
  if (!isWaiting && !wasPressed) return null;
  const isIdle = isRunning || !isWaiting;
  return (
    <div>
      <Button
        aria-disabled={isIdle}
        onClick={() => {
          if (isIdle) return;
          setWasPressed(true);
          actions.layerMetrics.start('score');
        }}
      >
        {isRunning ? 'Measuring …' : isWaiting ? 'Measure whole layers' : 'Whole layers are measured'}
      </Button>
    </div>
  );
}

function whyNot(model: ModelState, stack: string): string {
  if (stack.endsWith('cross'))
    return 'has no place here: in cross attention M’s rows and columns belong to different spaces.';
  if (model.convention.name !== 'raw')
    return 'has no place here: the published scores are of raw weights; these were changed.';
  if (hasLayerMetric(model, 'score'))
    return 'has no place here: some of its layers have no score, and the median of the others isn’t comparable.';
  return 'has no place yet. To place it, measure whole layers: the paper’s score isn’t the median over heads.';
}

/** The figure in rows, the untrustworthy entries with their reasons too; made when it is opened. */
function PublishedTable({ published }: { readonly published: readonly PublishedModel[] }) {
  const [isOpen, setIsOpen] = useState(false);
  const wrong = published.filter(({ why }) => why.length > 0).length;
  return (
    <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>
        Table of all {published.length} models ({wrong} with known errors)
      </summary>
      {isOpen && (
        <TableBox label="Published scores">
          <table className="data-table published-table">
            <thead>
              <tr>
                {['model', 'kind', 'layers', 'median s', 'q1', 'q3', 'remark'].map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {published.map((entry) => (
                <tr key={`${entry.models[0]} ${entry.kind} ${entry.verdict} ${entry.median}`}>
                  <th scope="row">{entry.models[0]}</th>
                  <td>{entry.kind}</td>
                  <td>{entry.s.length}</td>
                  <td>{formatScore(entry.median)}</td>
                  <td>{formatScore(entry.q1)}</td>
                  <td>{formatScore(entry.q3)}</td>
                  <td className="data-none">{entry.why.map((fault) => PUBLISHED_FAULTS[fault]).join(' ')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableBox>
      )}
    </details>
  );
}
