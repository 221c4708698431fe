// Scores of earlier visits that a link names: local files by their fingerprint, models of the hub by the first digits of a commit.
import type { LayoutOverrides } from '../core/architectures/inferLayout.ts';
import { type ModelChoice, normaliseHubUrl } from '../core/repos/index.ts';
import { type Convention, choiceOf } from '../core/weights/convention.ts';
import type { CachedModel } from './cachedModel.ts';
import type { ResultCache } from './resultCache.ts';

/** So many digits of a fingerprint stand in a link; no two files are known to share them. */
export const FINGERPRINT_DIGITS = 16;

/** How a model was read: the same files give other scores otherwise. */
export interface Reading {
  readonly layoutOverrides: LayoutOverrides;
  readonly convention: Convention;
}

/** Finds the scores of a local file; null where none are kept. */
export function readLocal(
  results: ResultCache,
  fingerprint: string,
  reading: Reading,
): Promise<CachedModel | null> {
  return results.readKey(localKey(fingerprint, reading));
}

/** Keeps the scores of a local file in this browser, by its fingerprint; neither its bytes nor its place are kept. */
export function writeLocal(
  results: ResultCache,
  fingerprint: string,
  reading: Reading,
  scores: CachedModel,
): Promise<void> {
  return results.writeKey(localKey(fingerprint, reading), scores);
}

function localKey(fingerprint: string, reading: Reading): string {
  return `score:${JSON.stringify(['local', fingerprint.slice(0, FINGERPRINT_DIGITS), ...formOf(reading)])}`;
}

/**
 * Finds a model's scores by the first digits of its commit; null where there are none, or where several of its weight files are
 * scored and none is named.
 */
export async function readCommit(
  results: ResultCache,
  hubUrl: string,
  { repo, revision = '', weights }: Extract<ModelChoice, { kind: 'hub' }>,
  reading: Reading,
): Promise<CachedModel | null> {
  if (!/^[0-9a-f]{7,40}$/.test(revision)) return null;
  const [wantedHub, form] = [normaliseHubUrl(hubUrl), JSON.stringify(formOf(reading))];
  const found = (await results.keys()).filter((key) => {
    const [hub, id, sha, path, layoutOverrides, convention] = partsOf(key);
    return (
      hub === wantedHub &&
      id === repo &&
      typeof sha === 'string' &&
      sha.startsWith(revision) &&
      (weights === undefined || weights.path === path) &&
      JSON.stringify([splitsOf(layoutOverrides as LayoutOverrides), convention]) === form
    );
  });
  return found.length === 1 ? results.readKey(found[0]!) : null;
}

function partsOf(key: string): unknown[] {
  const parts: unknown = JSON.parse(key.slice('score:'.length));
  return Array.isArray(parts) ? parts : [];
}

function formOf({ layoutOverrides, convention }: Reading): unknown[] {
  return [splitsOf(layoutOverrides), choiceOf(convention)];
}

/** Head splits as a link writes them: the width of a head follows from them. */
function splitsOf({ splits = {}, mapping }: LayoutOverrides): unknown {
  const plain = Object.entries(splits).map(([key, { heads, kvHeads }]) => [key, heads, kvHeads]);
  return [plain.sort(), mapping ?? null];
}
