import type { ByteSource } from '../bytes/byteSource.ts';
import type { FormatId } from '../repos/index.ts';
import type { TensorEntry } from './checkpoint.ts';

/** What a format's reader may ask for beside the file itself. */
export interface FormatContext {
  /**
   * Another file of the repository, by its path beside this one (ONNX keeps its weights apart). @throws QKError
   * 'file-not-found'
   */
  openBeside(path: string, signal?: AbortSignal): Promise<ByteSource>;
  /** Which tensors matter: places that cost a request each are looked up for these alone. Absent: all do. */
  readonly wants?: ((name: string) => boolean) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface SplitPart {
  /** From 0. */
  readonly number: number;
  readonly count: number;
  /** Of all parts together; null where it isn't said. */
  readonly tensors: number | null;
}

/** What one weight file says of itself: its tensors' places, no weights. */
export interface FormatFile {
  readonly tensors: readonly TensorEntry[];
  /** Names of all its tensors, where `tensors` holds only the wanted ones. */
  readonly names?: readonly string[];
  /** Bytes fetched to learn it. */
  readonly fetched: number;
  /** The header's bytes, for a fingerprint. */
  readonly header: Uint8Array;
  /** What the file says of the model, where the format has a place for it (GGUF), under config.json's names. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Where in the file that stands: "ckpt.pt's model_args". Absent: the file as a whole tells it. */
  readonly configName?: string;
  /** Which part of a split file it is, by its own metadata (GGUF); absent where it is whole. */
  readonly split?: SplitPart;
  /** Sentences for the user. */
  readonly notes?: readonly string[];
}

/** One file format. None knows another; all are in one list (`formats.ts`). */
export interface Format {
  readonly id: FormatId;
  /** "safetensors", "PyTorch": in sentences. */
  readonly name: string;
  /** Of weight files, without the dot, the usual one first. */
  readonly extensions: readonly string[];
  /** Reads the header alone. @throws QKError with file and offset in `where` */
  read(source: ByteSource, context: FormatContext): Promise<FormatFile>;
}
