import { isAbort, QKError } from '../errors.ts';
import { assertRange, type ByteSource, type ReadOptions, targetFor } from './byteSource.ts';
import { type HttpContext, httpError, networkError } from './httpErrors.ts';
import { type RetryTools, retrying } from './retry.ts';
import { createStallWatch } from './stallWatch.ts';

/** The first answer brings so much, kept, and the file's size with it: headers and small files need no second request. */
const FIRST_BYTES = 128 * 1024;
/** A server that ignores Range sends the file from its start: so far in, that is still bearable. */
const MAX_SKIPPED_BYTES = 4 * 1024 * 1024;
/** What file servers say of a signed URL that no longer counts. */
const EXPIRED: ReadonlySet<number> = new Set([400, 401, 403, 404, 410]);

export interface HttpSourceOptions {
  readonly name: string;
  /** The hub's resolve URL; it redirects to a signed one. */
  readonly url: string;
  /** By the hub's listing: used where the answer doesn't tell. */
  readonly size?: number | undefined;
  readonly fetch: typeof fetch;
  /** For the host of `url` alone, never for another one that it redirects to: the hub's Authorization. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
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
  private isSizeKnown = false;
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
    const got = await this.fill(0, room, { signal });
    this.first = room.slice(0, got);
  }

  async read(begin: number, end: number, options: ReadOptions = {}): Promise<Uint8Array> {
    assertRange(this.name, this.size, begin, end);
    const target = targetFor(begin, end, options.into);
    const known = this.first.subarray(begin, Math.min(end, this.first.length));
    target.set(known);
    if (known.length > 0) options.onBytes?.(known.length);
    if (known.length < target.length)
      await this.fill(begin + known.length, target.subarray(known.length), options);
    return target;
  }

  /** Fills `target` from `begin` on, as far as the file goes; a broken answer is taken up where it broke. */
  private async fill(begin: number, target: Uint8Array, options: ReadOptions): Promise<number> {
    let got = 0;
    let gotAtFailure = 0;
    const wanted = () =>
      this.isSizeKnown ? Math.max(0, Math.min(target.length, this.size - begin)) : target.length;
    const attempt = async () => {
      await this.fetchPart(begin + got, target.subarray(got, wanted()), options.signal, (more) => {
        got += more;
        options.onBytes?.(more);
      });
      return got >= wanted();
    };
    const hasProgressed = () => {
      const further = got > gotAtFailure;
      gotAtFailure = got;
      return further;
    };
    await retrying(attempt, hasProgressed, this.options.retry, options.signal);
    return got;
  }

  /** One request for `target.length` bytes from `begin` on. @throws when the answer breaks off, after `onBytes` told what came */
  private async fetchPart(
    begin: number,
    target: Uint8Array,
    signal: AbortSignal | undefined,
    onBytes: (more: number) => void,
  ): Promise<void> {
    const watch = createStallWatch(this.options.retry.stallMs, signal);
    try {
      const response = await this.request(begin, begin + target.length, watch.signal);
      let coming: number;
      try {
        coming = this.learn(response, begin, target.length);
      } catch (error) {
        await response.body?.cancel().catch(() => {});
        throw error;
      }
      const skip = response.status === 200 ? begin : 0;
      await this.receive(response, skip, target.subarray(0, coming), watch.signal, (more) => {
        watch.progress();
        onBytes(more);
      });
    } catch (error) {
      // A stall ends by our own abort: it is a broken connection, not the user's cancellation.
      if (!watch.hasStalled() || signal?.aborted) throw error;
      throw networkError(this.options.context, error);
    } finally {
      watch.stop();
    }
  }

