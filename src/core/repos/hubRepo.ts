import * as v from 'valibot';
import type { ByteSource } from '../bytes/byteSource.ts';
import { type HttpContext, httpError, networkError } from '../bytes/httpErrors.ts';
import { openHttpSource } from '../bytes/httpSource.ts';
import { REAL_RETRY_TOOLS, type RetryTools, retrying } from '../bytes/retry.ts';
import { isAbort, QKError } from '../errors.ts';
import type { Repo } from './repo.ts';

export interface HubRepoOptions {
  readonly repo: string;
  readonly revision?: string | undefined;
  /** https://huggingface.co, or a mirror's address. */
  readonly hubUrl: string;
  readonly fetch: typeof fetch;
  readonly retry?: RetryTools;
}

/** Where the hub's converter leaves safetensors that the owner hasn't merged. */
const CONVERTED = 'refs/pr/1';

const Info = v.object({
  id: v.string(),
  sha: v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/)),
  siblings: v.optional(
    v.array(v.object({ rfilename: v.string(), size: v.optional(v.nullable(v.number())) })),
    [],
  ),
});
type Info = v.InferOutput<typeof Info>;

/**
 * A model on the hub, pinned to the commit that its revision names now. Where main has no safetensors, those that the
 * hub's converter left at refs/pr/1 are taken, and said so.
 *
 * One bare request tells commit, files and sizes. (The client library's modelInfo hides X-Error-Code, which alone tells a
 * gated model from a missing one, and can't ask for sizes.)
 */
export async function openHubRepo(options: HubRepoOptions, signal?: AbortSignal): Promise<Repo> {
  const hub = options.hubUrl.replace(/\/+$/, '');
  const retry = options.retry ?? REAL_RETRY_TOOLS;
  const asked = options.revision ?? 'main';
  const notes: string[] = [];
  let revision = asked;
  let info = await readInfo(hub, options, asked, retry, signal);
  if (asked === 'main' && !hasSafetensors(info)) {
    const converted = await readInfo(hub, options, CONVERTED, retry, signal).catch((error: unknown) => {
      if (error instanceof QKError && error.permanent && !isAbort(error)) return null;
      throw error;
    });
    if (converted !== null && hasSafetensors(converted)) {
      info = converted;
      revision = CONVERTED;
      notes.push('main has no safetensors; read from refs/pr/1, where the hub’s converter left them.');
    }
  }
  if (info.id !== options.repo) notes.push(`${options.repo} is now ${info.id}.`);
  const { id, sha } = info;
  const context = (where: string): HttpContext => ({ where: `${id}, ${where}`, page: `${hub}/${id}` });
  const sizes = new Map(info.siblings.map(({ rfilename, size }) => [rfilename, size ?? undefined]));
  return {
    identity: { source: 'hub', id, revision, sha, notes },
    paths: [...sizes.keys()],
    open(path: string, abort?: AbortSignal): Promise<ByteSource> {
      const url = `${hub}/${id}/resolve/${sha}/${path.split('/').map(encodeURIComponent).join('/')}`;
      return openHttpSource(
        { name: path, url, size: sizes.get(path), fetch: options.fetch, retry, context: context(path) },
        abort,
      );
    },
  };
}

function hasSafetensors(info: Info): boolean {
  return info.siblings.some(({ rfilename }) => rfilename.endsWith('.safetensors'));
}

async function readInfo(
  hub: string,
  { repo, fetch }: HubRepoOptions,
  revision: string,
  retry: RetryTools,
  signal?: AbortSignal,
): Promise<Info> {
  const url = `${hub}/api/models/${repo}/revision/${encodeURIComponent(revision)}?blobs=true`;
  const context = { where: `${repo}@${revision}`, page: `${hub}/${repo}` };
  let info: Info | null = null;
  const attempt = async () => {
    let body: unknown;
    try {
      const response = await fetch(url, { signal: signal ?? null });
      if (!response.ok) throw httpError(response.status, response.headers.get('X-Error-Code'), context);
      body = await response.json();
    } catch (cause) {
      if (cause instanceof QKError || isAbort(cause)) throw cause;
      throw networkError(context.where, cause);
    }
    const parsed = v.safeParse(Info, body);
    if (!parsed.success) {
      throw new QKError('server-error', "The answer isn't that of a model hub.", {
        where: url,
        hint: "Check the hub's address in the settings.",
      });
    }
    info = parsed.output;
    return true;
  };
  await retrying(attempt, () => false, retry, signal);
  return info!;
}
