// What all parts of the gallery read of the open collection: the models in order, the metric, the scale of its colours.
import { useDeferredValue, useMemo } from 'react';
import { type Collection, EMPTY_COLLECTION, valuesOf } from '../../core/collection/index.ts';
import { type ColourDomain, colourDomain } from '../../figures/colourDomain.ts';
import type { Metric } from '../../figures/metric.ts';
import { metricFor } from '../../figures/metric.ts';
import { useAppState } from '../appContext.ts';
import { useFigureTheme } from '../figure/useFigureTheme.ts';
import { colourTable } from './colourTable.ts';
import { familiesOf, fittingModels, searchTexts, sortedModels } from './modelOrder.ts';
import { useCollectionView } from './useCollectionView.ts';

/** The scale follows so many values, evenly taken: sorting a million would hold up the page. */
const SCALED = 20_000;

export interface ShownCollection {
  readonly data: Collection;
  /** Places of the models that are shown, in order. */
  readonly order: readonly number[];
  readonly metric: Metric;
  readonly values: Float32Array;
  readonly domain: ColourDomain;
  readonly colourOf: (value: number) => number;
  readonly families: readonly (readonly [family: string, count: number])[];
}

export function useShownCollection(): ShownCollection {
  // A part that comes is drawn in tasks of its own, not in the one that receives and joins it.
  const data = useDeferredValue(useAppState(({ collection }) => collection?.data) ?? EMPTY_COLLECTION);
  const view = useDeferredValue(useCollectionView());
  const id = useAppState((state) => state.metric);
  const scale = useAppState((state) => state.scale);
  const lockedEnds = useAppState((state) => state.lockedEnds);
  const palette = useAppState((state) => state.settings.palette);
  const theme = useFigureTheme();
  // The user's own scores belong to one model's map.
  const metric = metricFor(/^(?:own|difference):/.test(id) ? 's' : id);
  const { search, sort, isReversed, family } = view;
  // A letter that is typed sorts nothing and makes no text anew.
  const sorted = useMemo(
    () => sortedModels(data, { sort, isReversed }, metric.id),
    [data, sort, isReversed, metric],
  );
  const texts = useMemo(() => searchTexts(data), [data]);
  const order = useMemo(
    () => fittingModels(data, texts, sorted, { search, family }),
    [data, texts, sorted, search, family],
  );
  const values = useMemo(() => valuesOf(data, metric.id), [data, metric]);
  const domain = useMemo(() => {
    const step = Math.max(1, Math.floor(values.length / SCALED));
    const sample = Array.from({ length: Math.ceil(values.length / step) }, (_, at) => values[at * step]!);
    const ends = colourDomain(sample, metric, { mode: scale, locked: lockedEnds[metric.id] });
    // What lies beyond them is counted of all.
    let [below, above] = [0, 0];
    for (const value of values) {
      if (value < ends.low) below++;
      else if (value > ends.high) above++;
    }
    return { ...ends, below, above };
  }, [values, metric, scale, lockedEnds]);
  // Most parts leave the scale as it was: its colours aren't made anew.
  const { kind, low, high, isLog } = domain;
  const colourOf = useMemo(
    () => colourTable({ kind, low, high, isLog }, palette, theme),
    [kind, low, high, isLog, palette, theme],
  );
  const families = useMemo(() => familiesOf(data), [data]);
  return { data, order, metric, values, domain, colourOf, families };
}