  private async request(begin: number, end: number, signal: AbortSignal | undefined): Promise<Response> {
    const direct = this.signedUrl;
    let response = await this.send(direct ?? this.options.url, begin, end, signal);
    const isFromCdn = direct !== null || response.redirected;
    if (isFromCdn && EXPIRED.has(response.status) && !response.headers.has('X-Error-Code')) {
      // The signed URL has expired or is refused: the hub gives a new one, once.
      await response.body?.cancel().catch(() => {});
      if (this.signedUrl === direct) this.signedUrl = null;
      response = await this.send(this.options.url, begin, end, signal);
    }
    if (response.ok || (response.status === 416 && begin === 0)) return response;
    await response.body?.cancel().catch(() => {});
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
        headers: {
          Range: `bytes=${begin}-${end - 1}`,
          ...(isSameOrigin(url, this.options.url) ? this.options.headers : {}),
        },
        cache: 'no-store',
        signal: signal ?? null,
      });
    } catch (cause) {
      throw this.broken(cause, signal);
    }
  }

  /**
   * Size, ETag and signed URL from an answer; a file that changed since the first one is refused.
   * @returns how many of the `wanted` bytes this answer brings
   */
  private learn(response: Response, begin: number, wanted: number): number {
    const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '');
    if (response.status === 200 && begin > MAX_SKIPPED_BYTES) {
      throw this.serverError('The server sends whole files instead of the ranges that were asked for.', {
        hint: 'QKScope would have to download it all. Use another mirror, or download the files and drop them here.',
      });
    }
    const size = range === null ? this.sizeWithoutRange(response) : Number(range[3]);
    if (!Number.isSafeInteger(size) || size < 0) {
      throw this.serverError("The server doesn't tell the file's size.", {
        hint: 'Download the files and drop them here.',
      });
    }
    const etag = response.headers.get('ETag')?.replace(/^W\//, '') ?? null;
    const hasOtherEtag = etag !== null && this.etag !== null && etag !== this.etag;
    if (this.isSizeKnown && (size !== this.size || hasOtherEtag)) {
      throw new QKError('file-changed', 'The file on the hub changed while it was read.', {
        where: this.options.context.where,
        hint: 'Open the model again.',
      });
    }
    if (range !== null && (Number(range[1]) !== begin || Number(range[2]) < begin)) {
      throw this.serverError(
        `The server answered with bytes ${range[1]} to ${range[2]} where ${begin} was asked for.`,
        { hint: 'Try again, or use another mirror.', permanent: false },
      );
    }
    this.size = size;
    this.isSizeKnown = true;
    this.etag ??= etag;
    if (response.redirected && response.url !== '') this.signedUrl = response.url;
    const end = range === null ? size : Number(range[2]) + 1;
    return Math.max(0, Math.min(wanted, end - begin));
  }

  /** The size where Content-Range is absent or may not be read. Of a part, Content-Length is only the part's. */
  private sizeWithoutRange(response: Response): number {
    if (response.status === 416) return 0;
    if (this.options.size !== undefined) return this.options.size;
    const length = response.status === 200 ? response.headers.get('Content-Length') : null;
    return length === null ? Number.NaN : Number(length);
  }

  /** Fills `target`, after `skip` bytes, and lets the rest go. */
  private async receive(
    response: Response,
    skip: number,
    target: Uint8Array,
    signal: AbortSignal | undefined,
    onBytes: (more: number) => void,
  ): Promise<void> {
    const reader = response.body?.getReader();
    let toSkip = skip;
    let at = 0;
    try {
      while (at < target.length) {
        signal?.throwIfAborted();
        const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
        if (done) throw new Error(`the answer ended after ${at} of ${target.length} bytes`);
        const part = value.subarray(Math.min(toSkip, value.length));
        toSkip -= value.length - part.length;
        const fitting = part.subarray(0, target.length - at);
        target.set(fitting, at);
        at += fitting.length;
        if (fitting.length > 0) onBytes(fitting.length);
      }
    } catch (cause) {
      throw this.broken(cause, signal);
    } finally {
      await reader?.cancel().catch(() => {});
    }
  }

  /** A failed fetch or body: the caller's cancellation as it is, all else as a network error, which is tried again. */
  private broken(cause: unknown, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted) return signal.reason;
    return isAbort(cause) ? cause : networkError(this.options.context, cause);
  }

  private serverError(message: string, details: { hint: string; permanent?: boolean }): QKError {
    return new QKError('server-error', message, { where: this.options.context.where, ...details });
  }
}

/** Small files lie on the hub itself, under another address; they are as gated there. */
function isSameOrigin(a: string, b: string): boolean {
  return a === b || new URL(a).origin === new URL(b).origin;
}
