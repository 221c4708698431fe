/** What a worker can do with a private file: at once, and straight into memory that may be shared. Pages have no such handle. */
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

/** Read-only, so that two reads of one file don't lock each other out where the browser knows this mode. To be closed. */
export function openPrivateFile(file: FileSystemFileHandle): Promise<SyncHandle> {
  return (file as SyncFile).createSyncAccessHandle({ mode: 'read-only' });
}

/** The whole file. @throws Error unless it is as long as `into` */
export async function readPrivateFile(file: FileSystemFileHandle, into: Uint8Array): Promise<void> {
  const handle = await openPrivateFile(file);
  try {
    const size = handle.getSize();
    if (size !== into.length || handle.read(into, { at: 0 }) !== size)
      throw new Error(`it has ${size} bytes, not ${into.length}`);
  } finally {
    handle.close();
  }
}
