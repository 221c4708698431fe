// Opens several weight files of a repository at once and reads their headers.
import type { Repo } from '../repos/index.ts';
import type { Format, FormatFile } from './format.ts';

/** The number of files opened at once: a hub may respond to each slowly. */
const AT_ONCE = 8;

/** A weight file whose header has been read. */
export interface OpenedFile {
  readonly path: string;
  readonly size: number;
  readonly file: FormatFile;
}

/** Reads the headers of some files of a repository and returns them in the given order. */
export async function openFiles(
  repo: Repo,
  format: Format,
  paths: readonly string[],
  wants: (name: string) => boolean,
  signal: AbortSignal | undefined,
): Promise<OpenedFile[]> {
  const opened: OpenedFile[] = new Array(paths.length);
  let next = 0;
  const openNext = async () => {
    while (next < paths.length) {
      const at = next++;
      const path = paths[at]!;
      const folder = path.slice(0, path.lastIndexOf('/') + 1);
      const source = await repo.open(path, signal);
      const openBeside = (other: string, abort?: AbortSignal) => repo.open(folder + other, abort);
      const file = await format.read(source, { openBeside, wants, signal });
      opened[at] = { path, size: source.size, file };
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, paths.length) }, openNext));
  return opened;
}

/** Lists the names of all tensors of a file, including those whose places weren't looked up. */
export function namesIn({ file }: OpenedFile): readonly string[] {
  return file.names ?? file.tensors.map(({ name }) => name);
}
