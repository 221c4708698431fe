import * as v from 'valibot';
import type { RetryTools } from '../bytes/retry.ts';
import { readHubJson } from './hubJson.ts';
import { authorizationFor, type HubToken } from './hubToken.ts';

const Ref = v.object({
  /** "step1000": what a revision is called. */
  name: v.string(),
  /** The commit that it names now. */
  targetCommit: v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/)),
});
const Refs = v.object({ branches: v.array(Ref), tags: v.optional(v.array(Ref), []) });

/** A branch or a tag, and its commit. */
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
 * A repository's branches and tags, in the hub's order; what the hub keeps beside them (converted copies, pull
 * requests) left out. One request, not paged (huggingface_hub, `list_repo_refs`).
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
    // A revision of one name is the branch, on the hub as in git.
    ...tags
      .filter(({ name }) => !named.has(name))
      .map(({ name, targetCommit }): HubRef => ({ name, kind: 'tag', commit: targetCommit })),
  ];
}
