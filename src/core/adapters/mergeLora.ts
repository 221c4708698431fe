// Computes the merged weight of a module: W + s·BA, DoRA and (IA)³.
import type { TensorEntry } from '../formats/checkpoint.ts';
import { isScoredDtype } from '../formats/dtype.ts';
import { unquantisedWeight } from '../quantisation/unquantisedWeight.ts';
import type { MergedAdapter, Weight } from '../quantisation/weight.ts';
import { decodeWeight } from '../weights/storedValues.ts';
import type { LoraRules } from './loraRules.ts';

/** The tensors by which a LoRA changes one module. */
export interface LoraTensors {
  /** [r, in] */
  readonly a: TensorEntry | undefined;
  /** [out, r] */
  readonly b: TensorEntry | undefined;
  /** The magnitudes of DoRA, [out]. */
  readonly magnitude: TensorEntry | undefined;
}

export interface AdaptedModule {
  /** Its path within the model, to which the config's patterns apply. */
  readonly module: string;
  /** True where its matrix is [in, out]; this decides where the matrix is square. */
  readonly isTurned: boolean;
}

/** Larger sums are stored in float32: 1 GiB of float64 is more than a page should take for one matrix. */
const MAX_DOUBLES = 2 ** 27;

/**
 * Computes W + s·BA (arXiv:2106.09685), and with DoRA rescales its rows to the magnitudes m (arXiv:2402.09353): row o
 * of V = W + s·BA becomes m[o] / ‖V[o]‖ · V[o]. Where the base's matrix is [in, out] (Conv1D), the change is
 * transposed. Sums are in float64. A pair that doesn't fit its base, or contradicts the config, gives a weight that is
 * refused with both numbers.
 */
export function mergeLora(
  base: Weight,
  { a, b, magnitude }: LoraTensors,
  rules: LoraRules,
  { module, isTurned: isSquareTurned }: AdaptedModule,
): Weight {
  if (base.refused !== undefined) return base;
  const refuse = (reason: string): Weight => refusedWeight(base, reason);
  if (a === undefined || b === undefined)
    return refuse(
      `${module} has LoRA’s ${a === undefined ? 'lora_B' : 'lora_A'} without its ${a === undefined ? 'lora_A' : 'lora_B'}.`,
    );
  const tensors = [a, b, ...(magnitude === undefined ? [] : [magnitude])];
  const odd = tensors.find(({ dtype }) => !isScoredDtype(dtype));
  if (odd !== undefined) return refuse(`${odd.name} is stored as ${odd.dtype}, which can’t be merged.`);
  const [rank = 0, inputs = 0] = a.shape;
  const [out = 0, columns = 0] = b.shape;
  if (a.shape.length !== 2 || b.shape.length !== 2 || rank !== columns || rank === 0)
    return refuse(
      `${sized(a)} and ${sized(b)} can’t be multiplied: lora_B must have as many columns as lora_A has rows.`,
    );
  const isPlain = hasShape(base, out, inputs);
  const isTurned = hasShape(base, inputs, out);
  if (!isPlain && !isTurned)
    return refuse(
      `${sized(a)} and ${sized(b)}, which change a matrix of shape [${out}, ${inputs}], but ${sized(base)}. The adapter belongs to another model.`,
    );
  const scale = rules.scaleOf(module, rank);
  if (typeof scale === 'string') return refuse(`${scale}, but ${sized(a)} and ${sized(b)} (rank ${rank}).`);
  if (rules.isDora !== (magnitude !== undefined))
    return refuse(
      magnitude === undefined
        ? `The adapter’s config says use_dora, but ${module} has no lora_magnitude_vector.`
        : `${magnitude.name} belongs to DoRA, but the adapter’s config doesn’t say use_dora.`,
    );
  const count = magnitude?.shape.reduce((product, size) => product * size, 1);
  if (count !== undefined && count !== out)
    return refuse(`${sized(magnitude!)}, but ${sized(b)}: DoRA needs one magnitude for each output.`);

  const turned = isPlain && isTurned ? isSquareTurned : isTurned;
  const sources = tensors.map(unquantisedWeight);
  const roles = ['A', 'B', 'magnitudes'];
  const formula = `W + (${scale.text})·BA`;
  const merged: MergedAdapter = {
    formula: magnitude === undefined ? formula : `m·V/‖V‖ by rows, V = ${formula} (DoRA)`,
    tensors: sources.map(({ name, dtype }, at) => ({ name, dtype, role: roles[at]! })),
  };
  return mergedWeight(
    base,
    sources,
    merged,
    magnitude === undefined ? 'LoRA' : 'DoRA',
    (values, [valuesA, valuesB, m]) => {
      addProduct(values, valuesA!, valuesB!, { out, inputs, rank, scale: scale.scale, isTurned: turned });
      if (m !== undefined) rescaleOutputs(values, m, { out, inputs, isTurned: turned });
    },
  );
}

/**
 * Applies (IA)³ (arXiv:2205.05638; peft, tuners/ia3/layer.py): it multiplies outputs by l [out, 1], and in feed-forward
 * modules inputs by l [1, in].
 */
