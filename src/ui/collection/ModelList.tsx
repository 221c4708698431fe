import { useFigureTheme } from '../figure/useFigureTheme.ts';
import { familyColour } from './familyColours.ts';
import { ModelListbox } from './ModelListbox.tsx';
import { modelWords } from './modelText.ts';
import type { ShownCollection } from './useShownCollection.ts';

/** Height of a line, px. */
const ROW = 44;

/** Letters at the end of a name that are always seen: they tell a model from its relatives. */
const END = 10;

/** The models beside their points, as a list that keys and screen readers go through. */
export function ModelList({ shown }: { readonly shown: ShownCollection }) {
  const { data, metric, families } = shown;
  const theme = useFigureTheme();
  const rankOf = (family: string) => families.findIndex(([name]) => name === family);
  return (
    <ModelListbox shown={shown} className="collection-list" row={ROW}>
      {({ index, id, isActive, position, place, onOpen }) => {
        const words = modelWords(data, index, metric);
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keys
          <div
            id={id}
            role="option"
            tabIndex={-1}
            aria-selected={isActive}
            aria-setsize={position[1]}
            aria-posinset={position[0]}
            aria-label={words.spoken}
            className={isActive ? 'model-line model-line-active' : 'model-line'}
            style={{ top: place.top }}
            title={words.name}
            onClick={onOpen}
          >
            <span
              className="swatch"
              style={{ background: familyColour(rankOf(data.models[index]!.modelType), theme.name) }}
            />
            <span className="model-line-name">
              <span>{words.name.slice(0, -END)}</span>
              <span>{words.name.slice(-END)}</span>
            </span>
            <span className="num">{words.median}</span>
            <span className="model-line-facts">{words.facts}</span>
          </div>
        );
      }}
    </ModelListbox>
  );
}
