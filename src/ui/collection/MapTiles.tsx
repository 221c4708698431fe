import { MapTile } from './MapTile.tsx';
import { ModelListbox } from './ModelListbox.tsx';
import { modelWords } from './modelText.ts';
import type { ShownCollection } from './useShownCollection.ts';

/** Least width of a tile and its height with its words, px. */
const [TILE_WIDTH, TILE_HEIGHT] = [148, 220];

/** Every model as a small map. */
export function MapTiles({ shown }: { readonly shown: ShownCollection }) {
  const { data, metric, values, colourOf } = shown;
  return (
    <ModelListbox shown={shown} className="collection-tiles" row={TILE_HEIGHT} leastWidth={TILE_WIDTH}>
      {({ index, ...entry }) => (
        <MapTile
          {...entry}
          stack={data.models[index]!.stacks[0]}
          columns={[data.layer, data.head, values]}
          colourOf={colourOf}
          words={modelWords(data, index, metric)}
        />
      )}
    </ModelListbox>
  );
}
