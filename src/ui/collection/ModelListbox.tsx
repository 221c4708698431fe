import { Fragment, type ReactNode, useRef } from 'react';
import { useActions, useAppState } from '../appContext.ts';
import { useWidth } from '../figure/useElementSize.ts';
import type { ShownCollection } from './useShownCollection.ts';
import { useVirtualList } from './useVirtualList.ts';

/** A model in the listbox: what its option needs. */
export interface ModelEntry {
  /** Of the collection's models. */
  readonly index: number;
  /** Its place among those shown, from 1 on, and how many they are. */
  readonly position: readonly [at: number, of: number];
  readonly id: string;
  readonly isActive: boolean;
  /** px within the whole list. */
  readonly place: { readonly left: number; readonly top: number; readonly width: number };
  readonly onOpen: () => void;
}

interface ModelListboxProps {
  readonly shown: ShownCollection;
  readonly className: string;
  /** Height of a row, px. */
  readonly row: number;
  /** Least width of an entry where several stand in a row, px; one stands in each unless it is told. */
  readonly leastWidth?: number;
  readonly children: (entry: ModelEntry) => ReactNode;
}

/** The shown models, of which those near the view are rendered; the keys go through them, Enter opens one. */
export function ModelListbox({ shown, className, row, leastWidth, children }: ModelListboxProps) {
  const { order } = shown;
  const actions = useActions();
  const lastOpened = useAppState(({ collection }) => collection?.lastOpened ?? null);
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const columns = leastWidth === undefined ? 1 : Math.max(1, Math.floor(width / leastWidth));
  const open = (at: number) => void actions.collection.openModel(order[at]!);
  const list = useVirtualList({
    ...{ box, columns, count: order.length, row, onOpen: open },
    start: lastOpened === null ? 0 : Math.max(0, order.indexOf(lastOpened)),
  });
  const side = width / columns;
  return (
    <div
      ref={box}
      role="listbox"
      tabIndex={0}
      className={className}
      aria-label="Models. Arrow keys go through them; Enter opens a map"
      aria-activedescendant={order.length > 0 ? list.idOf(list.active) : undefined}
      onScroll={list.onScroll}
      onKeyDown={list.onKeyDown}
    >
      <div role="presentation" className="collection-whole" style={{ height: list.height }}>
        {width > 0 &&
          order.slice(list.from, list.to).map((index, near) => {
            const at = list.from + near;
            const entry: ModelEntry = {
              index,
              position: [at + 1, order.length],
              id: list.idOf(at),
              isActive: at === list.active,
              place: { left: (at % columns) * side, top: Math.floor(at / columns) * row, width: side },
              onOpen() {
                list.setActive(at);
                open(at);
              },
            };
            return <Fragment key={list.slotOf(at)}>{children(entry)}</Fragment>;
          })}
      </div>
    </div>
  );
}
