import { useEffect, useLayoutEffect, useState } from 'react';
import { useActions, useAppState, useAppStore } from '../appContext.ts';
import { useDocumentTheme } from '../figure/useDocumentTheme.ts';
import { StandaloneMaps } from '../heatmap/StandaloneMaps.tsx';
import { useModelViews } from '../heatmap/useModelViews.ts';
import { ModelProgress } from '../models/ModelProgress.tsx';
import { OriginMark } from '../models/OriginMark.tsx';
import { Stopped } from '../models/Stopped.tsx';
import { viewsOfModels } from '../modelViews.ts';
import { Notice } from '../widgets/Notice.tsx';
import { EmbedNote } from './EmbedNote.tsx';
import { postMapEvents } from './embedMessages.ts';
import { embedOptions } from './embedOptions.ts';

interface EmbeddedPageProps {
  /** The fragment that the page was opened with; the address changes with the view. */
  readonly fragment: string;
}

/** `?embed=1`: what a link names as a map with its scale and hands, for a frame in another page. */
export function EmbeddedPage({ fragment }: EmbeddedPageProps) {
  const store = useAppStore();
  const actions = useActions();
  const models = useAppState((state) => state.models);
  const notice = useAppState((state) => state.notice);
  const [options] = useState(() =>
    embedOptions(location.search, {
      ancestorOrigins: location.ancestorOrigins,
      referrer: document.referrer,
    }),
  );
  useDocumentTheme(useAppState((state) => state.settings.theme));
  useLayoutEffect(() => actions.settings.set({ theme: options.themeChoice }), [actions, options]);
  useEffect(() => {
    const { origin } = options;
    if (window.parent === window || origin === null) return;
    return postMapEvents(store, (message) => window.parent.postMessage(message, origin));
  }, [store, options]);
  const views = useModelViews(models);
  const maps = viewsOfModels(models).map((view, index) => {
    const model = models[index]!;
    return {
      key: index === 0 ? 'first' : 'second',
      view,
      label: model.requestLabel,
      // The sample's scores come with the page: that they are confirmed meanwhile is of no interest in a frame.
      origin: model.origin !== null && <OriginMark model={model} index={index} />,
      progress: !model.isPrecomputed && (
        <>
          <ModelProgress model={model} />
          <Stopped model={model} index={index} />
        </>
      ),
      note: <EmbedNote model={model} index={index} />,
    };
  });
  return (
    <>
      {notice !== null && (
        <Notice kind="error" message={notice.message} where={notice.where} hint={notice.hint} />
      )}
      <StandaloneMaps maps={maps} views={views} foot={<OpenInFull fragment={fragment} />} />
    </>
  );
}

/** The whole page with the link that the frame was given last. */
function OpenInFull({ fragment }: EmbeddedPageProps) {
  const [current, setCurrent] = useState(fragment);
  useEffect(() => {
    // What the view writes into the address fires no such event: this is the page around it, which gave another link.
    const follow = () => setCurrent(location.hash);
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  return (
    <a href={location.pathname + current} target="_blank" rel="noopener">
      Open in QKScope
    </a>
  );
}
