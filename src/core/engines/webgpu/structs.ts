/**
 * A struct of u32 fields shared with a shader. One list of names gives its declaration in WGSL, its size and its
 * writer, so that the two sides can't differ.
 */
export interface U32Struct<Field extends string> {
  readonly fields: readonly Field[];
  readonly byteSize: number;
  /** The struct's declaration in WGSL; it precedes the kernels that use it. */
  readonly wgsl: string;
  /** Writes one struct at `byteOffset` (a multiple of 4). */
  write(target: Uint32Array, byteOffset: number, values: Readonly<Record<Field, number>>): void;
}

/** What norm.wgsl and the trace kernels are given. As a uniform it fills whole 16 bytes. */
export const PARAMS = u32Struct('Params', [
  'dModel',
  /** vec4s of one row of a matrix in a slab: ⌈dh / 4⌉. */
  'rowVec4s',
  /** The first head's position in the slab. */
  'first',
  /** Where the first result goes, in vec2s. */
  'outBase',
  /** Neighbouring query heads that share a key head. */
  'queriesPerKey',
  'unused0',
  'unused1',
  'unused2',
]);

/** What moments.wgsl is given: where the matrices of heads g and h begin, in vec4s. */
export const PAIR = u32Struct('Pair', ['dModel', 'rowVec4s', 'qG', 'qH', 'kG', 'kH', 'outBase', 'unused']);

/** What scan.wgsl and unpack.wgsl are given of one part of a matrix (element.wgsl). */
export const JOB = u32Struct('Job', [
  /** The byte of element (0, 0) in `raw`. */
  'base',
  /** Bytes from one outer (inner) index to the next. */
  'outerStride',
  'innerStride',
  'outerCount',
  'innerCount',
  /** Where element (0, 0) goes in the work buffer, and the steps there, in f32 elements. */
  'outBase',
  'outOuterStride',
  'outInnerStride',
  /** 0: F32, 1: F16, 2: BF16. */
  'dtype',
  /** Index into `maxima`. */
  'matrix',
]);

function u32Struct<const Field extends string>(name: string, fields: readonly Field[]): U32Struct<Field> {
  return {
    fields,
    byteSize: fields.length * 4,
    wgsl: `struct ${name} {\n${fields.map((field) => `  ${field}: u32,\n`).join('')}}\n\n`,
    write(target, byteOffset, values) {
      for (const [i, field] of fields.entries()) target[byteOffset / 4 + i] = values[field];
    },
  };
}
