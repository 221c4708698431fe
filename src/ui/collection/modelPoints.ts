// Where the points of models stand: their median over size, year or family.
import { extent, scaleLinear, scaleLog } from 'd3';
import { type Collection, medianOf } from '../../core/collection/index.ts';
import type { CollectionAxis } from '../../state/collectionState.ts';
import { type PlotZoom, seenPart, zoomedX } from './plotZoom.ts';

export interface PlotBox {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Tick {
  readonly at: number;
  readonly label: string;
}

export interface PlacedModels {
  /** px before any zoom; NaN where a model has no place. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Models that have a place. */
  readonly placed: readonly number[];
  readonly xTicks: (zoom: PlotZoom) => readonly Tick[];
  readonly yTicks: (zoom: PlotZoom) => readonly Tick[];
}

/** Places the models of `shown` in a box; what lacks a size or a date has no place. */
export function placeModels(
  collection: Collection,
  shown: readonly number[],
  { axis, metric, box }: { readonly axis: CollectionAxis; readonly metric: string; readonly box: PlotBox },
): PlacedModels {
  const { models } = collection;
  const width = [box.left + 12, box.right - 12] as const;
  const medians = shown.map((index) => medianOf(collection, index, metric));
  const across = acrossScale(
    axis,
    shown.map((index) => models[index]!),
    width,
  );
  const [low = 0, high = 1] = extent(medians.filter((value) => !Number.isNaN(value)));
  const pad = (high - low || 1) * 0.06;
  const y = scaleLinear([low - pad, high + pad], [box.bottom, box.top]);
  const place = { x: new Float32Array(models.length).fill(Number.NaN), y: new Float32Array(models.length) };
  const placed: number[] = [];
  for (const [at, index] of shown.entries()) {
    const [px, py] = [across.at(models[index]!, index), y(medians[at]!)];
    if (Number.isNaN(px) || Number.isNaN(py)) continue;
    place.x[index] = px;
    place.y[index] = py;
    placed.push(index);
  }
  return {
    ...place,
    placed,
    xTicks: across.ticks,
    yTicks: (zoom) => {
      const scale = seenPart(y, zoom.k, zoom.y);
      return scale.ticks(6).map((value) => ({ at: scale(value), label: scale.tickFormat(6)(value) }));
    },
  };
}

type Model = Collection['models'][number];

function acrossScale(axis: CollectionAxis, models: readonly Model[], range: readonly [number, number]) {
  if (axis === 'family') {
    const counts = new Map<string, number>();
    for (const { modelType } of models) counts.set(modelType, (counts.get(modelType) ?? 0) + 1);
    const families = [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
    const step = (range[1] - range[0]) / Math.max(1, families.length);
    const placeOf = new Map(families.map((family, rank) => [family, range[0] + step * (rank + 0.5)]));
    // Models of a family stand side by side, always at the same place.
    const spread = Math.min(60, step * 0.7);
    return {
      at: ({ modelType }: Model, index: number) =>
        (placeOf.get(modelType) ?? Number.NaN) + spread * (((index * 0.618_034) % 1) - 0.5),
      ticks: (zoom: PlotZoom) => [...placeOf].map(([label, at]) => ({ at: zoomedX(zoom, at), label })),
    };
  }
  if (axis === 'published') {
    const times = models.map(({ published }) => (published === null ? Number.NaN : Date.parse(published)));
    const [first = 0, last = 1] = extent(times.filter((time) => !Number.isNaN(time)));
    const scale = scaleLinear([first, Math.max(last, first + 1)], [...range]);
    return {
      at: ({ published }: Model) => (published === null ? Number.NaN : scale(Date.parse(published))),
      ticks: (zoom: PlotZoom) => {
        const zoomed = seenPart(scale, zoom.k, zoom.x);
        return dateTicks(zoomed.invert(range[0]), zoomed.invert(range[1])).map(({ at, label }) => ({
          at: zoomed(at),
          label,
        }));
      },
    };
  }
  const sizes = models.flatMap(({ parameters }) => (parameters === null ? [] : [parameters]));
  const [least = 1, most = 10] = extent(sizes);
  const scale = scaleLog([least, Math.max(most, least * 1.01)], [...range]);
  return {
    at: ({ parameters }: Model) => (parameters === null ? Number.NaN : scale(parameters)),
    ticks: (zoom: PlotZoom) => {
      const zoomed = seenPart(scale, zoom.k, zoom.x);
      const [low, high] = zoomed.domain() as [number, number];
      return decadeTicks(low, high).map((value) => ({ at: zoomed(value), label: sizeText(value) }));
    },
  };
}

/** Powers of ten, and their twofold and fivefold where there are few of them; the ends may be off by a rounding. */
function decadeTicks(low: number, high: number): number[] {
  const powers = Array.from({ length: 20 }, (_, exponent) => 10 ** exponent);
  const within = (steps: readonly number[]) =>
    powers
      .flatMap((power) => steps.map((step) => step * power))
      .filter((value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9));
  const tens = within([1]);
  const fine = within([1, 2, 5]);
  return tens.length >= 3 ? tens : fine.length >= 2 ? fine : within([1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9]);
}

/** Years, or months of a shorter time, in UTC. (d3's scale of times would bring its calendars into the page's first load.) */
function dateTicks(from: number, to: number): Tick[] {
  const year = 365.25 * 24 * 3600 * 1000;
  const months = to - from > 2 * year ? 12 : to - from > year / 2 ? 3 : 1;
  const ticks: Tick[] = [];
  const first = new Date(from).getUTCFullYear();
  for (let month = 0; ticks.length < 200; month += months) {
    const at = Date.UTC(first, month, 1);
    if (at > to) break;
    const label = new Date(at).toISOString().slice(0, months === 12 ? 4 : 7);
    if (at >= from) ticks.push({ at, label });
  }
  return ticks;
}

/** "124 M", "6.74 B": as people name models' sizes. */
export function sizeText(parameters: number): string {
  for (const [unit, sign] of [
    [1e12, 'T'],
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const)
    if (parameters >= unit) return `${Number((parameters / unit).toPrecision(3))} ${sign}`;
  return String(parameters);
}
