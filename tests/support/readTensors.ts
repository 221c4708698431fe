import { readFileSync } from 'node:fs';
import { fixture } from './localFiles.ts';

export interface ReadTensor {
  readonly shape: readonly number[];
  readonly values: number[];
}

/** All tensors of an oracle case's model.safetensors as numbers, by a reader of the tests' own. */
export function readTensors(name: string): Map<string, ReadTensor> {
  return readSafetensors(fixture('oracle', name, 'model.safetensors'));
}

/** The same of any safetensors file of F32 and BF16 numbers. */
export function readSafetensors(path: string): Map<string, ReadTensor> {
  const bytes = readFileSync(path);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString('utf8')) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const tensors = new Map<string, ReadTensor>();
  for (const [key, { dtype, shape, data_offsets: at }] of Object.entries(header)) {
    if (key === '__metadata__') continue;
    const data = bytes.subarray(8 + length + at[0], 8 + length + at[1]);
    const count = shape.reduce((product, size) => product * size, 1);
    const values = Array.from({ length: count }, (_, i) =>
      dtype === 'F32' ? data.readFloatLE(4 * i) : dtype === 'BF16' ? bfloat(data.readUInt16LE(2 * i)) : NaN,
    );
    tensors.set(key, { shape, values });
  }
  return tensors;
}

/** The upper half of a float32. */
function bfloat(bits: number): number {
  return new Float32Array(Uint32Array.of(bits << 16).buffer)[0]!;
}
