import { createPrivateFileRanges } from '../core/bytes/privateFiles.ts';

export type OpenRoot = () => Promise<FileSystemDirectoryHandle>;

/** Bytes of all ranges of files that are kept in this browser. */
export async function keptBytes(openRoot: OpenRoot): Promise<number> {
  return (await createPrivateFileRanges(openRoot).usage()).bytes;
}

export function clearKeptBytes(openRoot: OpenRoot): Promise<void> {
  return createPrivateFileRanges(openRoot).clear();
}
