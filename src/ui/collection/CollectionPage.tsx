import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { CollectionLayout } from '../../state/collectionState.ts';
import { useActions, useAppState } from '../appContext.ts';
import { focusGrid } from '../heatmap/focus.ts';
import { Legend } from '../heatmap/Legend.tsx';
import { Button } from '../widgets/Button.tsx';
import { Notice } from '../widgets/Notice.tsx';
import { CollectionControls } from './CollectionControls.tsx';
import { CollectionProblems } from './CollectionProblems.tsx';
import { useCollectionView } from './useCollectionView.ts';
import './collection.css';
import { HeadPoints } from './HeadPoints.tsx';
import { MapTiles } from './MapTiles.tsx';
import { ModelList } from './ModelList.tsx';
import { ModelPoints } from './ModelPoints.tsx';
import { type ShownCollection, useShownCollection } from './useShownCollection.ts';

/** The gallery: many models' maps, small, or as points. */
export function CollectionPage() {
  const actions = useActions();
  const name = useAppState(({ collection }) => collection?.name ?? '');
  const progress = useAppState(({ collection }) => collection?.progress ?? null);
  const error = useAppState(({ collection }) => collection?.error ?? null);
  const notice = useAppState((state) => state.notice);
  const layout = useCollectionView().layout;
  const shown = useShownCollection();
  const box = useRef<HTMLElement>(null);
  useEffect(() => box.current?.focus({ preventScroll: true }), []);
  const leave = () => {
    actions.collection.show(false);
    requestAnimationFrame(focusGrid);
  };
  const dismiss = () => {
    actions.page.dismissNotice();
    // The button goes, and the keys stay in the gallery.
    box.current?.focus({ preventScroll: true });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    // A search is emptied first.
    if (event.target instanceof HTMLInputElement && event.target.value !== '') return;
    // The map that comes knows by it that this key isn’t meant for it.
    event.preventDefault();
    leave();
  };
  const { models, s } = shown.data;
  return (
    <section
      ref={box}
      className="collection"
      aria-label={`Collection ${name}`}
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      <header className="collection-head">
        <h2 className="collection-title">{name}</h2>
        <p className="quiet num" role="status">
          {models.length.toLocaleString('en')} models, {s.length.toLocaleString('en')} heads
          {progress !== null && `, ${Math.floor(progress * 100)} % read`}
          {shown.order.length < models.length && `; ${shown.order.length.toLocaleString('en')} shown`}
        </p>
        <span className="collection-leave">
          <Button kind="quiet" onClick={leave}>
            Back to the map
          </Button>
          <Button kind="quiet" onClick={actions.collection.close}>
            Close the collection
          </Button>
        </span>
      </header>
      {[error, notice].map(
        (fault, at) =>
          fault !== null && (
            <Notice
              key={at === 0 ? 'error' : 'notice'}
              kind="error"
              message={fault.message}
              where={fault.where}
              hint={fault.hint}
            >
              {fault === notice && (
                <Button kind="quiet" onClick={dismiss}>
                  Dismiss
                </Button>
              )}
            </Notice>
          ),
      )}
      <CollectionProblems data={shown.data} />
      <CollectionControls shown={shown} />
      {layout === 'maps' && (
        <div className="collection-legend">
          <Legend metric={shown.metric} domain={shown.domain} dModel={undefined} />
        </div>
      )}
      {models.length > 0 && shown.order.length === 0 && (
        <p className="collection-none">
          No model fits the search. Each of its words must be in the name, family or year.
        </p>
      )}
      <Layout layout={layout} shown={shown} />
    </section>
  );
}

function Layout({ layout, shown }: { readonly layout: CollectionLayout; readonly shown: ShownCollection }) {
  if (layout === 'maps') return <MapTiles shown={shown} />;
  return (
    <div className="collection-plot">
      {layout === 'models' ? <ModelPoints shown={shown} /> : <HeadPoints shown={shown} />}
      <ModelList shown={shown} />
    </div>
  );
}
