import type { StoredTensor } from './tensorBytes.ts';

export type MetadataValue = number | string | boolean | readonly MetadataValue[];

/** Bytes of a block of each type of the oracle's files, and the numbers that it holds (ggml.h, ggml_type). */
const BLOCKS: Readonly<Record<number, readonly [bytes: number, values: number]>> = {
  0: [4, 1],
  1: [2, 1],
  2: [18, 32],
  8: [34, 32],
  30: [2, 1],
};

/** A GGUF file of version 3 as its specification has it (ggml/docs/gguf.md): metadata and tensors, by code of the tests' own. */
export function readGguf(bytes: Buffer): {
  readonly metadata: Record<string, MetadataValue>;
  readonly tensors: StoredTensor[];
} {
  let at = 8;
  /** Where the next so many bytes begin. */
  const next = (length: number) => {
    at += length;
    return at - length;
  };
  const u32 = () => bytes.readUInt32LE(next(4));
  const u64 = () => Number(bytes.readBigUInt64LE(next(8)));
  const text = () => {
    const length = u64();
    return bytes.toString('utf8', next(length), at);
  };
  const value = (type: number): MetadataValue => {
    if (type === 8) return text();
    if (type === 4 || type === 5) return u32();
    if (type === 6) return bytes.readFloatLE(next(4));
    if (type === 7) return bytes[next(1)] !== 0;
    if (type !== 9) throw new Error(`Metadata of type ${type}.`);
    const [item, count] = [u32(), u64()];
    return Array.from({ length: count }, () => value(item));
  };
  const [tensorCount, keyCount] = [u64(), u64()];
  const metadata: Record<string, MetadataValue> = {};
  for (let key = 0; key < keyCount; key++) metadata[text()] = value(u32());
  const infos = Array.from({ length: tensorCount }, () => {
    const name = text();
    const shape = Array.from({ length: u32() }, u64).reverse();
    return { name, shape, type: u32(), offset: u64() };
  });
  const begin = Math.ceil(at / 32) * 32;
  const tensors = infos.map(({ name, shape, type, offset }) => {
    const [size, held] = BLOCKS[type]!;
    const length = (shape.reduce((product, one) => product * one, 1) / held) * size;
    const data = new Uint8Array(bytes.subarray(begin + offset, begin + offset + length));
    return { name, shape, dtype: `gguf:${type}`, data };
  });
  return { metadata, tensors };
}
