import './keys.css';

import './keys.css';

const ON_MAP: readonly (readonly [keys: string, what: string])[] = [
  ['← ↑ → ↓', 'move by a head or a layer'],
  ['Home End', 'first and last head of the layer; with Ctrl, of the map'],
  ['Page Up, Page Down', 'eight layers'],
  ['[ ]', 'previous and next layer, and its median'],
  [', .', 'previous and next column, and its mean'],
  ['Enter', 'pin the head and go to its panel; Esc there returns'],
  ['Space', 'pin or unpin'],
  ['Esc', 'unpin'],
  ['x, or Shift and click', 'compare with other heads'],
  ['s', 'next sort order'],
  ['c', 'copy the head’s values with all digits'],
  ['+ − 0', 'zoom in, zoom out, show all'],
];

/** Where the map stands alone, pinning leads nowhere else. */
const ON_LONE_MAP = ON_MAP.flatMap((entry): typeof ON_MAP =>
  entry[0] === 'Enter'
    ? []
    : entry[0] === 'Space'
      ? [['Space, Enter', 'pin the head, or unpin it by Space']]
      : [entry],
);

const ON_PAGE: typeof ON_MAP = [
  ['/', 'jump to a head by its name'],
  ['?', 'this list'],
];

interface KeyListsProps {
  /** Whether those that work anywhere do. */
  readonly isOn: boolean;
  /** The map stands alone, without panels or a box to jump from. */
  readonly isMapAlone: boolean;
}

/** Every key and what it does; those that work anywhere only where that is on. */
export function KeyLists({ isOn, isMapAlone }: KeyListsProps) {
  if (isMapAlone) return <KeyList name="On the map" keys={ON_LONE_MAP} />;
  return (
    <>
      <KeyList name="On the map" keys={ON_MAP} />
      <KeyList name="Anywhere" keys={ON_PAGE} />
      <p className="quiet">
        {isOn
          ? 'Settings can limit these two to the map.'
          : 'Only while the map has the focus, as chosen in Settings.'}
      </p>
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
