// Reads many small files a group at a time: a browser takes about a millisecond to begin with each file, whatever its size.
import type { LocalFile } from '../repos/index.ts';

/** So many files, of so many bytes together, become one Blob, which is read at once. */
const [GROUP_FILES, GROUP_BYTES] = [32, 4 * 1024 * 1024];

export type Opened<File extends LocalFile> =
  | { readonly file: File; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly file: File; readonly error: unknown };

/**
 * Yields groups of files with their bytes, in order; the next group is read while one is looked at.
 * @param readAlone reads one that is large, or whose group couldn't be read together
 */
export async function* readTogether<File extends LocalFile>(
  files: readonly File[],
  readAlone: (file: File) => Promise<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<readonly Opened<File>[]> {
  const groups = groupsOf(files);
  const read = () => {
    const { value } = groups.next();
    return value === undefined ? null : readGroup(value, readAlone);
  };
  for (let current = read(); current !== null; ) {
    const opened = await current;
    current = read();
    yield opened;
  }
}

function* groupsOf<File extends LocalFile>(files: readonly File[]): Generator<readonly File[]> {
  let [group, bytes]: [File[], number] = [[], 0];
  for (const file of files) {
    const { size } = file.blob;
    if (group.length > 0 && (group.length === GROUP_FILES || bytes + size > GROUP_BYTES)) {
      yield group;
      [group, bytes] = [[], 0];
    }
    group.push(file);
    bytes += size;
  }
  if (group.length > 0) yield group;
}

/** It doesn't throw, so that what is read ahead may be left alone. */
async function readGroup<File extends LocalFile>(
  group: readonly File[],
  readAlone: (file: File) => Promise<Uint8Array<ArrayBuffer>>,
): Promise<readonly Opened<File>[]> {
  if (group.length > 1) {
    try {
      const all = await new Blob(group.map(({ blob }) => blob)).arrayBuffer();
      let end = 0;
      const opened = group.map((file) => {
        const start = end;
        end += file.blob.size;
        return { file, bytes: new Uint8Array(all, start, file.blob.size) };
      });
      if (end === all.byteLength) return opened;
    } catch {
      // One of them can't be read: each alone says which.
    }
  }
  return Promise.all(
    group.map(async (file): Promise<Opened<File>> => {
      try {
        return { file, bytes: await readAlone(file) };
      } catch (error) {
        return { file, error };
      }
    }),
  );
}
