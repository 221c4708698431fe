import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { statusModels } from '../../state/selectors.ts';
import type { SeriesTrack } from '../../state/seriesTracks.ts';
import { useActions, useAppState } from '../appContext.ts';
import { ExportButton } from '../export/ExportButton.tsx';
import { useDocumentTheme } from '../figure/useDocumentTheme.ts';
import { useMetric } from '../figure/useMetric.ts';
import { GuideButton } from '../guide/GuideButton.tsx';
import { focusGrid } from '../heatmap/focus.ts';
import { useColourDomain } from '../heatmap/useColourDomain.ts';
import { useModelViews } from '../heatmap/useModelViews.ts';
import { FailedOpening } from '../models/FailedOpening.tsx';
import { ModelMaps } from '../models/ModelMaps.tsx';
import { DropTarget } from '../picker/DropTarget.tsx';
import { ModelPicker } from '../picker/ModelPicker.tsx';
import { useSeriesRuns } from '../series/useSeriesRuns.ts';
import { SettingsMenu } from '../settings/SettingsMenu.tsx';
import { AboutButton } from '../status/AboutButton.tsx';
import { StatusLine } from '../status/StatusLine.tsx';
import { Button } from '../widgets/Button.tsx';
import { ErrorBoundary } from '../widgets/ErrorBoundary.tsx';
import { Notice } from '../widgets/Notice.tsx';
import { AppShell } from './AppShell.tsx';
import { Controls } from './Controls.tsx';
import { Intro } from './Intro.tsx';
import {
  LazyCheckpoints,
  LazyGallery,
  LazyHeadQuestion,
  LazyMapping,
  LazyPageWaits,
  preloadWhenIdle,
} from './lazyPanels.ts';
import { Panels } from './Panels.tsx';
import { SidePanel } from './SidePanel.tsx';
import { ThemeButton } from './ThemeButton.tsx';
import { useNotebook } from './useNotebook.ts';

const NO_TRACKS: readonly SeriesTrack[] = [];

/** The page: what is shown follows from the store alone. */
export function App() {
  const actions = useActions();
  // A map of 16,000 heads is rendered in pieces, between which keys and pointer are handled.
  const models = useDeferredValue(useAppState((state) => state.models));
  const notice = useAppState((state) => state.notice);
  const isWaiting = useAppState((state) => state.waits.length > 0);
  const asksFolder = useAppState((state) => state.pendingFolder !== null);
  // In the place of the maps, above them, or null without a collection.
  const isGallery = useAppState((state) => state.collection && state.showsCollection);
  const metric = useMetric();
  useDocumentTheme(useAppState((state) => state.settings.theme));
  const [text, setText] = useState('');
  useEffect(preloadWhenIdle, []);

  const views = useModelViews(models);
  // While the slider is used, the scale covers all points of the series, so that colours mean the same at each.
  const tracks = useAppState(({ series }) =>
    series === null || series.shownIndex === null ? NO_TRACKS : series.tracks,
  );
  const runs = useSeriesRuns(tracks, metric);
  const scaled = useMemo(() => [...views, ...runs.flatMap((run) => run.views)], [views, runs]);
  const { domain, dModel } = useColourDomain(views, scaled);
  const asking = models.findIndex((model) => model.status === 'question');
  const question = models[asking]?.question ?? null;
  const notebook = useNotebook(models[0]);

  const openText = (model: string) => {
    setText(model);
    actions.models.openText(model);
  };

  return (
    <>
      <AppShell
        picker={
          <ModelPicker
            text={text}
            onText={setText}
            onOpen={openText}
            onFiles={actions.openFiles}
            onSample={() => {
              setText('');
              actions.models.openSample();
            }}
          />
        }
        tools={
          <>
            <GuideButton />
            <SettingsMenu />
            <ThemeButton />
            <ExportButton views={isGallery ? [] : views} domain={domain} />
          </>
        }
        intro={<Intro onOpen={openText} />}
        controls={<Controls views={views} domain={domain} dModel={dModel} />}
        instead={isGallery && <LazyGallery />}
        figure={
          <>
            {isGallery !== null && <LazyGallery />}
            {notice !== null && (
              <Notice kind="error" message={notice.message} where={notice.where} hint={notice.hint}>
                <Button kind="quiet" onClick={actions.page.dismissNotice}>
                  Dismiss
                </Button>
              </Notice>
            )}
            {isWaiting && <LazyPageWaits />}
            <FailedOpening />
            <ErrorBoundary>
              <ModelMaps models={models} domain={domain} dModel={dModel} />
            </ErrorBoundary>
          </>
        }
        onSkip={focusGrid}
        side={
          <ErrorBoundary>
            <SidePanel views={views} />
          </ErrorBoundary>
        }
        panel={<Panels views={views} notebook={notebook} />}
        status={
          <>
            {isGallery ? (
              <StatusLine models={[]} idle="Scores of these files; no weights are read." />
            ) : (
              <StatusLine models={statusModels(models)} />
            )}
            <AboutButton />
          </>
        }
      />
      <DropTarget onDrop={actions.openListed} />
      {asksFolder && <LazyCheckpoints />}
      {question?.kind === 'heads' && (
        <LazyHeadQuestion
          question={question}
          notes={models[asking]!.notes}
          onAnswer={(split) => actions.models.splitHeads(asking, question.splitKey, split)}
          onCancel={() => actions.models.dropQuestion(asking)}
        />
      )}
      {question?.kind === 'mapping' && (
        <LazyMapping
          question={question}
          notes={models[asking]!.notes}
          onAnswer={(mapping) => actions.models.mapTensors(asking, mapping)}
          onCancel={() => actions.models.dropQuestion(asking)}
        />
      )}
    </>
  );
}
