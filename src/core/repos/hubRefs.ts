// Lists the branches and tags of a repository on the hub.
import * as v from 'valibot';
import type { RetryTools } from '../bytes/retry.ts';
import { readHubJson } from './hubJson.ts';
import { authorizationFor, type HubToken } from './hubToken.ts';

const Ref = v.object({
  /** The name of the revision: "step1000". */
  name: v.string(),
  /** The commit that the name refers to now. */
  targetCommit: v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/)),
});
const Refs = v.object({ branches: v.array(Ref), tags: v.optional(v.array(Ref), []) });

/** A branch or a tag with its commit. */
export interface HubRef {
  readonly name: string;
  readonly kind: 'branch' | 'tag';
  readonly commit: string;
}

export interface HubRefsOptions {
  readonly hubUrl: string;
  readonly repo: string;
  readonly fetch: typeof fetch;
  readonly token?: HubToken | undefined;
  readonly retry: RetryTools;
}

/**
 * Lists a repository's branches and tags in the hub's order, without the other refs (converted copies, pull requests).
 * It makes one request, since the list isn't paged (huggingface_hub, `list_repo_refs`).
 * @throws QKError with the hub's refusal in the user's words
 */
export async function readHubRefs(
  { hubUrl, repo, fetch, token, retry }: HubRefsOptions,
  signal?: AbortSignal,
): Promise<readonly HubRef[]> {
  const hub = hubUrl.replace(/\/+$/, '');
  const headers = authorizationFor(hub, token);
  const { branches, tags } = await readHubJson(
    {
      url: `${hub}/api/models/${repo}/refs`,
      schema: Refs,
      headers,
      context: {
        where: `${repo}, its branches`,
        page: `${hub}/${repo}`,
        isSignedIn: 'Authorization' in headers,
      },
      fetch,
      retry,
    },
    signal,
  );
  const named = new Set(branches.map(({ name }) => name));
  return [
    ...branches.map(({ name, targetCommit }): HubRef => ({ name, kind: 'branch', commit: targetCommit })),
    // Where a branch and a tag share a name, the name means the branch, on the hub as in git.
    ...tags
      .filter(({ name }) => !named.has(name))
      .map(({ name, targetCommit }): HubRef => ({ name, kind: 'tag', commit: targetCommit })),
  ];
}
