/** A file of the fake private file system. */
export interface FakeFile {
  readonly kind: 'file';
  readonly name: string;
  bytes: Uint8Array;
}

export interface FakeFolder {
  readonly kind: 'directory';
  /** Removed, or within a folder that was: it has no more files then. */
  isGone: boolean;
  readonly children: Map<string, FakeFolder | FakeFile>;
  getFileHandle(name: string, options?: { create?: boolean }): Promise<FakeFile>;
}

/** The part of a browser's private file system that is used, in memory, with its errors. */
export function fakeOpfs(): () => Promise<FileSystemDirectoryHandle> {
  const root = fakeFolder('');
  return async () => root as unknown as FileSystemDirectoryHandle;
}

function fakeFolder(name: string): FakeFolder {
  const children = new Map<string, FakeFolder | FakeFile>();
  const child = <T extends FakeFolder | FakeFile>(of: string, create: (() => T) | undefined): T => {
    if (folder.isGone) throw new DOMException(`no ${name}`, 'NotFoundError');
    const held = children.get(of) ?? create?.();
    if (held === undefined) throw new DOMException(`no ${of} in ${name}`, 'NotFoundError');
    children.set(of, held);
    return held as T;
  };
  const folder = {
    kind: 'directory' as const,
    isGone: false,
    name,
    children,
    getDirectoryHandle: async (of: string, options?: { create?: boolean }) =>
      child(of, options?.create ? () => fakeFolder(of) : undefined),
    getFileHandle: async (of: string, options?: { create?: boolean }) =>
      child(of, options?.create ? () => fakeFile(of) : undefined),
    async removeEntry(of: string) {
      const removed = children.get(of);
      if (removed === undefined) throw new DOMException(`no ${of} in ${name}`, 'NotFoundError');
      children.delete(of);
      if (removed.kind === 'directory') markGone(removed);
    },
    async *values() {
      yield* children.values();
    },
  };
  return folder;
}

function markGone(folder: FakeFolder): void {
  folder.isGone = true;
  for (const child of folder.children.values()) if (child.kind === 'directory') markGone(child);
}

function fakeFile(name: string): FakeFile {
  const file = {
    kind: 'file' as const,
    name,
    bytes: new Uint8Array(0),
    getFile: async () => ({ size: file.bytes.length }),
    async createSyncAccessHandle() {
      return {
        getSize: () => file.bytes.length,
        read(into: Uint8Array, { at }: { at: number }) {
          const part = file.bytes.subarray(at, at + into.length);
          into.set(part);
          return part.length;
        },
        write(bytes: Uint8Array, { at }: { at: number }) {
          const longer = new Uint8Array(Math.max(file.bytes.length, at + bytes.length));
          longer.set(file.bytes);
          longer.set(bytes, at);
          file.bytes = longer;
          return bytes.length;
        },
        truncate(size: number) {
          file.bytes = file.bytes.slice(0, size);
        },
        flush() {},
        close() {},
      };
    },
  };
  return file;
}
