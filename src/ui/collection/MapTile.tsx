import { useLayoutEffect, useRef } from 'react';
import type { CollectionStack } from '../../core/collection/index.ts';
import { type ModelWords, shortened } from './modelText.ts';

interface MapTileProps {
  readonly id: string;
  readonly place: { readonly left: number; readonly top: number; readonly width: number };
  readonly position: readonly [number, number];
  readonly isActive: boolean;
  readonly stack: CollectionStack | undefined;
  /** Layer, head and value of every head. */
  readonly columns: readonly [ArrayLike<number>, ArrayLike<number>, ArrayLike<number>];
  readonly colourOf: (value: number) => number;
  readonly words: ModelWords;
  readonly onOpen: () => void;
}

/** The place that a map may take in its tile, px. */
const MAP = 120;

/** What two lines of the narrowest tile hold. */
const LETTERS = 28;

/** One model: its first stack's map, its name, and what is known of it. */
export function MapTile(props: MapTileProps) {
  const { id, place, position, isActive, stack, columns, colourOf, words, onOpen } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [layerOf, headOf, values] = columns;
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d', { willReadFrequently: true });
    if (!context || stack === undefined) return;
    const { first, count, layers, heads } = stack;
    const image = context.createImageData(heads, layers);
    const pixels = new Uint32Array(image.data.buffer).fill(colourOf(Number.NaN));
    for (let at = first; at < first + count; at++)
      pixels[layerOf[at]! * heads + headOf[at]!] = colourOf(values[at]!);
    context.putImageData(image, 0, 0);
  }, [stack, layerOf, headOf, values, colourOf]);
  const { layers = 1, heads = 1 } = stack ?? {};
  const scale = MAP / Math.max(layers, heads);
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
      className={isActive ? 'map-tile map-tile-active' : 'map-tile'}
      style={place}
      title={words.name}
      onClick={onOpen}
    >
      <span className="map-tile-box" aria-hidden="true">
        <canvas
          ref={canvas}
          width={heads}
          height={layers}
          style={{ width: Math.max(4, heads * scale), height: Math.max(4, layers * scale) }}
        />
      </span>
      <span className="map-tile-name">{shortened(ownName(words.name), LETTERS)}</span>
      <span className="map-tile-family">{words.family}</span>
      <span className="map-tile-facts">{words.sizeAndYear}</span>
      <span className="num">{words.median}</span>
    </div>
  );
}

/** The model's own name, without its owner's. */
function ownName(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}
