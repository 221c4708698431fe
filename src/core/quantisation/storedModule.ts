import { QKError } from '../errors.ts';
import type { TensorEntry } from '../formats/checkpoint.ts';
import { decodeBfloat, decodeHalf } from '../linalg/halfFloats.ts';
import type { Weight } from './weight.ts';

/** What a file stores of one parameter: by what stands after the module's name ("weight", "qweight", "scales"). */
export interface StoredModule {
  /** "model.layers.0.self_attn.q_proj" */
  readonly module: string;
  readonly parts: ReadonlyMap<string, TensorEntry>;
  /** quantization_config of config.json. */
  readonly config: Readonly<Record<string, unknown>>;
  /** A small part's bytes, where they are needed before the weights are read. */
  read(entry: TensorEntry): Promise<Uint8Array>;
}

/** One way to store weights as integers or narrow floats with scales. */
export interface QuantisationMethod {
  /** "GPTQ": in sentences. */
  readonly name: string;
  /** By the parts that are there. */
  claims(stored: StoredModule): boolean;
  /** The parameter, or why it can't be read: a sentence that follows its name. */
  present(stored: StoredModule): Promise<Weight | string> | Weight | string;
}

/** A weight that is decoded from parts in this order. */
export function decodedWeight(
  stored: StoredModule,
  dtype: string,
  shape: readonly number[],
  parts: readonly TensorEntry[],
  decode: (parts: readonly Uint8Array[]) => Float32Array,
): Weight {
  return { name: `${stored.module}.weight`, shape, dtype, isQuantised: true, parts, decode };
}

/** True when the parts have these shapes. */
export function hasShape(entry: TensorEntry | undefined, ...shape: readonly number[]): boolean {
  return entry?.shape.length === shape.length && shape.every((size, axis) => entry.shape[axis] === size);
}

export function isOneOf(value: number, allowed: readonly number[]): boolean {
  return allowed.includes(value);
}

/** Whether scales are numbers that `numbersOf` reads; powers of two alone (MX formats) aren't. */
export function areNumbers(entry: TensorEntry | undefined): boolean {
  return entry !== undefined && ['F32', 'F16', 'BF16'].includes(entry.dtype);
}

/** Scales and tables as float32, which holds every value of these types. */
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
        },
      );
  }
}

/** 32-bit words, wherever they lie: a layer's buffer needn't be aligned. */
export function wordsOf(bytes: Uint8Array): Int32Array {
  if (bytes.byteOffset % 4 === 0) return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return new Int32Array(bytes.slice().buffer);
}

/** The index-th of the integers of `bits` bits in words, lowest bits first. */
export function unpack(words: Int32Array, word: number, slot: number, bits: number): number {
  return (words[word]! >>> (slot * bits)) & (2 ** bits - 1);
}
