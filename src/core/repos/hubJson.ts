// Requests JSON from the hub's API and checks it against a schema.
import * as v from 'valibot';
import { type HttpContext, httpError, networkError } from '../bytes/httpErrors.ts';
import { type RetryTools, retrying } from '../bytes/retry.ts';
import { isAbort, QKError } from '../errors.ts';

export interface HubJsonOptions<Schema extends v.GenericSchema> {
  readonly url: string;
  readonly schema: Schema;
  readonly headers: Record<string, string>;
  readonly context: HttpContext;
  readonly fetch: typeof fetch;
  readonly retry: RetryTools;
}

/**
 * The most pages of a listing that are followed, enough for a repository of 200,000 files; a longer listing is no
 * model's.
 */
const MAX_PAGES = 200;

/**
 * Requests one response of the hub's API, checked against a schema and never cached.
 * @throws QKError with the hub's refusal in the user's words; 'server-error' where another server responds at its
 * address
 */
export async function readHubJson<Schema extends v.GenericSchema>(
  options: HubJsonOptions<Schema>,
  signal?: AbortSignal,
): Promise<v.InferOutput<Schema>> {
  return (await readPage(options, signal)).body;
}

/**
 * Collects all entries of a paged listing: each page names the next one in `Link: <…>; rel="next"` (huggingface_hub,
 * `paginate`). A next page on another server isn't requested, because the access token would go along.
 * @throws QKError as `readHubJson` does, and 'server-error' where the pages don't end or lead elsewhere
 */
export async function readHubPages<Entry extends v.GenericSchema>(
  { entry, ...options }: Omit<HubJsonOptions<Entry>, 'schema'> & { readonly entry: Entry },
  signal?: AbortSignal,
): Promise<v.InferOutput<Entry>[]> {
  const schema = v.array(entry);
  const entries: v.InferOutput<Entry>[] = [];
  let url = options.url;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { body, next } = await readPage({ ...options, schema, url }, signal);
    for (const one of body) entries.push(one);
    if (next === null) return entries;
    const address = new URL(next, url);
    if (address.origin !== new URL(options.url).origin) break;
    url = address.href;
  }
  throw new QKError('server-error', 'The hub’s list of files doesn’t end, or continues on another server.', {
    where: url,
    hint: 'Check the hub’s address in the settings.',
  });
}

async function readPage<Schema extends v.GenericSchema>(
  { url, schema, headers, context, fetch, retry }: HubJsonOptions<Schema>,
  signal?: AbortSignal,
): Promise<{ readonly body: v.InferOutput<Schema>; readonly next: string | null }> {
  let answer: { body: v.InferOutput<Schema>; next: string | null } | null = null;
  const attempt = async () => {
    let text: string;
    let next: string | null;
    try {
      // no-store gives the commit that a branch names now, not the one that it named last time.
      const response = await fetch(url, { cache: 'no-store', headers, signal: signal ?? null });
      if (!response.ok) throw httpError(response.status, response.headers.get('X-Error-Code'), context);
      next = nextPage(response.headers.get('Link'));
      text = await response.text();
    } catch (cause) {
      if (signal?.aborted) throw signal.reason;
      if (cause instanceof QKError || isAbort(cause)) throw cause;
      throw networkError(context, cause);
    }
    // This also refuses a response that isn't JSON, such as another server's page at the hub's address.
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
    if (!parsed.success) {
      throw new QKError('server-error', "The server doesn't answer as a model hub does.", {
        where: url,
        hint: "Check the hub's address in the settings.",
      });
    }
    answer = { body: parsed.output as v.InferOutput<Schema>, next };
    return true;
  };
  await retrying(attempt, () => false, retry, signal);
  return answer!;
}

function nextPage(link: string | null): string | null {
  return /<(?<url>[^>]+)>\s*;[^,]*\brel="?next"?/.exec(link ?? '')?.groups?.url ?? null;
}
