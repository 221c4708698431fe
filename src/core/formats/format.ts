// The interface that every file format implements.
import type { ByteSource } from '../bytes/byteSource.ts';
import type { FormatId } from '../repos/index.ts';
import type { TensorEntry, TensorShape } from './checkpoint.ts';

/** What the reader of a format may use besides the file itself. */
export interface FormatContext {
  /**
   * Opens another file of the repository, by its path relative to this one (ONNX can store its weights in a separate
   * file). @throws QKError 'file-not-found'
   */
  openBeside(path: string, signal?: AbortSignal): Promise<ByteSource>;
  /**
   * Selects the tensors that matter: where looking up a place costs a request, only these are looked up. Absent: all
   * tensors matter.
   */
  readonly wants?: ((name: string) => boolean) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface SplitPart {
  /** The number of this part, counted from 0. */
  readonly number: number;
  readonly count: number;
  /** The number of tensors in all parts together; null where the metadata doesn't give it. */
  readonly tensors: number | null;
}

/** The contents of one weight file by its header: where each tensor is stored, but no weights. */
export interface FormatFile {
  readonly tensors: readonly TensorEntry[];
  /** The names of all tensors, given where `tensors` contains only the wanted ones. */
  readonly names?: readonly string[];
  /**
   * Every tensor by its shape, given where `tensors` contains only the wanted ones or where several share their data;
   * null where the header doesn't say all of them.
   */
  readonly shapes?: readonly TensorShape[] | null;
  /** Bytes that were fetched to read the header. */
  readonly fetched: number;
  /** The bytes of the header, which identify the file in a fingerprint. */
  readonly header: Uint8Array;
  /** The model's parameters under config.json's names, where the format stores them (GGUF). */
  readonly config?: Readonly<Record<string, unknown>>;
  /** The place of `config` within the file: "ckpt.pt's model_args". Absent: the file as a whole is named. */
  readonly configName?: string;
  /** The part of a split file that this file is, by its metadata (GGUF); absent where the file is whole. */
  readonly split?: SplitPart;
  /** Sentences for the user. */
  readonly notes?: readonly string[];
}

/** One file format. No format imports another; `formats.ts` lists them all. */
export interface Format {
  readonly id: FormatId;
  /** The name that sentences use: "safetensors", "PyTorch". */
  readonly name: string;
  /** File name extensions of weight files, without the dot, the most common first. */
  readonly extensions: readonly string[];
  /** Reads only the header. @throws QKError with file and offset in `where` */
  read(source: ByteSource, context: FormatContext): Promise<FormatFile>;
}
