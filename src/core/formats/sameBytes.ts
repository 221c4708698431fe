// Detects tensors that are copies of each other by a sample of their bytes.
import type { TensorEntry } from './checkpoint.ts';

/** The number of bytes compared at each end: trained values that agree there are copies. */
const SAMPLE_BYTES = 4096;

/** Tells whether tensors are copies of each other: equal in shape and type, with equal bytes at both ends. */
export async function haveSameBytes(entries: readonly TensorEntry[], signal?: AbortSignal): Promise<boolean> {
  const [first] = entries as [TensorEntry];
  if (entries.length === 1) return true;
  if (entries.some(({ dtype, shape }) => dtype !== first.dtype || shape.join() !== first.shape.join()))
    return false;
  const samples = await Promise.all(entries.map((entry) => sample(entry, signal)));
  return samples.every((bytes) => bytes.every((byte, at) => byte === samples[0]![at]));
}

async function sample({ source, begin, end }: TensorEntry, signal?: AbortSignal): Promise<Uint8Array> {
  const length = Math.min(SAMPLE_BYTES, end - begin);
  const [head, tail] = await Promise.all([
    source.read(begin, begin + length, { signal }),
    source.read(end - length, end, { signal }),
  ]);
  const bytes = new Uint8Array(2 * length);
  bytes.set(head);
  bytes.set(tail, length);
  return bytes;
}
