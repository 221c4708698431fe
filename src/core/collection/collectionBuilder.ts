// Collects models and their heads, and hands out what was collected, part by part.
import { QKError } from '../errors.ts';
import { quantileSorted } from '../linalg/statistics.ts';
import {
  COLLECTION_LIMITS,
  type CollectionModel,
  type CollectionPart,
  type CollectionStack,
  type MEDIAN_METRICS,
} from './collection.ts';

/** A head's values; null and undefined where it has none. */
export interface HeadValues {
  readonly layer: number;
  readonly head: number;
  readonly s: number | null | undefined;
  readonly z: number | null | undefined;
  readonly norm: number | null | undefined;
  readonly directionality: number | null | undefined;
}

export interface CollectionBuilder {
  /** Begins a stack of the model that `endModel` will name; its layers and heads are what the map is as high and wide as. */
  beginStack(name: string, layers: number, heads: number): void;
  addHead(values: HeadValues): void;
  /** @throws QKError 'too-large' where there are more models than are shown */
  endModel(model: Omit<CollectionModel, 'stacks'>): void;
  /** The models that ended since the last call; null where there are none. */
  take(): CollectionPart | null;
  readonly modelCount: number;
  readonly headCount: number;
}

const COLUMNS = ['s', 'z', 'norm', 'directionality'] as const satisfies typeof MEDIAN_METRICS;

/** @param before how much there is of the collection already */
export function createCollectionBuilder(before = { models: 0, heads: 0 }): CollectionBuilder {
  let [taken, ended, modelCount] = [before.heads, before.heads, before.models];
  let models: CollectionModel[] = [];
  let medians: number[] = [];
  let stacks: { name: string; first: number; layers: number; heads: number }[] = [];
  const layer = growing((size) => new Uint16Array(size));
  const head = growing((size) => new Uint16Array(size));
  const columns = COLUMNS.map(() => growing((size) => new Float32Array(size)));
  const headCount = () => taken + layer.length();

  return {
    get modelCount() {
      return modelCount;
    },
    get headCount() {
      return headCount();
    },
    beginStack(name, layers, heads) {
      stacks.push({ name, first: headCount(), layers, heads });
    },
    addHead(values) {
      if (headCount() >= COLLECTION_LIMITS.heads) throw tooMany('heads', COLLECTION_LIMITS.heads);
      layer.push(values.layer);
      head.push(values.head);
      for (const [index, name] of COLUMNS.entries()) columns[index]!.push(values[name] ?? Number.NaN);
    },
    endModel(model) {
      if (modelCount >= COLLECTION_LIMITS.models) throw tooMany('models', COLLECTION_LIMITS.models);
      const ends = [...stacks.slice(1).map(({ first }) => first), headCount()];
      const counted: CollectionStack[] = stacks.map((stack, at) => ({
        ...stack,
        count: ends[at]! - stack.first,
      }));
      const [first] = counted;
      for (const column of columns)
        medians.push(
          first === undefined
            ? Number.NaN
            : medianIn(column.read(first.first - taken, first.first - taken + first.count)),
        );
      models.push({ ...model, stacks: counted });
      modelCount++;
      stacks = [];
      ended = headCount();
    },
    take() {
      if (models.length === 0) return null;
      const count = ended - taken;
      const [s, z, norm, directionality] = columns.map((column) => column.shift(count)) as [
        Float32Array,
        Float32Array,
        Float32Array,
        Float32Array,
      ];
      const part: CollectionPart = {
        models,
        ...{ layer: layer.shift(count), head: head.shift(count) },
        ...{ s, z, norm, directionality },
        medians: Float32Array.from(medians),
      };
      [taken, models, medians] = [ended, [], []];
      return part;
    },
  };
}

function medianIn(values: Float32Array): number {
  return quantileSorted(values.filter((value) => !Number.isNaN(value)).sort(), 0.5) ?? Number.NaN;
}

/** Numbers at whose end more are put, and from whose start they are taken. */
function growing<Numbers extends Uint16Array | Float32Array>(make: (size: number) => Numbers) {
  let [values, length] = [make(4096), 0];
  return {
    length: () => length,
    push(value: number): void {
      if (length === values.length) {
        const larger = make(2 * length);
        larger.set(values);
        values = larger;
      }
      values[length++] = value;
    },
    read: (from: number, to: number) => values.slice(from, to) as Numbers,
    shift(count: number): Numbers {
      const start = values.slice(0, count) as Numbers;
      values.copyWithin(0, count, length);
      length -= count;
      return start;
    },
  };
}

function tooMany(what: string, limit: number): QKError {
  return new QKError('too-large', `There are more than ${limit} ${what}, and the page shows no more.`, {
    hint: 'Open a part of them: fewer files, or a Parquet file of fewer rows.',
  });
}
