// The words that a link's values may be. They are stored in links everywhere: a word stays, also where the page's own name changes.
export const LINK_METRICS = ['s', 'r', 'z', 'norm', 'directionality'] as const;
export const LINK_SCALES = ['auto', 'fixed', 'z'] as const;
export const LINK_SORTS = ['model', 'score', 'layers', 'heads'] as const;
export const LINK_PALETTES = ['RdBu', 'PuOr', 'cividis'] as const;
export const LINK_PANELS = [
  'distribution',
  'scatter',
  'timing',
  'training',
  'compare',
  'notebook',
  'table',
] as const;

export type LinkMetric = (typeof LINK_METRICS)[number];
export type LinkScale = (typeof LINK_SCALES)[number];
export type LinkSort = (typeof LINK_SORTS)[number];
export type LinkPalette = (typeof LINK_PALETTES)[number];
export type LinkPanel = (typeof LINK_PANELS)[number];

/** The value if it is one of the words; else undefined. */
export function wordOf<Word extends string>(words: readonly Word[], value: string): Word | undefined {
  return words.find((word) => word === value);
}
