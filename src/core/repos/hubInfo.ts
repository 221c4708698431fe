// Asks the hub for a model's commit and files at a revision.
import * as v from 'valibot';
import type { RetryTools } from '../bytes/retry.ts';
import { readHubJson } from './hubJson.ts';
import { authorizationFor, type HubToken } from './hubToken.ts';

/** An owner's and a model's name have at most 96 characters each. */
const MAX_ID = 200;

const Info = v.object({
  id: v.pipe(v.string(), v.maxLength(MAX_ID)),
  sha: v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/)),
  /** When the repository was made; a mirror may leave it out. */
  createdAt: v.optional(v.unknown()),
  siblings: v.optional(
    v.array(v.object({ rfilename: v.string(), size: v.optional(v.nullable(v.number())) })),
    [],
  ),
});

/** The hub's information on a model at a revision: its present name, its commit, its files. */
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
 * Requests the commit, the files and their sizes in one request. (The client library's modelInfo hides X-Error-Code,
 * which alone distinguishes a gated model from a missing one, and can't ask for sizes.)
 * @throws QKError with the hub's refusal in the user's words
 */
export async function readHubInfo(
  { hub, repo, revision, fetch, token, retry }: HubInfoOptions,
  signal?: AbortSignal,
): Promise<HubInfo> {
  const url = `${hub}/api/models/${repo}/revision/${encodeURIComponent(revision)}?blobs=true`;
  const headers = authorizationFor(hub, token);
  const context = {
    where: `${repo}@${revision}`,
    page: `${hub}/${repo}`,
    isSignedIn: 'Authorization' in headers,
  };
  return readHubJson({ url, schema: Info, headers, context, fetch, retry }, signal);
}
