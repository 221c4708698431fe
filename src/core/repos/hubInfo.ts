import * as v from 'valibot';
import { type HttpContext, httpError, networkError } from '../bytes/httpErrors.ts';
import { type RetryTools, retrying } from '../bytes/retry.ts';
import { isAbort, QKError } from '../errors.ts';
import { authorizationFor, type HubToken } from './hubToken.ts';

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

/** What the hub tells of a model at a revision: its present name, its commit, its files. */
export type HubInfo = v.InferOutput<typeof Info>;

export interface HubInfoOptions {
  readonly hub: string;
  readonly repo: string;
  readonly revision: string;
  readonly fetch: typeof fetch;
  readonly token?: HubToken | undefined;
  readonly retry: RetryTools;
}

/**
 * One bare request tells commit, files and sizes. (The client library's modelInfo hides X-Error-Code, which alone tells a
 * gated model from a missing one, and can't ask for sizes.)
 * @throws QKError with the hub's refusal in the user's words
 */
export async function readHubInfo(
  { hub, repo, revision, fetch, token, retry }: HubInfoOptions,
  signal?: AbortSignal,
): Promise<HubInfo> {
  const url = `${hub}/api/models/${repo}/revision/${encodeURIComponent(revision)}?blobs=true`;
  const headers = authorizationFor(hub, token);
  const context: HttpContext = {
    where: `${repo}@${revision}`,
    page: `${hub}/${repo}`,
    isSignedIn: 'Authorization' in headers,
  };
  let info: HubInfo | null = null;
  const attempt = async () => {
    let text: string;
    try {
      // no-store: the commit that a branch names now, not the one it named last time.
      const response = await fetch(url, { cache: 'no-store', headers, signal: signal ?? null });
      if (!response.ok) throw httpError(response.status, response.headers.get('X-Error-Code'), context);
      text = await response.text();
    } catch (cause) {
      if (signal?.aborted) throw signal.reason;
      if (cause instanceof QKError || isAbort(cause)) throw cause;
      throw networkError(context, cause);
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
