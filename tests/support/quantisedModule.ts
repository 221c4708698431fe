import { expect } from 'vitest';
import { createBlobSource } from '../../src/core/bytes/blobSource.ts';
import type { TensorEntry } from '../../src/core/formats/checkpoint.ts';
import type { Dtype } from '../../src/core/formats/dtype.ts';
import { type CheckpointFacts, resolveWeights } from '../../src/core/quantisation/resolveWeights.ts';
import type { Weight } from '../../src/core/quantisation/weight.ts';

export const MODULE = 'model.layers.0.self_attn.q_proj';

export interface Part {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

export function part(
  dtype: Dtype,
  shape: readonly number[],
  data: ArrayBufferView | readonly number[],
): Part {
  if (!ArrayBuffer.isView(data)) return { dtype, shape, data: Uint8Array.from(data) };
  return { dtype, shape, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/** Tensors by their whole names, or by what stands after MODULE where they have no dot before them. */
export function tensorsOf(parts: Readonly<Record<string, Part>>): Map<string, TensorEntry> {
  return new Map(
    Object.entries(parts).map(([key, { dtype, shape, data }]) => {
      const name = key.startsWith('/') ? key.slice(1) : `${MODULE}.${key}`;
      // One byte in front: nothing may rely on where a part begins.
      const source = createBlobSource(name, new Blob([new Uint8Array(1), Uint8Array.from(data)]));
      return [name, { name, dtype, shape, source, begin: 1, end: 1 + data.length }];
    }),
  );
}

export async function presented(
  parts: Readonly<Record<string, Part>>,
  quantisation: Readonly<Record<string, unknown>> | null = null,
  facts: Partial<CheckpointFacts> = {},
): Promise<{ weight: Weight; notes: string }> {
  const config = quantisation === null ? null : { quantization_config: quantisation };
  const { weights, notes } = await resolveWeights(tensorsOf(parts), { config, ...facts }, () => true);
  return { weight: weights.get(`${MODULE}.weight`)!, notes: notes.join('\n') };
}

/** A weight's values, its parts lying side by side at odd places, as in a layer's buffer. */
export async function decoded(weight: Weight): Promise<number[]> {
  expect(weight.refused).toBeUndefined();
  const bytes = await Promise.all(weight.parts.map(({ source, begin, end }) => source.read(begin, end)));
  const buffer = new Uint8Array(bytes.reduce((sum, { length }) => sum + length, 3));
  let at = 3;
  const views = bytes.map((read) => {
    buffer.set(read, at);
    at += read.length;
    return buffer.subarray(at - read.length, at);
  });
  return [...weight.decode!(views)];
}

/** Integers of so many bits as one run of bits, lowest first, through a big integer: no shifts as the code has. */
export function packBits(values: readonly number[], bits: number, bytes: number): Uint8Array {
  let run = 0n;
  values.forEach((value, at) => {
    run += BigInt(value) << BigInt(at * bits);
  });
  return Uint8Array.from({ length: bytes }, (_, at) => Number((run >> BigInt(8 * at)) & 255n));
}

/** Rows of integers, each packed on its own into whole 32-bit words. */
export function packRows(rows: readonly (readonly number[])[], bits: number): Uint8Array {
  return Uint8Array.from(
    rows.flatMap((row) => [...packBits(row, bits, 4 * Math.ceil((row.length * bits) / 32))]),
  );
}

/** The matrix the other way round. */
export function transpose(rows: readonly (readonly number[])[]): number[][] {
  return rows[0]!.map((_, column) => rows.map((row) => row[column]!));
}

export function matrix(
  rows: number,
  columns: number,
  at: (row: number, column: number) => number,
): number[][] {
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => at(row, column)),
  );
}

/** A stream of integers below `below` that looks random, the same each time. */
export function integers(seed: number, below: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
}
