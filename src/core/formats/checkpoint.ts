import type { ByteSource } from '../bytes/byteSource.ts';
import type { Dtype } from './dtype.ts';

/** Where one tensor's data lies; no data is read yet. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly source: ByteSource;
  /** First byte of the data, from the start of the file. Row-major, little-endian. */
  readonly begin: number;
  /** One past the last byte. */
  readonly end: number;
}

/** A model's tensors, whatever the format, and its config.json where there is one. */
export interface Checkpoint {
  readonly format: 'safetensors';
  /** config.json parsed, or null when the model came without one. */
  readonly config: Readonly<Record<string, unknown>> | null;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** Size of all weight files together, bytes. */
  readonly fileBytes: number;
  /** Bytes read so far to learn the above (headers, index). */
  readonly headerBytes: number;
  /** Sentences for the user: shards that are missing, an index that disagrees. */
  readonly notes: readonly string[];
}
