import type { ByteSource } from '../bytes/byteSource.ts';
import type { FormatId } from '../repos/index.ts';
import type { Dtype } from './dtype.ts';

/** Where one tensor's data lies; no data is read yet. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly source: ByteSource;
  /** First byte of the data, from the start of the file. Little-endian. */
  readonly begin: number;
  /** One past the last byte. */
  readonly end: number;
  /** In elements, one for each dimension, from `begin` on; absent: row-major without holes. Block types have none. */
  readonly strides?: readonly number[];
}

/** A model's tensors, whatever the format, and its config.json where there is one. */
export interface Checkpoint {
  readonly format: FormatId;
  /** config.json parsed, or null when the model came without one. */
  readonly config: Readonly<Record<string, unknown>> | null;
  /**
   * Where `config` stands, for messages and provenance: "config.json", "original/params.json", "model.gguf". Null
   * without one.
   */
  readonly configName: string | null;
  /** Why a config that is there couldn't be used, in one sentence; null where there is none, or it was read. */
  readonly configFault: string | null;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** Size of all weight files together, bytes. */
  readonly fileBytes: number;
  /** Bytes read so far to learn the above (headers, index). */
  readonly headerBytes: number;
  /** Sentences for the user: shards that are missing, an index that disagrees. */
  readonly notes: readonly string[];
}
