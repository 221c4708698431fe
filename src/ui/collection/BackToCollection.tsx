import { useEffect } from 'react';
import { useActions, useAppState, useAppStore } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';
import './collection.css';

/** The way from a map back to the gallery that it was opened from; Escape goes it too, where nothing is pinned. */
export function BackToCollection() {
  const actions = useActions();
  const store = useAppStore();
  const name = useAppState(({ collection }) => collection?.name ?? '');
  const count = useAppState(({ collection }) => collection?.data.models.length ?? 0);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const { pinned, compared, models } = store.getState();
      const isOwn = models.some(({ origin }) => origin?.kind === 'collection');
      const isFree =
        pinned === null &&
        compared.length === 0 &&
        document.querySelector('dialog[open], details[open]') === null;
      const isTyping = event.target instanceof HTMLInputElement && event.target.value !== '';
      if (event.key === 'Escape' && !event.defaultPrevented && isOwn && isFree && !isTyping)
        actions.collection.show(true);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [store, actions]);
  return (
    <p className="collection-back">
      <Button kind="quiet" onClick={() => actions.collection.show(true)}>
        ← {count.toLocaleString('en')} models of {name}
      </Button>
      <Button
        kind="quiet"
        className="button-sign"
        aria-label={`Close the collection ${name}`}
        title="Close the collection"
        onClick={actions.collection.close}
      >
        ×
      </Button>
    </p>
  );
}
