// The interface of a quantisation method, with the helpers that all methods share.
import { QKError } from '../errors.ts';
import type { TensorEntry, TensorShape } from '../formats/checkpoint.ts';
import { decodeBfloat, decodeHalf } from '../linalg/halfFloats.ts';
import type { Weight } from './weight.ts';

/**
 * The tensors that a header describes for one parameter, by the part of their name after the module ("weight",
 * "qweight", "scales").
 */
export interface DescribedModule {
  /** The module's path: "model.layers.0.self_attn.q_proj". */
  readonly module: string;
  readonly parts: ReadonlyMap<string, TensorShape>;
  /** The model's declarations about its quantisation; empty where there are none. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** The tensors of one parameter as a file stores them. */
export interface StoredModule extends DescribedModule {
  readonly parts: ReadonlyMap<string, TensorEntry>;
  /** The source of the declarations, in sentences: "config.json", "quantize_config.json". */
  readonly where: string;
  /** True where any config declares a quantisation, for this module or another. */
  readonly isDeclared: boolean;
  /** True where the file has scales of any weight. */
  readonly hasScales: boolean;
  /** Reads a small part's bytes, where they are needed before the weights are read. */
  read(entry: TensorEntry): Promise<Uint8Array>;
  /** Adds a note on this module, in a sentence without its name: modules with the same note are named together. */
  note(text: string): void;
}

/** One way of storing weights, as integers or narrow floats with scales. */
export interface QuantisationMethod {
  /** Its name in sentences: "GPTQ". */
  readonly name: string;
  /** The values of quant_method that describe it; any other value contradicts the parts. */
  readonly declaredAs: readonly string[];
  /** Tells by the stored parts whether this method was used. */
  matches(described: DescribedModule): boolean;
  /**
   * Counts the numbers that the parts stand for, by their shapes and the config alone; null where these leave it open.
   * @param described a module that it matches
   */
  elements(described: DescribedModule): number | null;
  /** Opens the parameter; returns the reason where it can't be read, in a sentence that continues its name. */
  present(stored: StoredModule): Promise<Weight | string> | Weight | string;
}

/** Makes a weight that is decoded from the parts in this order. */
export function decodedWeight(
  stored: StoredModule,
  dtype: string,
  shape: readonly number[],
  parts: readonly TensorEntry[],
  decode: (parts: readonly Uint8Array[]) => Float32Array,
): Weight {
  return { name: `${stored.module}.weight`, shape, dtype, isQuantised: true, parts, decode };
}

/** Tells whether a part has this shape. */
export function hasShape(entry: TensorEntry | undefined, ...shape: readonly number[]): boolean {
  return entry?.shape.length === shape.length && shape.every((size, axis) => entry.shape[axis] === size);
}

/** Counts the weights of a method that stores each as an element of the part "weight". */
export function elementsOfWeight({ parts }: DescribedModule): number | null {
  const weight = parts.get('weight');
  return weight === undefined ? null : elementsOf(weight.shape);
}

/** Describes a part in sentences: "I32 [64, 2]". */
export function describePart(part: string, { dtype, shape }: TensorEntry): string {
  return `${part} ${dtype} [${shape.join(', ')}]`;
}

export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Tells whether scales are numbers that `numbersOf` reads; powers of two alone (MX formats) aren't. */
export function areNumbers(entry: TensorEntry | undefined): entry is TensorEntry {
  return entry !== undefined && ['F32', 'F16', 'BF16'].includes(entry.dtype);
}

/** Reads scales and tables as float32, which represents every value of these types. */
export function numbersOf({ name, dtype }: TensorEntry, bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const each = (size: number, read: (at: number) => number) =>
    Float32Array.from({ length: bytes.length / size }, (_, index) => read(index * size));
  switch (dtype) {
    case 'F32':
      return each(4, (at) => view.getFloat32(at, true));
    case 'F16':
      return each(2, (at) => decodeHalf(view.getUint16(at, true)));
    case 'BF16':
      return each(2, (at) => decodeBfloat(view.getUint16(at, true)));
    default:
      throw new QKError(
        'dtype-unsupported',
        `${name} is stored as ${dtype}, which QKScope doesn't read as a scale.`,
        {
          where: name,
          hint: 'Open the model in another format: its original weights, or a GGUF file.',
        },
      );
  }
}

/**
 * Reads powers of two from their exponents (OCP Microscaling Formats, section 5.4.1, E8M0: 2^(code − 127), 255 is no
 * number).
 */
export function powersOfTwo(codes: Uint8Array): Float32Array {
  return Float32Array.from(codes, (code) => (code === 255 ? Number.NaN : 2 ** (code - 127)));
}

/** Reads 32-bit words at any offset, since a layer's buffer needn't be aligned. */
export function wordsOf(bytes: Uint8Array): Int32Array {
  if (bytes.byteOffset % 4 === 0) return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return new Int32Array(bytes.slice().buffer);
}

/** Extracts one integer of `bits` bits from a word, lowest bits first. */
export function unpack(words: Int32Array, word: number, slot: number, bits: number): number {
  return (words[word]! >>> (slot * bits)) & (2 ** bits - 1);
}

/**
 * Returns the group of scales of each input, by an index that the file stores (g_idx), or else in groups of neighbours.
 * @throws QKError 'file-damaged' for an index that names no group
 */
export function groupsOfInputs(
  order: { readonly name: string; readonly bytes: Uint8Array } | null,
  inputs: number,
  groups: number,
  size: number,
): Int32Array {
  if (order === null) return Int32Array.from({ length: inputs }, (_, input) => Math.floor(input / size));
  const stored = wordsOf(order.bytes);
  const wrong = stored.findIndex((group) => group < 0 || group >= groups);
  if (wrong >= 0) {
    throw new QKError(
      'file-damaged',
      `${order.name} assigns input ${wrong} to group ${stored[wrong]}, but there are only groups 0 to ${groups - 1}.`,
      { where: order.name, hint: 'The file is damaged. Download it again from its source.' },
    );
  }
  return stored;
}
