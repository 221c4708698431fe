import * as v from 'valibot';
import { QKError } from '../errors.ts';
import type { Repo } from '../repos/repo.ts';

/** Far above any real config.json or index; a larger one is not what its name says. */
const MAX_JSON_BYTES = 64 * 1024 * 1024;

const JsonObject = v.record(v.string(), v.unknown());

/** A small file of a repository, whole. @throws QKError 'too-large' */
export async function readSmall(repo: Repo, path: string, signal?: AbortSignal): Promise<Uint8Array> {
  const source = await repo.open(path, signal);
  if (source.size > MAX_JSON_BYTES) {
    throw new QKError('too-large', `${path} has ${source.size} bytes, far more than such a file needs.`, {
      where: path,
    });
  }
  return source.read(0, source.size, { signal });
}

/** @throws QKError of the given code */
export function parseJson(
  bytes: Uint8Array,
  path: string,
  code: 'index-invalid' | 'config-invalid',
): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new QKError(code, `${path} isn't valid JSON.`, {
      where: path,
      hint: 'Get it again from where it came.',
      cause,
    });
  }
}

/** A config file that was looked for. */
export interface ReadConfig {
  readonly config: Record<string, unknown> | null;
  /** Its path in the repository, also where it couldn't be used; null where there is none. */
  readonly path: string | null;
  /** Why it couldn't be used, in one sentence. */
  readonly fault: string | null;
}

/** Reads the first of the files that is here, as an object. A broken one loses what it would have told, not the weights. */
export async function readConfig(
  repo: Repo,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<ReadConfig> {
  const path = paths.find((name) => repo.paths.includes(name)) ?? null;
  if (path === null) return { config: null, path, fault: null };
  try {
    const json = parseJson(await readSmall(repo, path, signal), path, 'config-invalid');
    return { config: v.parse(JsonObject, json), path, fault: null };
  } catch (error) {
    if (!(error instanceof QKError && error.code === 'config-invalid') && !(error instanceof v.ValiError))
      throw error;
    const why = error instanceof QKError ? error.message : 'it is not a JSON object.';
    return { config: null, path, fault: `${path} couldn't be used: ${why}` };
  }
}
