// Searches the hub for models by name.
import * as v from 'valibot';
import { httpError, networkError } from '../bytes/httpErrors.ts';
import { createStallWatch } from '../bytes/stallWatch.ts';
import { QKError } from '../errors.ts';
import { authorizationFor, type HubToken } from './hubToken.ts';

/** A model that the hub suggests for the typed name. */
export interface Suggestion {
  readonly id: string;
  readonly downloads: number | null;
  readonly isGated: boolean;
}

const Answer = v.pipe(
  v.string(),
  v.parseJson(),
  v.array(
    v.object({
      id: v.string(),
      downloads: v.optional(v.number()),
      gated: v.optional(v.union([v.boolean(), v.string()])),
    }),
  ),
);

/** Who types on doesn't wait for it; a connection that hangs is let go, ms. */
const STALL_MS = 30_000;

export interface HubSearchOptions {
  readonly hubUrl: string;
  /** The text that the user typed; it is sent to this hub alone. */
  readonly query: string;
  readonly limit: number;
  readonly fetch: typeof fetch;
  readonly token?: HubToken | undefined;
}

/**
 * Searches the hub's models by name, the most downloaded first. It makes one request without retries, since the next
 * letter makes a new one.
 */
export async function searchHub(
  { hubUrl, query, limit, fetch, token }: HubSearchOptions,
  signal?: AbortSignal,
): Promise<readonly Suggestion[]> {
  const hub = hubUrl.replace(/\/+$/, '');
  const parameters = new URLSearchParams({ search: query, sort: 'downloads', limit: String(limit) });
  for (const field of ['downloads', 'gated']) parameters.append('expand', field);
  const headers = authorizationFor(hub, token);
  const context = { where: hub, page: hub, isSignedIn: 'Authorization' in headers };
  let text: string;
  const watch = createStallWatch(STALL_MS, signal);
  try {
    const asked = { headers, signal: watch.signal ?? null };
    const response = await fetch(`${hub}/api/models?${parameters}`, asked);
    if (!response.ok) throw httpError(response.status, response.headers.get('X-Error-Code'), context);
    text = await response.text();
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw cause instanceof QKError ? cause : networkError(context, cause);
  } finally {
    watch.stop();
  }
  const parsed = v.safeParse(Answer, text);
  if (!parsed.success)
    throw new QKError('server-error', "The server doesn't answer as a model hub does.", {
      where: hub,
      hint: "Check the hub's address in the settings.",
    });
  return parsed.output.map(({ id, downloads, gated }) => ({
    id,
    downloads: downloads ?? null,
    isGated: gated !== undefined && gated !== false,
  }));
}
