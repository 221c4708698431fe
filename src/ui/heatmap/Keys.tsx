import { useEffect, useRef, useState } from 'react';
import { useAppState } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';
import { Dialog } from '../widgets/Dialog.tsx';
import { lazyWithPreload } from '../widgets/lazyWithPreload.tsx';
import { focusJumpBox, isOnMap, isTyping } from './focus.ts';

const LazyKeyLists = lazyWithPreload(() => import('./KeyLists.tsx'), 'KeyLists', 480);

/** The keys that work everywhere on the page, unless Settings keep them to the maps (WCAG 2.1.4), and the list of all keys. */
export function Keys({ isMapAlone = false }: { readonly isMapAlone?: boolean }) {
  const [isOpen, setIsOpen] = useState(false);
  const isOn = useAppState((state) => state.settings.pageKeys);
  const place = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // In a shadow tree the document wouldn't learn on what the key was pressed.
    const root = place.current?.getRootNode() ?? document;
    const onKeyDown = (event: Event) => {
      if (!(event instanceof KeyboardEvent)) return;
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (!isOn && !isOnMap(event.target)) return;
      if (event.key === '/') focusJumpBox();
      else if (event.key === '?') setIsOpen(true);
      else return;
      event.preventDefault();
    };
    root.addEventListener('keydown', onKeyDown);
    return () => root.removeEventListener('keydown', onKeyDown);
  }, [isOn]);
  return (
    <>
      <Button
        ref={place}
        kind="quiet"
        className="button-sign"
        aria-label="Keys"
        title={`Keys of the map${isOn ? ' (key: ?)' : ''}`}
        onClick={() => setIsOpen(true)}
      >
        ?
      </Button>
      <Dialog open={isOpen} title="Keys" onClose={() => setIsOpen(false)}>
        {isOpen && <LazyKeyLists isOn={isOn} isMapAlone={isMapAlone} />}
        <div className="dialog-actions">
          <Button onClick={() => setIsOpen(false)}>Close</Button>
        </div>
      </Dialog>
    </>
  );
}
