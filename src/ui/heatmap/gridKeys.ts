import { SORT_MODES, type SortMode } from '../../figures/arrangement.ts';
import type { HeatmapLayout } from '../../figures/heatmapLayout.ts';
import { type HeadRef, type HeatmapView, layerShape } from '../../figures/heatmapView.ts';

/** A movement over the map; keys that aren't listed here are left to the browser. */
export type Move =
  /** By places on the map, as it is sorted. */
  | { readonly kind: 'step'; readonly down: number; readonly right: number }
  /** To another layer by its number, however the map is sorted. */
  | { readonly kind: 'layer'; readonly by: number }
  /** To another column as it stands. */
  | { readonly kind: 'column'; readonly by: number };

export type GridCommand =
  | Move
  | {
      readonly kind:
        | 'open'
        | 'pin'
        | 'compare'
        | 'leave'
        | 'sort'
        | 'copy'
        | 'zoomIn'
        | 'zoomOut'
        | 'zoomReset';
    };

interface Key {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

const FAR = Number.POSITIVE_INFINITY;
const PAGE = 8;

const COMMANDS: Readonly<Record<string, GridCommand>> = {
  ArrowUp: { kind: 'step', down: -1, right: 0 },
  ArrowDown: { kind: 'step', down: 1, right: 0 },
  ArrowLeft: { kind: 'step', down: 0, right: -1 },
  ArrowRight: { kind: 'step', down: 0, right: 1 },
  Home: { kind: 'step', down: 0, right: -FAR },
  End: { kind: 'step', down: 0, right: FAR },
  PageUp: { kind: 'step', down: -PAGE, right: 0 },
  PageDown: { kind: 'step', down: PAGE, right: 0 },
  '[': { kind: 'layer', by: -1 },
  ']': { kind: 'layer', by: 1 },
  ',': { kind: 'column', by: -1 },
  '.': { kind: 'column', by: 1 },
  Enter: { kind: 'open' },
  ' ': { kind: 'pin' },
  Escape: { kind: 'leave' },
  s: { kind: 'sort' },
  c: { kind: 'copy' },
  x: { kind: 'compare' },
  '+': { kind: 'zoomIn' },
  '=': { kind: 'zoomIn' },
  '-': { kind: 'zoomOut' },
  '0': { kind: 'zoomReset' },
};

/** The command of a key on the map. With Ctrl or ⌘ only Home and End are ours, and go to the first and the last head. */
export function commandOf({ key, shiftKey, ctrlKey, metaKey, altKey }: Key): GridCommand | null {
  if (altKey) return null;
  if (ctrlKey || metaKey) {
    if (key === 'Home') return { kind: 'step', down: -FAR, right: -FAR };
    return key === 'End' ? { kind: 'step', down: FAR, right: FAR } : null;
  }
  if (shiftKey && key === 'Enter') return { kind: 'compare' };
  return COMMANDS[key.length === 1 ? key.toLowerCase() : key] ?? null;
}

/** Where a move leads. The first one only enters the map, at its upper left. */
export function moved(
  view: HeatmapView,
  { arrangement, rows }: Pick<HeatmapLayout, 'arrangement' | 'rows'>,
  from: HeadRef | null,
  move: Move,
): HeadRef | null {
  const place = from && arrangement.place(from);
  if (from === null || place === null) return arrangement.headAt(0, 0);
  if (move.kind === 'layer') {
    const layers = view.rows.map(({ layer }) => layer).sort((a, b) => a - b);
    const layer = layers[clamp(layers.indexOf(from.layer) + move.by, layers.length - 1)]!;
    return { layer, head: Math.min(from.head, layerShape(view, layer).heads - 1) };
  }
  const [down, right] = move.kind === 'column' ? [0, move.by] : [move.down, move.right];
  const row = clamp(place.row + down, rows - 1);
  // A layer may have fewer heads than the widest: then its last one.
  let column = clamp(place.column + right, view.shape.heads - 1);
  while (column > 0 && arrangement.headAt(row, column) === null) column--;
  return arrangement.headAt(row, column);
}

function clamp(value: number, last: number): number {
  return Math.min(last, Math.max(0, value));
}

/** The sort order that the s key goes to. */
export function nextSort(sort: SortMode): SortMode {
  return SORT_MODES[(SORT_MODES.indexOf(sort) + 1) % SORT_MODES.length]!;
}
