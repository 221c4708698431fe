// A collection: many models' heads side by side in typed arrays, and what is known of each model.

/** The quantities that a collection holds of each head; r follows from s. */
export const MEDIAN_METRICS = ['s', 'z', 'norm', 'directionality'] as const;
export type CollectionMetric = (typeof MEDIAN_METRICS)[number];

/** Where a model's whole result is, with its full doubles. */
export type ModelPlace =
  /** One of the results of a JSON file, by the file's place among those that were opened. */
  | { readonly kind: 'json'; readonly file: number; readonly result: number }
  /** Rows of a Parquet file, [from, to). */
  | { readonly kind: 'rows'; readonly file: number; readonly from: number; readonly to: number };

/** The heads of one stack of a model: those from `first` on in the collection's columns. */
export interface CollectionStack {
  readonly name: string;
  readonly first: number;
  readonly count: number;
  readonly layers: number;
  readonly heads: number;
}

export interface CollectionModel {
  readonly id: string;
  readonly revision: string | null;
  readonly sha: string | null;
  readonly modelType: string;
  readonly convention: string;
  readonly parameters: number | null;
  /** ISO 8601. */
  readonly published: string | null;
  readonly stacks: readonly CollectionStack[];
  readonly place: ModelPlace;
}

/** Columns with an entry a head, NaN where a head has no value, and medians with an entry a model. */
export interface CollectionColumns {
  readonly layer: Uint16Array;
  readonly head: Uint16Array;
  readonly s: Float32Array;
  readonly z: Float32Array;
  readonly norm: Float32Array;
  readonly directionality: Float32Array;
  /** The medians over the heads of each model's first stack: four values for each model, in the order of MEDIAN_METRICS. */
  readonly medians: Float32Array;
}

/** Models with their heads: all that were read, or those that were read since the last part. */
export interface Collection extends CollectionColumns {
  readonly models: readonly CollectionModel[];
}
export type CollectionPart = Collection;

/** A file that isn't among the models, and why. */
export interface CollectionProblem {
  readonly file: string;
  readonly message: string;
}

export const EMPTY_COLLECTION: Collection = {
  models: [],
  layer: new Uint16Array(0),
  head: new Uint16Array(0),
  s: new Float32Array(0),
  z: new Float32Array(0),
  norm: new Float32Array(0),
  directionality: new Float32Array(0),
  medians: new Float32Array(0),
};

/** More than any sweep has had; ten million heads take 200 MB. `side`: layers, and heads of a layer. */
export const COLLECTION_LIMITS = { models: 200_000, heads: 10_000_000, files: 200_000, side: 4096 } as const;

/** The values of a metric, a number a head; r is computed from s. */
export function valuesOf(collection: Collection, metric: string): Float32Array {
  if (metric === 'r') return collection.s.map((s) => (1 + s) / 2);
  return isHeld(metric) ? collection[metric] : collection.s;
}

/** The median of a metric over the heads of a model's first stack; NaN where none has a value. */
export function medianOf({ medians }: Collection, model: number, metric: string): number {
  if (metric === 'r') return (1 + (medians[4 * model] ?? Number.NaN)) / 2;
  return medians[4 * model + MEDIAN_METRICS.indexOf(isHeld(metric) ? metric : 's')] ?? Number.NaN;
}

function isHeld(metric: string): metric is CollectionMetric {
  return (MEDIAN_METRICS as readonly string[]).includes(metric);
}
