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
 * One answer of the hub's API, checked against a schema, asked for anew each time.
 * @throws QKError with the hub's refusal in the user's words; 'server-error' where another server answers at its address
 */
export async function readHubJson<Schema extends v.GenericSchema>(
  { url, schema, headers, context, fetch, retry }: HubJsonOptions<Schema>,
  signal?: AbortSignal,
): Promise<v.InferOutput<Schema>> {
  let answer: v.InferOutput<Schema> | null = null;
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
    // Refuses what isn't JSON too: another server's page at the hub's address.
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
    if (!parsed.success) {
      throw new QKError('server-error', "The answer isn't that of a model hub.", {
        where: url,
        hint: "Check the hub's address in the settings.",
      });
    }
    answer = parsed.output as v.InferOutput<Schema>;
    return true;
  };
  await retrying(attempt, () => false, retry, signal);
  return answer!;
}
