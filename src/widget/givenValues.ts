// The values that were set of a widget, and what they stand for among the models that it shows.

import type { SortMode } from '../figures/arrangement.ts';
import type { HeadRef, HeatmapView } from '../figures/heatmapView.ts';
import type { MetricId } from '../figures/metric.ts';
import type { PaletteName, ThemeName } from '../figures/palette.ts';
import type { ModelState } from '../state/modelState.ts';
import { DEFAULT_PALETTE } from '../state/settings.ts';
import { INITIAL_VIEW } from '../state/view.ts';
import * as values from './values.ts';

export type GivenValues = Partial<Record<values.ValueName, unknown>>;

/**
 * Reads given values. An unset one stands for its default; where one stands for nothing, what was there stays.
 * @param report called for each value that is read, with a sentence where it stands for nothing
 */
export function readerOf(
  given: GivenValues,
  report: (name: values.ValueName, problem: string | null) => void,
) {
  function take<Value>(
    name: values.ValueName,
    read: (value: unknown) => values.Read<Value>,
    unset: Value,
    current: Value,
  ): Value {
    const taken = values.isUnset(given[name]) ? { value: unset } : read(given[name]);
    report(name, 'problem' in taken ? taken.problem : null);
    return 'value' in taken ? taken.value : current;
  }

  return {
    theme: (current: ThemeName | 'auto') => take('theme', values.readTheme, 'auto', current),
    palette: (current: PaletteName) => take('palette', values.readPalette, DEFAULT_PALETTE, current),
    sort: (current: SortMode) => take('sort', values.readSort, INITIAL_VIEW.sort, current),
    /** The name of each model's stack. */
    stacks(models: readonly ModelState[]): readonly string[] {
      const names = models.map(({ stacks }) => stacks.map(({ name }) => name));
      const firsts = names.map(([first = '']) => first);
      const current = models.map(({ stackName }) => stackName);
      return take('stack', (value) => values.readStacks(value, names), firsts, current);
    },
    metric(views: readonly HeatmapView[], current: MetricId): MetricId {
      // The user's own scores are known with the result.
      if (views.length === 0 && values.textOf(given.metric).startsWith('own:')) return current;
      return take('metric', (value) => values.readMetric(value, views), INITIAL_VIEW.metric, current);
    },
    selection: (views: readonly HeatmapView[], current: HeadRef | null) =>
      take<HeadRef | null>('selection', (value) => values.readSelection(value, views), null, current),
  };
}
