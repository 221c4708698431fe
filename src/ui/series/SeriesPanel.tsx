import { useEffect, useMemo } from 'react';
import { folderCheckpoints } from '../../state/folder.ts';
import type { ModelState } from '../../state/modelState.ts';
import { useActions, useAppState } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';
import { Notice } from '../widgets/Notice.tsx';
import { RefsReading } from '../widgets/RefsReading.tsx';
import { hubCandidates, type SeriesCandidate } from './candidates.ts';
import { SeriesPlan } from './SeriesPlan.tsx';
import { SeriesProgress } from './SeriesProgress.tsx';
import { SeriesView } from './SeriesView.tsx';
import './series.css';

/** Revisions of the open model over training: chosen, scored, scrubbed through. */
export function SeriesPanel() {
  const actions = useActions();
  const series = useAppState((state) => state.series);
  const model = useAppState((state) => state.models[0]);
  if (series !== null)
    return (
      <div className="series">
        <div className="series-head">
          <SeriesProgress series={series} />
          <Button kind="quiet" onClick={actions.series.drop}>
            Another series
          </Button>
        </div>
        <SeriesView series={series} />
      </div>
    );
  if (model?.choice.kind === 'hub')
    return <HubSeries model={model} repo={model.model?.id ?? model.choice.repo} />;
  if (model?.choice.kind === 'local') return <FolderSeries model={model} />;
  return null;
}

function HubSeries({ model, repo }: { readonly model: ModelState; readonly repo: string }) {
  const actions = useActions();
  const refs = useAppState((state) => state.refs);
  useEffect(() => actions.revisions.listRefs(repo), [actions, repo]);
  const list = refs?.repo === repo ? refs.list : null;
  const candidates = useMemo(
    () => (list === null ? [] : hubCandidates(repo, list, model.choice)),
    [repo, list, model.choice],
  );
  if (refs === null || refs.repo !== repo || refs.status === 'reading') return <RefsReading repo={repo} />;
  if (refs.status === 'failed' && refs.error !== null)
    return (
      <Notice kind="error" message={refs.error.message} where={refs.error.where} hint={refs.error.hint}>
        <Button onClick={() => actions.revisions.listRefs(repo)}>Try again</Button>
      </Notice>
    );
  return <Plan model={model} candidates={candidates} none={`${repo} has one revision alone.`} />;
}

function FolderSeries({ model }: { readonly model: ModelState }) {
  const folder = useAppState((state) => state.folder);
  const candidates = useMemo(
    (): SeriesCandidate[] =>
      folder === null
        ? []
        : [{ name: folder.pattern, word: folder.word, points: folderCheckpoints(folder, model.choice) }],
    [folder, model.choice],
  );
  return (
    <Plan
      model={model}
      candidates={candidates}
      none="Drop a folder that holds checkpoints (checkpoint-500, step1000, …) to see heads change over training."
    />
  );
}

function Plan({
  model,
  candidates,
  none,
}: {
  readonly model: ModelState;
  readonly candidates: readonly SeriesCandidate[];
  readonly none: string;
}) {
  if (candidates.length === 0) return <p className="quiet">{none}</p>;
  return (
    <div className="series">
      <p>
        Its revisions, scored one after another: a slider sets the map, and each head has a curve over
        training.
      </p>
      <SeriesPlan model={model} candidates={candidates} />
    </div>
  );
}
