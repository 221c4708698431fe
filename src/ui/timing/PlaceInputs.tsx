import { useState } from 'react';
import type { HeadRef } from '../../figures/heatmapView.ts';

/** Where one head and one layer can be timed. */
export interface TimingPlace {
  /** Numbers of the layers that have weights of their own, ascending; empty for made-up weights, whose layers are all alike. */
  readonly layers: readonly number[];
  /** The number of heads of a layer. */
  headsOf(layer: number): number;
  /** The page's pinned head, if it is one of these. */
  readonly pinned: HeadRef | null;
}

/**
 * The head that was entered, else the pinned one, else the first. An entry counts until another head is pinned or other weights are
 * chosen.
 */
export function useTimedHead({ layers, headsOf, pinned }: TimingPlace, subject: string) {
  const [entry, setEntry] = useState<{ at: HeadRef; pinned: HeadRef | null; subject: string } | null>(null);
  const isCurrent = entry !== null && entry.pinned === pinned && entry.subject === subject;
  const fits =
    pinned !== null &&
    pinned.head < headsOf(pinned.layer) &&
    (layers.length === 0 || layers.includes(pinned.layer));
  const at = isCurrent ? entry.at : fits ? pinned : { layer: layers[0] ?? 0, head: 0 };
  return { at, setAt: (next: HeadRef) => setEntry({ at: next, pinned, subject }) };
}

interface PlaceInputsProps {
  readonly place: TimingPlace;
  readonly at: HeadRef;
  readonly onChange: (at: HeadRef) => void;
  /** False where all layers alone are timed. */
  readonly isUsed: boolean;
}

/** Which layer and head the scopes `one head` and `one layer` take. */
export function PlaceInputs({ place: { layers, headsOf }, at, onChange, isUsed }: PlaceInputsProps) {
  const field = (name: 'layer' | 'head', least: number, most: number) => (
    <label className="shape-input">
      <span className="quiet">{name}</span>
      <input
        type="number"
        required
        disabled={!isUsed}
        min={least}
        max={most}
        step={1}
        value={Number.isNaN(at[name]) ? '' : at[name]}
        onChange={({ target }) => onChange({ ...at, [name]: target.valueAsNumber })}
      />
    </label>
  );
  return (
    <fieldset
      className="shape-inputs"
      title="What one head and one layer are: the pinned head unless you choose another"
    >
      <legend className="visually-hidden">Layer and head that are timed</legend>
      {layers.length > 0 && field('layer', layers[0]!, layers.at(-1)!)}
      {field('head', 0, headsOf(at.layer) - 1)}
    </fieldset>
  );
}
