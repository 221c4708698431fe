import { isAbort, QKError } from '../errors.ts';
import { assertRange, type ByteSource, type ReadOptions, targetFor } from './byteSource.ts';
import { type HttpContext, httpError, networkError } from './httpErrors.ts';
import { type RetryTools, retrying } from './retry.ts';

/** The first answer brings so much, kept, and the file's size with it: headers and small files need no second request. */
const FIRST_BYTES = 128 * 1024;
/** A server that ignores Range sends the file from its start: so far in, that is still bearable. */
const MAX_SKIPPED_BYTES = 4 * 1024 * 1024;

export interface HttpSourceOptions {
  readonly name: string;
  /** The hub's resolve URL; it redirects to a signed one. */
  readonly url: string;
  /** By the hub's listing: used where the answer doesn't tell. */
  readonly size?: number | undefined;
  readonly fetch: typeof fetch;
  readonly retry: RetryTools;
  readonly context: HttpContext;
}

/**
 * A file behind HTTP, read by single ranges only: `Range: bytes=a-b` needs no CORS preflight, as suffix ranges and
 * several ranges at once do. The redirect's target (a signed URL) is asked directly afterwards, and asked for again when it
 * expires. Lost connections go on from the byte where they broke.
 */
export async function openHttpSource(options: HttpSourceOptions, signal?: AbortSignal): Promise<ByteSource> {
  const file = new HttpFile(options);
  await file.readFirst(signal);
  return file;
}

class HttpFile implements ByteSource {
  readonly name: string;
  size = 0;
  private first: Uint8Array = new Uint8Array(0);
  /** Where the last redirect led. */
  private signedUrl: string | null = null;
  private etag: string | null = null;
  private readonly options: HttpSourceOptions;

  constructor(options: HttpSourceOptions) {
    this.options = options;
    this.name = options.name;
  }

  async readFirst(signal?: AbortSignal): Promise<void> {
    const room = new Uint8Array(FIRST_BYTES);
    let got = 0;
    await this.retrying(
      async () => {
        const wanted = this.size === 0 ? FIRST_BYTES : Math.min(FIRST_BYTES, this.size);
        got += await this.fetchPart(got, wanted, room.subarray(got, wanted), { signal });
        return got >= Math.min(FIRST_BYTES, this.size);
      },
      () => got,
      signal,
    );
    this.first = room.slice(0, got);
  }

  async read(begin: number, end: number, options: ReadOptions = {}): Promise<Uint8Array> {
    assertRange(this.name, this.size, begin, end);
    const target = targetFor(begin, end, options.into);
    let at = begin;
    if (at < this.first.length) {
      const known = this.first.subarray(at, Math.min(end, this.first.length));
      target.set(known);
      at += known.length;
      options.onBytes?.(known.length);
    }
    if (at === end) return target;
    await this.retrying(
      async () => {
        at += await this.fetchPart(at, end, target.subarray(at - begin), options);
        return at === end;
      },
      () => at,
      options.signal,
    );
    return target;
  }

  private retrying(
    attempt: () => Promise<boolean>,
    position: () => number,
    signal?: AbortSignal,
  ): Promise<void> {
    let last = position();
    const hasProgressed = () => {
      const now = position();
      const further = now > last;
      last = now;
      return further;
    };
    return retrying(attempt, hasProgressed, this.options.retry, signal);
  }

  /** One request for [begin, end); answers with how many bytes came before the connection ended. */
  private async fetchPart(
    begin: number,
    end: number,
    target: Uint8Array,
    { signal, onBytes }: ReadOptions,
  ): Promise<number> {
    const response = await this.request(begin, end, signal);
    try {
      this.learn(response, begin);
    } catch (error) {
      await response.body?.cancel().catch(() => {});
      throw error;
    }
    const skip = response.status === 200 ? begin : 0;
    return this.receive(response, skip, target, signal, onBytes);
  }

