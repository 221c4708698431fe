import type { LocalFile } from '../../core/repos/index.ts';

/** Files chosen in a file input; a chosen folder gives paths inside it. */
export function pickedFiles(list: FileList | null): LocalFile[] {
  return [...(list ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, blob: file }));
}

/**
 * Files and folders of a drop, folders walked. The items are only there while the event runs, so everything is taken
 * out of them before the first wait.
 */
export function droppedFiles(transfer: DataTransfer): Promise<LocalFile[]> {
  const items = [...transfer.items].filter((item) => item.kind === 'file');
  const taken = items.map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  return Promise.all(
    taken.map(async ({ entry, file }): Promise<LocalFile[]> => {
      if (entry !== null && (file === null || isFolder(entry))) return filesUnder(entry);
      if (file === null) return [];
      // The file itself, and not what its entry would read: WebKit finds none for a file that a page has made.
      return [{ path: entry?.fullPath.replace(/^\//, '') || file.name, blob: file }];
    }),
  ).then((lists) => lists.flat());
}

async function filesUnder(entry: FileSystemEntry): Promise<LocalFile[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ path: entry.fullPath.replace(/^\//, ''), blob: file }];
  }
  if (!isFolder(entry)) return [];
  const inside = await entriesOf(entry);
  return (await Promise.all(inside.map(filesUnder))).flat();
}

/** readEntries gives at most 100 at a time (Chromium), and an empty list at the end. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
