// huggingface_hub's local cache: read where it holds what is asked for, and never written.
import { readdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import type { RangeCache } from '../core/bytes/rangeCache.ts';
import { DiskBlob } from './diskBlob.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Finds the folder as huggingface_hub does (its guide "Environment variables"). */
export function hubFolder(env: Environment): string {
  if (env.HF_HUB_CACHE) return env.HF_HUB_CACHE;
  if (env.HF_HOME) return path.join(env.HF_HOME, 'hub');
  return path.join(env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'huggingface', 'hub');
}

const modelFolder = (folder: string, repo: string) =>
  path.join(folder, `models--${repo.replaceAll('/', '--')}`);

/** "…/owner/name/resolve/<commit>/path" */
const RESOLVED = /\/(?<repo>[\w.-]+(?:\/[\w.-]+)?)\/resolve\/(?<sha>[0-9a-f]{40})\/(?<file>[^?#]+)$/;

/** Serves ranges of files that the cache holds at the commit in question. */
export function createHubFolderRanges(folder: string, hubUrl: string): RangeCache {
  const blobs = new Map<string, Promise<DiskBlob | null>>();
  const find = (url: string) => {
    let blob = blobs.get(url);
    if (blob === undefined) {
      blob = open(url);
      blobs.set(url, blob);
    }
    return blob;
  };
  const open = async (url: string): Promise<DiskBlob | null> => {
    const base = hubUrl.replace(/\/+$/, '');
    const { repo, sha, file } =
      RESOLVED.exec(url.startsWith(base) ? url.slice(base.length) : '')?.groups ?? {};
    if (repo === undefined || sha === undefined || file === undefined) return null;
    const parts = file.split('/').map(decodeURIComponent);
    if (parts.some((part) => part === '..' || part.includes(path.sep))) return null;
    const place = path.join(modelFolder(folder, repo), 'snapshots', sha, ...parts);
    const found = await stat(place).catch(() => null);
    return found?.isFile() ? new DiskBlob(place, found) : null;
  };
  return {
    async read(url, begin, end, into = new Uint8Array(end - begin)) {
      const blob = await find(url);
      if (blob === null) return null;
      await blob.readInto(begin, into);
      return into;
    },
    async sizeOf(url) {
      return (await find(url))?.size ?? null;
    },
    async write() {},
    async writeSize() {},
  };
}

/** A model of which the cache holds a snapshot. */
export interface HeldSnapshot {
  readonly sha: string;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** Finds the snapshot that a revision named when it was downloaded, or that a commit names; null without one. */
export async function heldSnapshot(
  folder: string,
  repo: string,
  revision: string,
): Promise<HeldSnapshot | null> {
  const model = modelFolder(folder, repo);
  const named = await readFile(path.join(model, 'refs', ...revision.split('/')), 'utf8').catch(
    () => revision,
  );
  const sha = named.trim();
  if (!/^[0-9a-f]{40}$/.test(sha)) return null;
  const snapshot = path.join(model, 'snapshots', sha);
  const names = await readdir(snapshot, { recursive: true }).catch(() => null);
  if (names === null) return null;
  const files = [];
  for (const name of names.sort()) {
    const found = await stat(path.join(snapshot, name)).catch(() => null);
    if (found?.isFile()) files.push({ path: name.split(path.sep).join('/'), size: found.size });
  }
  return files.length === 0 ? null : { sha, files };
}
