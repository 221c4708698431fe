/**
 * A struct of u32 fields shared with a shader. One list of names gives offsets, size and writer; a test holds it
 * against the WGSL.
 */
export interface U32Struct<Field extends string> {
  /** Its name in the WGSL. */
  readonly name: string;
  readonly fields: readonly Field[];
  readonly byteSize: number;
  /** Writes one struct at `byteOffset` (a multiple of 4). */
  write(target: Uint32Array, byteOffset: number, values: Readonly<Record<Field, number>>): void;
}

/** Of traceCommon.wgsl and norm.wgsl. */
export const PARAMS = u32Struct('Params', [
  'dModel',
  'rowVec4s',
  'first',
  'outBase',
  'queriesPerKey',
  'unused0',
  'unused1',
  'unused2',
]);

/** Of moments.wgsl. */
export const PAIR = u32Struct('Pair', ['dModel', 'rowVec4s', 'qG', 'qH', 'kG', 'kH', 'outBase', 'unused']);

/** Of element.wgsl. */
export const JOB = u32Struct('Job', [
  'base',
  'outerStride',
  'innerStride',
  'outerCount',
  'innerCount',
  'outBase',
  'outOuterStride',
  'outInnerStride',
  'dtype',
  'matrix',
]);

function u32Struct<const Field extends string>(name: string, fields: readonly Field[]): U32Struct<Field> {
  return {
    name,
    fields,
    byteSize: fields.length * 4,
    write(target, byteOffset, values) {
      for (const [i, field] of fields.entries()) target[byteOffset / 4 + i] = values[field];
    },
  };
}
