// Requests JSON from the hub's API and checks it against a schema.
import * as v from 'valibot';
import { type HttpContext, httpError, networkError } from '../bytes/httpErrors.ts';
import { type RetryTools, retrying } from '../bytes/retry.ts';
import { createStallWatch } from '../bytes/stallWatch.ts';
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
/** The largest answer of the hub, a model's 100,000 files in one, has some 10 MB. */
const MAX_BYTES = 64 * 1024 * 1024;

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
  let wasOdd = false;
  const attempt = async () => {
    const watch = createStallWatch(retry.stallMs, signal);
    let text: string;
    let next: string | null;
    try {
      // no-store gives the commit that a branch names now, not the one that it named last time.
      const response = await fetch(url, { cache: 'no-store', headers, signal: watch.signal ?? null });
      if (!response.ok) throw httpError(response.status, response.headers.get('X-Error-Code'), context);
      next = nextPage(response.headers.get('Link'));
      text = await readText(response, url, watch.progress);
    } catch (cause) {
      if (signal?.aborted) throw signal.reason;
      // A stall ends by our own abort: it is a broken connection, not the user's cancellation.
      if (cause instanceof QKError || (isAbort(cause) && !watch.hasStalled())) throw cause;
      throw networkError(context, cause);
    } finally {
      watch.stop();
    }
    // This also refuses a response that isn't JSON, such as another server's page at the hub's address.
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
    if (!parsed.success) {
      // One such answer may be a proxy's.
      const isOddAgain = wasOdd;
      wasOdd = true;
      throw new QKError('server-error', "The server doesn't answer as a model hub does.", {
        where: url,
        hint: /^\s*</.test(text)
          ? 'It sent a web page, as a proxy or a sign-in page does. Open the hub in another tab, or check its address in the settings.'
          : "Check the hub's address in the settings.",
        permanent: isOddAgain,
      });
    }
    answer = { body: parsed.output as v.InferOutput<Schema>, next };
    return true;
  };
  await retrying(attempt, () => false, retry, signal);
  return answer!;
}

/** Reads a response as text, within a limit; `progress` is called whenever some of it has arrived. */
async function readText(response: Response, url: string, progress: () => void): Promise<string> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) return text + decoder.decode();
      progress();
      bytes += value.length;
      if (bytes > MAX_BYTES)
        throw new QKError('server-error', 'The hub’s answer doesn’t end.', {
          where: url,
          hint: 'Check the hub’s address in the settings.',
        });
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    await reader?.cancel().catch(() => {});
  }
}

function nextPage(link: string | null): string | null {
  return /<(?<url>[^>]+)>\s*;[^,]*\brel="?next"?/.exec(link ?? '')?.groups?.url ?? null;
}
