// A file of results that is fetched from an address, of no more bytes than such a file may have.
import { QKError } from '../errors.ts';
import { EMBEDDED_LIMITS } from './limits.ts';
import { tooLarge } from './refusals.ts';

/**
 * Fetches a file of results.
 * @param url absolute
 * @throws QKError 'network', 'file-not-found' or 'server-error' where there is no such file, 'too-large' before more is read than
 * a file of results has
 */
export async function fetchResultFile(
  url: string,
  signal: AbortSignal,
  fetch: (url: string, init: { readonly signal: AbortSignal }) => Promise<Response>,
): Promise<{ readonly path: string; readonly blob: Blob }> {
  const path = new URL(url).pathname.split('/').at(-1) || url;
  let response: Response;
  try {
    response = await fetch(url, { signal });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new QKError('network', `${path} couldn’t be fetched.`, {
      where: url,
      hint: 'Is its server running, and does it let this page read the file (CORS)? A page that was opened as a file can fetch nothing.',
      cause,
    });
  }
  if (!response.ok)
    throw new QKError(
      response.status === 404 ? 'file-not-found' : 'server-error',
      `${path} couldn’t be fetched: its server answered with ${response.status}.`,
      { where: url, hint: 'Is the address right?' },
    );
  try {
    return { path, blob: await bodyOf(response, path) };
  } catch (cause) {
    if (signal.aborted || cause instanceof QKError) throw cause;
    throw new QKError('network', `${path} couldn’t be fetched: it broke off.`, {
      where: url,
      hint: 'Try again once the connection holds.',
      cause,
    });
  }
}

async function bodyOf({ body, headers }: Response, path: string): Promise<Blob> {
  const limit = EMBEDDED_LIMITS.file;
  const announced = Number(headers.get('Content-Length') ?? 0);
  if (announced > limit) throw tooLarge(path, `it has ${announced} bytes`);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const reader = body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done) return new Blob(parts);
    size += value.byteLength;
    if (size > limit) {
      await reader?.cancel();
      throw tooLarge(path, `it has more than ${limit} bytes`);
    }
    parts.push(value);
  }
}
