// Which heads are pointed at, pinned, walked to, compared or marked: one selection for all maps.
import { type HeadRef, isSameHead } from '../figures/heatmapView.ts';
import type { Context } from './context.ts';

export interface SelectionSlice {
  readonly hovered: HeadRef | null;
  readonly pinned: HeadRef | null;
  /** A link pinned it, not the user: weights for its details aren't read yet. */
  readonly isLinkedPin: boolean;
  /** Where the keys are in the maps, also while the focus is elsewhere: the head last walked to, or pinned. */
  readonly cursor: HeadRef | null;
  /** Heads set beside each other, in the order they were chosen. */
  readonly compared: readonly HeadRef[];
  /** Heads that the bar or dot under the pointer stands for, by the key of their model. */
  readonly marked: ReadonlyMap<number, readonly HeadRef[]> | null;
}

export const INITIAL_SELECTION: SelectionSlice = {
  hovered: null,
  pinned: null,
  isLinkedPin: false,
  cursor: null,
  compared: [],
  marked: null,
};

/** What the maps' heads are after a change of the models: those of the same weights, or other heads under the same numbers. */
export type HeadsAfter = 'same' | 'other';

/**
 * The one rule of what a change of the models leaves selected: nothing is pointed at any more, and where layer and head name
 * other heads than before, none stays pinned, walked to or compared. Marked heads end with the pointer that marks them.
 */
export function clearSelection(heads: HeadsAfter): Partial<SelectionSlice> {
  return heads === 'same' ? { hovered: null } : { hovered: null, pinned: null, cursor: null, compared: [] };
}

/** The head that keys act on: the one pointed at, else the pinned one, else where they were last. */
export function activeHead({
  hovered,
  pinned,
  cursor,
}: Pick<SelectionSlice, 'hovered' | 'pinned' | 'cursor'>): HeadRef | null {
  return hovered ?? pinned ?? cursor;
}

export function selectionActions({ store }: Pick<Context<SelectionSlice>, 'store'>) {
  return {
    hover(hovered: HeadRef | null): void {
      store.setState({ hovered });
    },
    /** Keys lead to a head: it is looked at, and they go on from there. */
    moveCursor(head: HeadRef): void {
      store.setState({ hovered: head, cursor: head });
    },
    pin(pinned: HeadRef | null): void {
      store.setState({ pinned, isLinkedPin: false, ...(pinned !== null && { cursor: pinned }) });
    },
    /** Sets a head beside the others that are compared, or takes it away. */
    toggleCompared(head: HeadRef): void {
      store.setState(({ compared }) => {
        const others = compared.filter((other) => !isSameHead(other, head));
        return { compared: others.length < compared.length ? others : [...compared, head] };
      });
    },
    clearCompared(): void {
      store.setState({ compared: [] });
    },
    /** Marks heads that a bar or a dot stands for, by the key of their model; null marks none. */
    mark(marked: SelectionSlice['marked']): void {
      if (marked !== store.getState().marked) store.setState({ marked });
    },
  };
}
