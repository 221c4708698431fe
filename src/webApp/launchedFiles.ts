// Files that the system opens with the installed page (`file_handlers` of public/manifest.webmanifest): Chromium on desktops.
import type { LocalFile } from '../core/repos/index.ts';

/** https://wicg.github.io/web-app-launch/: not in TypeScript's DOM library. */
export interface LaunchQueue {
  setConsumer(consumer: (launch: { readonly files?: readonly FileSystemHandle[] }) => void): void;
}

/** Opens launched files as a drop opens them. The queue keeps launches until something consumes them. */
export function openLaunchedFiles(
  queue: LaunchQueue,
  open: (files: Promise<readonly LocalFile[]>) => void,
): void {
  queue.setConsumer(({ files = [] }) => {
    open(Promise.all(files.filter(isFile).map(async (handle) => blobOf(await handle.getFile()))));
  });
}

function isFile(handle: FileSystemHandle): handle is FileSystemFileHandle {
  return handle.kind === 'file';
}

function blobOf(file: File): LocalFile {
  return { path: file.name, blob: file };
}