export function mergeIa3(base: Weight, entry: TensorEntry, isSquareTurned: boolean): Weight {
  if (base.refused !== undefined) return base;
  const [rows = 0, columns = 0] = entry.shape;
  const ofOutputs = columns === 1;
  const count = ofOutputs ? rows : columns;
  const [first = 0, second = 0] = base.shape;
  const isTurned = first === second ? isSquareTurned : (ofOutputs ? second : first) === count;
  // A square matrix fits both orientations.
  const axisSize = ofOutputs === isTurned ? second : first;
  if (
    entry.shape.length !== 2 ||
    (rows !== 1 && columns !== 1) ||
    base.shape.length !== 2 ||
    axisSize !== count ||
    !isScoredDtype(entry.dtype)
  )
    return refusedWeight(
      base,
      `${sized(entry)} as ${entry.dtype}, but ${sized(base)}: it doesn’t have one factor for each row.`,
    );
  const source = unquantisedWeight(entry);
  const merged = {
    formula: ofOutputs ? 'diag(l)·W' : 'W·diag(l)',
    tensors: [{ name: entry.name, dtype: entry.dtype, role: 'l' }],
  };
  return mergedWeight(base, [source], merged, 'IA³', (values, [l]) => {
    const alongRows = ofOutputs !== isTurned;
    for (let row = 0; row < first; row++)
      for (let column = 0; column < second; column++)
        values[row * second + column]! *= l![alongRows ? row : column]!;
  });
}

/** Returns a weight that an adapter's file holds whole, in place of the base's weight (modules_to_save). */
export function replacedWeight(base: Weight, entry: TensorEntry): Weight {
  const weight = unquantisedWeight(entry);
  if (weight.refused !== undefined) return refusedWeight(base, weight.refused);
  if (base.refused === undefined && !hasShape(entry, ...base.shape))
    return refusedWeight(
      base,
      `${sized(entry)} and should replace ${base.name}, but ${sized(base)}. The adapter belongs to another model.`,
    );
  return {
    ...weight,
    name: base.name,
    merged: {
      formula: 'the adapter’s own weight in place of the base’s',
      tensors: [{ name: entry.name, dtype: entry.dtype, role: 'the whole weight' }],
    },
  };
}

function mergedWeight(
  base: Weight,
  sources: readonly Weight[],
  merged: MergedAdapter,
  label: string,
  change: (values: Float64Array, sources: readonly Float64Array[]) => void,
): Weight {
  const { name, shape, isQuantised } = base;
  const own = base.parts.length;
  return {
    name,
    shape,
    isQuantised,
    dtype: `${base.dtype} + ${label}`,
    merged,
    parts: [...base.parts, ...sources.flatMap(({ parts }) => parts)],
    decode(bytes) {
      const values = decodeWeight(base, bytes.slice(0, own));
      change(
        values,
        sources.map((source, at) => decodeWeight(source, bytes.slice(own + at, own + at + 1))),
      );
      return values.length > MAX_DOUBLES ? Float32Array.from(values) : values;
    },
  };
}

interface Turn {
  readonly out: number;
  readonly inputs: number;
  /** True where the matrix is [in, out]. */
  readonly isTurned: boolean;
}

/** Adds s·BA, or its transpose, to W. */
function addProduct(
  values: Float64Array,
  a: Float64Array,
  b: Float64Array,
  { out, inputs, rank, scale, isTurned }: Turn & { readonly rank: number; readonly scale: number },
): void {
  const [rows, columns] = isTurned ? [inputs, out] : [out, inputs];
  const right = isTurned ? transposed(b, out, rank) : a;
  for (let row = 0; row < rows; row++) {
    const from = row * columns;
    for (let t = 0; t < rank; t++) {
      const factor = scale * (isTurned ? a[t * inputs + row]! : b[row * rank + t]!);
      const other = t * columns;
      for (let column = 0; column < columns; column++)
        values[from + column]! += factor * right[other + column]!;
    }
  }
}

function transposed(values: Float64Array, rows: number, columns: number): Float64Array {
  const turned = new Float64Array(values.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      turned[column * rows + row] = values[row * columns + column]!;
  return turned;
}

/** Rescales the weights of every output to the norm m[o]. */
function rescaleOutputs(values: Float64Array, m: Float64Array, { out, inputs, isTurned }: Turn): void {
  const [rowStep, columnStep] = isTurned ? [1, out] : [inputs, 1];
  for (let o = 0; o < out; o++) {
    // Dividing by the largest value keeps every square from over- or underflowing.
    let [peak, squares] = [0, 0];
    for (let i = 0; i < inputs; i++) peak = Math.max(peak, Math.abs(values[o * rowStep + i * columnStep]!));
    for (let i = 0; i < inputs; i++) squares += (values[o * rowStep + i * columnStep]! / peak) ** 2;
    const factor = m[o]! / peak / Math.sqrt(squares);
    for (let i = 0; i < inputs; i++) values[o * rowStep + i * columnStep]! *= factor;
  }
}

/** Marks the base's weight as refused, with the reason. */
export function refusedWeight({ name, shape, dtype, isQuantised }: Weight, refused: string): Weight {
  return { name, shape, dtype, isQuantised, parts: [], refused, isContradicted: true };
}

function hasShape({ shape }: { readonly shape: readonly number[] }, ...sizes: readonly number[]): boolean {
  return shape.length === sizes.length && sizes.every((size, axis) => shape[axis] === size);
}

function sized({ name, shape }: { readonly name: string; readonly shape: readonly number[] }): string {
  return `${name} is [${shape.join(', ')}]`;
}
