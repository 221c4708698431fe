import { isDeadlineError, withDeadline } from '../withDeadline.ts';
import { canReadInto, type FileReaders } from './fileReaders.ts';
import { OPFS_DEADLINE_MS, openOpfsFile, readOpfsFile } from './opfsFile.ts';
import type { RangeCache } from './rangeCache.ts';

/** Everything lies in one folder, so that it can be counted and cleared. */
const FOLDER = 'qkscope-ranges-1';
const SIZE_FILE = 'size';
/** For all files together, of which there may be thousands. */
const COUNT_DEADLINE_MS = 30_000;

export interface RangeStore extends RangeCache {
  /** Returns the bytes of all ranges, and how many there are. */
  usage(): Promise<{ readonly bytes: number; readonly ranges: number }>;
  clear(): Promise<void>;
}

type Folder = FileSystemDirectoryHandle & {
  values(): AsyncIterable<FileSystemFileHandle | FileSystemDirectoryHandle>;
};

/**
 * Ranges in the browser's private file system, which a worker reads some ten times as fast as a file that a user
 * picked. A folder for each file at its commit, named by the SHA-256 of its address; in it a file for each range,
 * named "begin-end", and `size`. A range that was written in part has another size than its name says: reading it
 * fails, which counts as absent. Reading and writing need a worker; counting and clearing don't. A call that brings
 * no file within OPFS_DEADLINE_MS fails, and every later one at once: who asked reads from the network, as if
 * nothing were kept.
 * @param openRoot navigator.storage.getDirectory, where there is one
 * @param readers threads that read, so that whoever asks can compute meanwhile
 */
export function createOpfsRanges(
  openRoot: () => Promise<FileSystemDirectoryHandle>,
  readers?: FileReaders,
): RangeStore {
  const folders = new Map<string, Promise<FileSystemDirectoryHandle>>();
  let hasHung = false;
  const unlessHung = async <T>(call: () => Promise<T>): Promise<T> => {
    if (hasHung) throw new Error("The browser's storage doesn't answer.");
    try {
      return await call();
    } catch (error) {
      hasHung ||= isDeadlineError(error);
      throw error;
    }
  };
  const inTime = <T>(promise: Promise<T>) => withDeadline(promise, OPFS_DEADLINE_MS, "The browser's storage");
  const folderOf = (file: string): Promise<FileSystemDirectoryHandle> => {
    let folder = folders.get(file);
    if (folder === undefined) {
      folder = (async () => {
        const all = await (await openRoot()).getDirectoryHandle(FOLDER, { create: true });
        return all.getDirectoryHandle(await nameOf(file), { create: true });
      })();
      folders.set(file, folder);
      folder.catch(() => folders.delete(file));
    }
    return folder;
  };
  /** null where there is no such file. */
  const find = (file: string, name: string): Promise<FileSystemFileHandle | null> =>
    inTime(
      folderOf(file)
        .then((folder) => folder.getFileHandle(name))
        .catch((error: unknown) => {
          if (isNotFound(error)) return null;
          throw error;
        }),
    );
  const create = async (file: string, name: string): Promise<FileSystemFileHandle> => {
    const make = async () => (await folderOf(file)).getFileHandle(name, { create: true });
    return make().catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
      // The folder was cleared meanwhile, by the page.
      folders.delete(file);
      return make();
    });
  };
  const writeWhole = async (file: string, name: string, bytes: Uint8Array) => {
    const handle = await inTime(create(file, name));
    const open = await openOpfsFile(handle, 'readwrite');
    try {
      open.truncate(0);
      open.write(bytes, { at: 0 });
      open.flush();
    } finally {
      open.close();
    }
  };

  const readRange = async (file: string, begin: number, end: number, into: Uint8Array) => {
    const found = await find(file, `${begin}-${end}`);
    if (found === null) return null;
    if (readers !== undefined && canReadInto(into)) await readers.read(found, 0, into.length, into);
    else await readOpfsFile(found, into);
    return into;
  };
  const readSize = async (file: string) => {
    const found = await find(file, SIZE_FILE);
    if (found === null) return null;
    const handle = await openOpfsFile(found);
    try {
      const text = new Uint8Array(handle.getSize());
      handle.read(text, { at: 0 });
      const size = text.length === 0 ? Number.NaN : Number(new TextDecoder().decode(text));
      return Number.isSafeInteger(size) ? size : null;
    } finally {
      handle.close();
    }
  };

  return {
    read: (file, begin, end, into = new Uint8Array(end - begin)) =>
      unlessHung(() => readRange(file, begin, end, into)),
    write: (file, begin, bytes) =>
      unlessHung(() => writeWhole(file, `${begin}-${begin + bytes.length}`, bytes)),
    sizeOf: (file) => unlessHung(() => readSize(file)),
    writeSize: (file, size) =>
      unlessHung(() => writeWhole(file, SIZE_FILE, new TextEncoder().encode(String(size)))),
    usage: () => unlessHung(() => withDeadline(count(), COUNT_DEADLINE_MS, "The browser's storage")),
    clear: () => unlessHung(() => withDeadline(removeAll(), COUNT_DEADLINE_MS, "The browser's storage")),
  };

  async function count() {
    let [bytes, ranges] = [0, 0];
    const all = await (await openRoot()).getDirectoryHandle(FOLDER, { create: true });
    for await (const folder of (all as Folder).values()) {
      if (folder.kind !== 'directory') continue;
      for await (const file of (folder as Folder).values()) {
        if (file.kind !== 'file' || file.name === SIZE_FILE) continue;
        bytes += (await (file as FileSystemFileHandle).getFile()).size;
        ranges++;
      }
    }
    return { bytes, ranges };
  }

  async function removeAll() {
    folders.clear();
    await (await openRoot()).removeEntry(FOLDER, { recursive: true }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }
}

async function nameOf(file: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(file));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function isNotFound(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotFoundError';
}
