// What can be set of a widget from outside, as traits of a notebook's model or attributes of the element, and how it is read: the
// values are whatever somebody wrote.
import { printable } from '../core/printable.ts';
import { parseHead } from '../core/userScores/index.ts';
import { SORT_MODES, type SortMode } from '../figures/arrangement.ts';
import { headName } from '../figures/format.ts';
import { type HeadRef, type HeatmapView, layerShape } from '../figures/heatmapView.ts';
import { type MetricId, metricsOf } from '../figures/metric.ts';
import { PALETTES, type PaletteName, type ThemeName } from '../figures/palette.ts';

/** In the order in which they are set where several are: what is said of stacks, scores and heads is said of the new result. */
export const VALUE_NAMES = [
  'src',
  'result',
  'theme',
  'palette',
  'sort',
  'stack',
  'metric',
  'selection',
] as const;
export type ValueName = (typeof VALUE_NAMES)[number];

/** What a value stands for, or a sentence that says why it stands for nothing. */
export type Read<Value> = { readonly value: Value } | { readonly problem: string };

/** Nothing was set: a trait that the model doesn't have, an attribute that isn't there, None. */
export function isUnset(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function oneOf<Value extends string>(name: ValueName, value: unknown, known: readonly Value[]): Read<Value> {
  const found = known.find((each) => each === value);
  return found === undefined
    ? { problem: `${name} is ${quoted(value)}, which is none of ${known.join(', ')}.` }
    : { value: found };
}

export const readTheme = (value: unknown) =>
  oneOf<ThemeName | 'auto'>('theme', value, ['light', 'dark', 'auto']);
export const readPalette = (value: unknown) => oneOf<PaletteName>('palette', value, PALETTES);
export const readSort = (value: unknown) => oneOf<SortMode>('sort', value, SORT_MODES);

/** A metric by its id: scores of the user's own, own:NAME, are those of the results. */
export function readMetric(value: unknown, views: readonly HeatmapView[]): Read<MetricId> {
  return oneOf(
    'metric',
    value,
    metricsOf(views).map(({ id }) => id),
  );
}

/** Stacks by their names: one for all models, or a list in the models' order; commas stand between those of an attribute. */
export function readStacks(
  value: unknown,
  stacksOfModels: readonly (readonly string[])[],
): Read<readonly string[]> {
  const names: readonly unknown[] = Array.isArray(value) ? value : textOf(value).split(',');
  const found = stacksOfModels.map((stacks, model) => {
    const name = names[model] ?? names[0];
    return stacks.find((stack) => stack === (typeof name === 'string' ? name.trim() : name));
  });
  const missing = found.indexOf(undefined);
  return missing < 0
    ? { value: found as string[] }
    : { problem: `stack is ${quoted(value)}: the model has ${stacksOfModels[missing]!.join(', ')}.` };
}

/** A head, as {"layer": 5, "head": 1} or "L5H1", that one of the maps has. */
export function readSelection(value: unknown, views: readonly HeatmapView[]): Read<HeadRef> {
  const head = headOf(value);
  if (head === null) return { problem: `selection is ${quoted(value)}: a head is named L5H1.` };
  const isThere = views.some(
    (view) =>
      view.rows.some(({ layer }) => layer === head.layer) && head.head < layerShape(view, head.layer).heads,
  );
  return isThere
    ? { value: head }
    : { problem: `selection is ${headName(head.layer, head.head)}, which isn’t on the map.` };
}

/** The head that a value names; null for none. */
export function headOf(value: unknown): HeadRef | null {
  if (typeof value === 'string') return parseHead(value);
  if (typeof value !== 'object' || value === null || !('layer' in value) || !('head' in value)) return null;
  const { layer, head } = value;
  const isIndex = (number: unknown): number is number => Number.isSafeInteger(number) && Number(number) >= 0;
  return isIndex(layer) && isIndex(head) ? { layer, head } : null;
}

/** A value as a text; JSON has none for functions, symbols, large integers and circles. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value;
  }
}

/** A value as a sentence can hold it. */
function quoted(value: unknown): string {
  const text = printable(textOf(value));
  return `“${text.length > 40 ? `${text.slice(0, 40)}…` : text}”`;
}
