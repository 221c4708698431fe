import { createOpfsRanges } from '../core/bytes/opfsRanges.ts';

export type OpenRoot = () => Promise<FileSystemDirectoryHandle>;

/** Bytes of all ranges of files that are kept in this browser. */
export async function keptBytes(openRoot: OpenRoot): Promise<number> {
  return (await createOpfsRanges(openRoot).usage()).bytes;
}

export function clearKeptBytes(openRoot: OpenRoot): Promise<void> {
  return createOpfsRanges(openRoot).clear();
}
