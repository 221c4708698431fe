// What every reader of a format returns: where tensors are stored, and the config that came with them.
import type { ByteSource } from '../bytes/byteSource.ts';
import type { FormatId } from '../repos/index.ts';
import type { Dtype } from './dtype.ts';

/** Says where one tensor's data is stored; no data is read yet. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly source: ByteSource;
  /** First byte of the data, from the start of the file. The data is little-endian. */
  readonly begin: number;
  /** One past the last byte. */
  readonly end: number;
  /**
   * Strides in elements, one for each dimension, counted from `begin`. Absent where the tensor is row-major and
   * contiguous; block types have none.
   */
  readonly strides?: readonly number[];
}

/** One tensor as a header describes it, wherever its data is. */
export interface TensorShape extends Pick<TensorEntry, 'name' | 'dtype' | 'shape'> {
  /** Names the data, where several tensors may share it: the same text means the same numbers. */
  readonly data?: string;
}

/** A model's tensors, whatever the format, with its config.json where there is one. */
export interface Checkpoint {
  readonly format: FormatId;
  /** config.json parsed, or null when the model came without one. */
  readonly config: Readonly<Record<string, unknown>> | null;
  /**
   * The name of the source of `config`, for messages and provenance: "config.json", "original/params.json",
   * "model.gguf". Null without a config.
   */
  readonly configName: string | null;
  /**
   * The reason why an existing config couldn't be used, in one sentence; null where there is no config or it was read.
   */
  readonly configFault: string | null;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** Size of all weight files together, bytes. */
  readonly fileBytes: number;
  /** Bytes read so far to learn the fields above (headers, index). */
  readonly headerBytes: number;
  /** Sentences for the user: shards that are missing, an index that disagrees. */
  readonly notes: readonly string[];
}
