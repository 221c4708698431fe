import { QKError } from '../errors.ts';

/** How a read may be steered. */
export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Where to put the bytes, exactly `end - begin` long: lets a caller reuse one buffer for every layer. */
  readonly into?: Uint8Array | undefined;
  /** Called as bytes arrive, with how many more came since the last call. */
  readonly onBytes?: ((more: number) => void) | undefined;
}

/** Bytes by position, wherever they lie: a local file, memory, a range of a URL. Parsers know only this. */
export interface ByteSource {
  /** Shown in errors: a file name or path. */
  readonly name: string;
  /** Bytes in all. */
  readonly size: number;
  /**
   * Reads the bytes [begin, end), end exclusive. The answer is `into` where it was given, else fresh memory.
   * @throws QKError 'range-outside-file' | 'read-failed' | 'file-changed' | network codes; an AbortError when
   * cancelled
   */
  read(begin: number, end: number, options?: ReadOptions): Promise<Uint8Array>;
}

/** @throws QKError 'range-outside-file' unless 0 ≤ begin ≤ end ≤ size, all whole */
export function assertRange(name: string, size: number, begin: number, end: number): void {
  if (Number.isSafeInteger(begin) && Number.isSafeInteger(end) && 0 <= begin && begin <= end && end <= size)
    return;
  throw new QKError(
    'range-outside-file',
    `Bytes ${begin} to ${end} of ${name} are needed, but it has only ${size} bytes.`,
    {
      where: name,
      hint: 'The file is shorter than its header says. Download it again.',
    },
  );
}

/** Returns the buffer a read fills: the caller's, or fresh memory. */
export function targetFor(begin: number, end: number, into: Uint8Array | undefined): Uint8Array {
  if (into === undefined) return new Uint8Array(end - begin);
  if (into.length !== end - begin) throw new RangeError(`read(${begin}, ${end}) into ${into.length} bytes`);
  return into;
}
