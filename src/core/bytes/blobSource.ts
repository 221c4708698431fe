import { QKError } from '../errors.ts';
import type { ByteSource, ReadOptions } from './byteSource.ts';
import { assertRange, targetFor } from './byteSource.ts';
import { canReadInto, type FileReaders } from './fileReaders.ts';

/**
 * Slices of a Blob are read in pieces: each piece is fresh memory until it is copied, so a piece bounds what a read
 * costs beside its target. 2 MB reads nearly as fast as larger ones (a slice call costs 0.2–3 ms).
 */
const PIECE_BYTES = 2 * 1024 * 1024;

/**
 * Wraps a local file (or any Blob) as a ByteSource: only the asked-for bytes are read from disk. Into shared memory
 * several threads read at once, where there are `readers`.
 */
export function createBlobSource(name: string, blob: Blob, readers?: FileReaders): ByteSource {
  return {
    name,
    size: blob.size,
    async read(begin: number, end: number, options: ReadOptions = {}): Promise<Uint8Array> {
      assertRange(name, blob.size, begin, end);
      const target = targetFor(begin, end, options.into);
      if (readers !== undefined && canReadInto(target)) {
        options.signal?.throwIfAborted();
        await readers.read(blob, begin, end, target, options).catch((cause: unknown) => {
          options.signal?.throwIfAborted();
          throw unreadable(name, begin, end, cause);
        });
        return target;
      }
      for (let offset = begin; offset < end; offset += PIECE_BYTES) {
        options.signal?.throwIfAborted();
        const piece = await readPiece(name, blob, offset, Math.min(end, offset + PIECE_BYTES));
        target.set(piece, offset - begin);
        options.onBytes?.(piece.length);
      }
      return target;
    },
  };
}

async function readPiece(name: string, blob: Blob, begin: number, end: number): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readSlice(blob.slice(begin, end)));
  } catch (cause) {
    throw unreadable(name, begin, end, cause);
  }
}

/** A File handle goes stale when the file changes on disk (NotReadableError). */
function unreadable(name: string, begin: number, end: number, cause: unknown): QKError {
  return new QKError('file-changed', `Bytes ${begin} to ${end} of ${name} couldn't be read from disk.`, {
    where: name,
    hint: 'The file may have been changed or moved since you chose it. Choose it again.',
    permanent: false,
    cause,
  });
}

/** In workers only, so that the page's types don't know it. */
declare const FileReaderSync: { new (): { readAsArrayBuffer(blob: Blob): ArrayBuffer } } | undefined;

/**
 * Workers can read a slice at once, which leaves far less behind for the garbage collector than a promise for each
 * does.
 */
async function readSlice(slice: Blob): Promise<ArrayBuffer> {
  if (typeof FileReaderSync === 'undefined') return slice.arrayBuffer();
  // Lets a cancel message in between two pieces.
  await new Promise((resolve) => setTimeout(resolve, 0));
  return new FileReaderSync().readAsArrayBuffer(slice);
}