  private async request(begin: number, end: number, signal: AbortSignal | undefined): Promise<Response> {
    const direct = this.signedUrl;
    const response = await this.send(direct ?? this.options.url, begin, end, signal);
    if (response.ok || (response.status === 416 && begin === 0)) return response;
    await response.body?.cancel().catch(() => {});
    if (direct !== null && [400, 401, 403, 404, 410].includes(response.status)) {
      // The signed URL has expired: the hub gives a new one.
      this.signedUrl = null;
      const again = await this.send(this.options.url, begin, end, signal);
      if (again.ok) return again;
      await again.body?.cancel().catch(() => {});
      throw httpError(again.status, again.headers.get('X-Error-Code'), this.options.context);
    }
    throw httpError(response.status, response.headers.get('X-Error-Code'), this.options.context);
  }

  private async send(
    url: string,
    begin: number,
    end: number,
    signal: AbortSignal | undefined,
  ): Promise<Response> {
    try {
      // no-store: the browser's own cache keeps parts by signed URLs, which never come again.
      return await this.options.fetch(url, {
        headers: { Range: `bytes=${begin}-${end - 1}` },
        cache: 'no-store',
        signal: signal ?? null,
      });
    } catch (cause) {
      if (isAbort(cause)) throw cause;
      throw networkError(this.options.context.where, cause);
    }
  }

  /** Size, ETag and signed URL from an answer; a file that changed since the first one is refused. */
  private learn(response: Response, begin: number): void {
    const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '');
    if (response.status === 200 && begin > MAX_SKIPPED_BYTES) {
      throw new QKError(
        'server-error',
        'The server sends whole files instead of the ranges that were asked for.',
        {
          where: this.options.context.where,
          hint: 'QKScope would have to download it all. Use another mirror, or download the files and drop them here.',
        },
      );
    }
    const size =
      range !== null
        ? Number(range[3])
        : response.status === 416
          ? 0
          : (this.options.size ?? Number(response.headers.get('Content-Length') ?? Number.NaN));
    if (!Number.isSafeInteger(size) || size < 0) {
      throw new QKError('server-error', "The server doesn't tell the file's size.", {
        where: this.options.context.where,
        hint: 'Download the files and drop them here.',
      });
    }
    const etag = response.headers.get('ETag');
    const isFirst = this.size === 0;
    if (!isFirst && (size !== this.size || (etag !== null && this.etag !== null && etag !== this.etag))) {
      throw new QKError('file-changed', 'The file on the hub changed while it was read.', {
        where: this.options.context.where,
        hint: 'Open the model again.',
        permanent: true,
      });
    }
    if (range !== null && Number(range[1]) !== begin) {
      throw new QKError(
        'server-error',
        `The server answered with bytes from ${range[1]} where ${begin} was asked for.`,
        { where: this.options.context.where, permanent: false },
      );
    }
    this.size = size;
    this.etag ??= etag;
    if (response.redirected && response.url !== '') this.signedUrl = response.url;
  }

  private async receive(
    response: Response,
    skip: number,
    target: Uint8Array,
    signal: AbortSignal | undefined,
    onBytes: ReadOptions['onBytes'],
  ): Promise<number> {
    const reader = response.body?.getReader();
    if (reader === undefined || response.status === 416) return 0;
    let toSkip = skip;
    let at = 0;
    const room = Math.min(target.length, Math.max(0, this.size));
    try {
      while (at < room) {
        signal?.throwIfAborted();
        const { done, value } = await reader.read();
        if (done) break;
        const part = value.subarray(Math.min(toSkip, value.length));
        toSkip -= value.length - part.length;
        const fitting = part.subarray(0, room - at);
        target.set(fitting, at);
        at += fitting.length;
        if (fitting.length > 0) onBytes?.(fitting.length);
      }
    } catch (cause) {
      if (isAbort(cause)) throw cause;
      // What came before the break is kept; the next attempt goes on from there.
      if (at === 0) throw networkError(this.options.context.where, cause);
    } finally {
      await reader.cancel().catch(() => {});
    }
    if (at === 0) throw networkError(this.options.context.where, new Error('an empty answer'));
    return at;
  }
}
