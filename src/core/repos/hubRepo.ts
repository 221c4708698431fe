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
/** Refuses what isn't JSON too: another server's page at the hub's address. */
const InfoText = v.pipe(v.string(), v.parseJson(), Info);
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
  if (!hasSafetensors(info)) throw noWeights(info, asked);
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

/** Which weights there are instead, and what to do; the listing's other files (README, tokenizer) would only hide them. */
function noWeights(info: Info, revision: string): QKError {
  const weights = info.siblings
    .map(({ rfilename }) => rfilename)
    .filter((path) => /\.(bin|pt|pth|ckpt|h5|msgpack|gguf|onnx)$/.test(path));
  const shown = `${weights.slice(0, 4).join(', ')}${weights.length > 4 ? ', …' : ''}`;
  const places = revision === 'main' ? 'on main or refs/pr/1' : `at ${revision}`;
  const isMadeFromAnother = weights.length > 0 && weights.every((path) => /\.(gguf|onnx)$/.test(path));
  return new QKError(
    'no-weights',
    `There are no safetensors ${places}, ${weights.length === 0 ? 'nor any other weights' : `only ${shown}`}.`,
    {
      where: info.id,
      hint: isMadeFromAnother
        ? 'QKScope reads safetensors: open the model that these files were made from.'
        : 'QKScope reads safetensors: drop a converted model.safetensors here, or open another copy of the model.',
    },
  );
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
    let text: string;
    try {
      // no-store: the commit that a branch names now, not the one it named last time.
      const response = await fetch(url, { cache: 'no-store', signal: signal ?? null });
      if (!response.ok) throw httpError(response.status, response.headers.get('X-Error-Code'), context);
      text = await response.text();
    } catch (cause) {
      if (signal?.aborted) throw signal.reason;
      if (cause instanceof QKError || isAbort(cause)) throw cause;
      throw networkError(context.where, cause);
    }
    const parsed = v.safeParse(InfoText, text);
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
