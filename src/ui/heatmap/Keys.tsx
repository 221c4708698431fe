import { useEffect, useState } from 'react';
import { useAppState } from '../appContext.ts';
import { Button } from '../widgets/Button.tsx';
import { Dialog } from '../widgets/Dialog.tsx';
import { focusJumpBox, isOnMap, isTyping } from './focus.ts';

const ON_MAP: readonly (readonly [keys: string, what: string])[] = [
  ['← ↑ → ↓', 'move by a head or a layer'],
  ['Home End', 'first and last head of the layer; with Ctrl, of the map'],
  ['Page Up, Page Down', 'eight layers'],
  ['[ ]', 'previous and next layer, and its median'],
  [', .', 'previous and next column, and its mean'],
  ['Enter', 'pin the head and go to its panel; Esc there comes back'],
  ['Space', 'pin or unpin'],
  ['Esc', 'unpin'],
  ['x, or Shift and click', 'set beside the other heads that are compared'],
  ['s', 'next sort order'],
  ['c', 'copy the head’s values, whole'],
  ['+ − 0', 'zoom in, out, back to all'],
];

const ON_PAGE: typeof ON_MAP = [
  ['/', 'jump to a head by its name'],
  ['?', 'this list'],
];

/** The keys that work everywhere on the page, unless Settings keep them to the maps (WCAG 2.1.4), and the list of all keys. */
export function Keys() {
  const [isOpen, setIsOpen] = useState(false);
  const isOn = useAppState((state) => state.settings.pageKeys);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (!isOn && !isOnMap(event.target)) return;
      if (event.key === '/') focusJumpBox();
      else if (event.key === '?') setIsOpen(true);
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [isOn]);
  return (
    <>
      <Button
        kind="quiet"
        title={`Keys of the map${isOn ? ' (key: ?)' : ''}`}
        onClick={() => setIsOpen(true)}
      >
        Keys
      </Button>
      <Dialog open={isOpen} title="Keys" onClose={() => setIsOpen(false)}>
        <KeyList name="On the map" keys={ON_MAP} />
        <KeyList name="Anywhere" keys={ON_PAGE} />
        <p className="quiet">
          {isOn
            ? 'Settings can keep these two to the map.'
            : 'On the map alone, as it is set under Settings.'}
        </p>
        <div className="dialog-actions">
          <Button onClick={() => setIsOpen(false)}>Close</Button>
        </div>
      </Dialog>
    </>
  );
}

function KeyList({ name, keys }: { readonly name: string; readonly keys: typeof ON_MAP }) {
  return (
    <section>
      <h3>{name}</h3>
      <dl className="keys">
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt className="num">{key}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
