import { withDeadline } from '../withDeadline.ts';

/**
 * What a worker can do with a private file: at once, and straight into memory that may be shared. Pages have no such
 * handle.
 */
export interface SyncHandle {
  getSize(): number;
  read(into: Uint8Array, options: { readonly at: number }): number;
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

export type SyncFile = FileSystemFileHandle & {
  createSyncAccessHandle(options?: { readonly mode: 'read-only' | 'readwrite' }): Promise<SyncHandle>;
};

/** The private file system answers within milliseconds; a browser in which it hangs does so for good. */
export const OPFS_DEADLINE_MS = 3000;

/**
 * Read-only by default, so that two reads of one file don't lock each other out where the browser knows this mode.
 * To be closed.
 * @throws Error once the deadline has passed; a handle that comes later is closed
 */
export async function openOpfsFile(
  file: FileSystemFileHandle,
  mode: 'read-only' | 'readwrite' = 'read-only',
): Promise<SyncHandle> {
  const opening = (file as SyncFile).createSyncAccessHandle({ mode });
  try {
    return await withDeadline(opening, OPFS_DEADLINE_MS, `Opening ${file.name} in the browser's storage`);
  } catch (error) {
    opening.then(
      (late) => late.close(),
      () => {},
    );
    throw error;
  }
}

/** Bytes of a piece; between two of them a thread checks whether the part is still wanted. */
const PIECE_BYTES = 4 * 1024 * 1024;

/**
 * Reads the whole file, in pieces; ends early once it isn't wanted.
 * @param begin called before each piece is written; where it says true, nobody wants it any more
 * @param end called after each piece
 * @throws Error unless the file is as long as `into`
 */
export async function readOpfsFile(
  file: FileSystemFileHandle,
  into: Uint8Array,
  begin: () => boolean = () => false,
  end: () => void = () => {},
): Promise<void> {
  const handle = await openOpfsFile(file);
  try {
    const size = handle.getSize();
    if (size !== into.length) throw new Error(`it has ${size} bytes, not ${into.length}`);
    for (let offset = 0; offset < size; offset += PIECE_BYTES) {
      if (begin()) return;
      const piece = into.subarray(offset, offset + PIECE_BYTES);
      const got = handle.read(piece, { at: offset });
      end();
      if (got !== piece.length) throw new Error(`it has ${offset + got} bytes, not ${into.length}`);
    }
  } finally {
    handle.close();
  }
}
