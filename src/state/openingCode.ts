// What opens models and files, fetched when the page is idle so that it is there when it is needed.
import { loadCheckpointFolders, loadModelIds } from './lazyCode.ts';

/** What looks into dropped files. */
export const loadOpenFiles = () => import('./openFiles.ts');

/** Fetches it ahead of time; a failure is shown when it is needed. */
export function fetchOpeningCode(): void {
  for (const load of [loadModelIds, loadCheckpointFolders, loadOpenFiles]) load().catch(() => {});
}
