import { isAbort, QKError } from '../errors.ts';
import { assertRange, type ByteSource, type ReadOptions, targetFor } from './byteSource.ts';
import { changedError, type HttpContext, httpError, networkError, wholeFilesError } from './httpErrors.ts';
import { OtherBytes, type RangeAnswer, readRangeAnswer } from './rangeAnswer.ts';
import { receiveBody } from './receiveBody.ts';
import { type RetryTools, retrying } from './retry.ts';
import { createStallWatch } from './stallWatch.ts';

/**
 * The first answer brings so much, kept, and the file's size with it: headers and small files need no second
 * request.
 */
const FIRST_BYTES = 128 * 1024;
/** A server that ignores Range sends the file from its start: so far in, that is still bearable. */
const MAX_SKIPPED_BYTES = 4 * 1024 * 1024;
/** How many known bytes are requested again where a server doesn't say which bytes it sends. */
const PROBE_BYTES = 256;
/** What file servers say of a signed URL that no longer counts. */
const EXPIRED: ReadonlySet<number> = new Set([400, 401, 403, 404, 410]);

export interface HttpSourceOptions {
  readonly name: string;
  /** The hub's resolve URL; it redirects to a signed one. */
  readonly url: string;
  /** Size by the hub's listing; used where the response doesn't state it. */
  readonly size?: number | undefined;
  readonly fetch: typeof fetch;
  /**
   * Headers (the hub's Authorization) for the host of `url` alone, never for another one that it redirects to.
   */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly retry: RetryTools;
  readonly context: HttpContext;
}

/**
 * Opens a file behind HTTP, read by single ranges only: `Range: bytes=a-b` needs no CORS preflight, as suffix ranges
 * and several ranges at once do. The redirect's target (a signed URL) is asked directly afterwards, and asked for
 * again when it expires. Lost connections go on from the byte where they broke.
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
  /** Origins of answers that said which bytes they bring. */
  private readonly stating = new Set<string>();
  /** Whether a range that isn't stated was seen to be the one asked for. */
  private keepsToRanges = false;
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
    const fetched = this.first.subarray(begin, Math.min(end, this.first.length));
    target.set(fetched);
    if (fetched.length > 0) options.onBytes?.(fetched.length);
    if (fetched.length < target.length)
      await this.fill(begin + fetched.length, target.subarray(fetched.length), options);
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

  /**
   * Makes one request for `target.length` bytes from `begin` on; where other bytes come, it is made once more, at
   * the hub's own address.
   * @throws when the answer breaks off, after `onBytes` reported what came
   */
  private async fetchPart(
    begin: number,
    target: Uint8Array,
    signal: AbortSignal | undefined,
    onBytes: (more: number) => void,
  ): Promise<void> {
    for (let isAgain = false; ; isAgain = true) {
      const watch = createStallWatch(this.options.retry.stallMs, signal);
      let reported = 0;
      try {
        const response = await this.request(begin, begin + target.length, watch.signal);
        return await this.take(response, begin, target, watch.signal, (more) => {
          reported += more;
          watch.progress();
          onBytes(more);
        });
      } catch (error) {
        if (error instanceof OtherBytes) {
          // None of them counts.
          onBytes(-reported);
          this.signedUrl = null;
          if (isAgain) throw error.ifAgain ?? this.otherBytes(error.message, begin, begin + target.length);
          continue;
        }
        // A stall ends by our own abort: it is a broken connection, not the user's cancellation.
        if (!watch.hasStalled() || signal?.aborted) throw error;
        throw networkError(this.options.context, error);
      } finally {
        watch.stop();
      }
    }
  }

  /**
   * Writes a response's bytes into `target`. @throws OtherBytes where they aren't those, or nothing says that they
   * are
   */
  private async take(
    response: Response,
    begin: number,
    target: Uint8Array,
    signal: AbortSignal | undefined,
    onBytes: (more: number) => void,
  ): Promise<void> {
    try {
      const answer = this.learn(response, begin, begin + target.length);
      if (!answer.isStated && begin > 0) await this.probe(signal);
      const coming = Math.max(0, Math.min(target.length, answer.end - begin));
      const isAll = begin + coming === answer.end;
      await this.receive(response, begin - answer.begin, target.subarray(0, coming), {
        isAll,
        signal,
        onBytes,
      });
    } catch (error) {
      await response.body?.cancel().catch(() => {});
      throw error;
    }
  }

  /** Asks for bytes that are known already: a server that doesn't say which bytes it sends must send these. */
  private async probe(signal: AbortSignal | undefined): Promise<void> {
    if (this.keepsToRanges) return;
    const begin = Math.max(0, this.first.length - PROBE_BYTES);
    const sample = this.first.subarray(begin);
    const got = new Uint8Array(sample.length);
    const response = await this.request(begin, begin + got.length, signal);
    try {
      const answer = this.learn(response, begin, begin + got.length);
      await this.receive(response, begin - answer.begin, got, { isAll: true, signal, onBytes: () => {} });
    } catch (error) {
      await response.body?.cancel().catch(() => {});
      throw error;
    }
    if (sample.some((byte, index) => got[index] !== byte))
      throw new OtherBytes('other bytes than it had sent for the same range before');
    this.keepsToRanges = true;
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
    const refusal = httpError(response.status, response.headers.get('X-Error-Code'), this.options.context);
    // The range lies in the file by what was said before: one server may be behind the others.
    throw response.status === 416 ? new OtherBytes('no such range', refusal) : refusal;
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
   * Size, ETag and signed URL from an answer.
   * @returns which bytes this answer brings
   * @throws OtherBytes where they aren't those, or are of a file that changed since the first answer
   */
  private learn(response: Response, begin: number, end: number): Extract<RangeAnswer, { kind: 'bytes' }> {
    if (response.status === 200 && begin > MAX_SKIPPED_BYTES) {
      // A proxy does so now and then, and sends the range when it is asked once more.
      throw new OtherBytes('the whole file', wholeFilesError(this.options.context));
    }
    const size = this.isSizeKnown ? this.size : this.options.size;
    const answer = readRangeAnswer(response, { begin, end, size });
    if (answer.kind === 'other') throw new OtherBytes(answer.what);
    if (answer.kind === 'no-size') {
      throw this.serverError("The server doesn't say how large the file is.", {
        hint: 'Download the files and drop them here.',
      });
    }
    // The page may read the header there, so that one without it is none of the file server's.
    const from = originOf(response.url || this.options.url);
    if (!answer.isStated && this.stating.has(from))
      throw new OtherBytes('a part of the file without a Content-Range header');
    if (answer.isStated) this.stating.add(from);
    const etag = response.headers.get('ETag')?.replace(/^W\//, '') ?? null;
    const hasOtherEtag = etag !== null && this.etag !== null && etag !== this.etag;
    if (this.isSizeKnown && (answer.size !== this.size || hasOtherEtag)) {
      // One of several servers may be behind, or wrong; only where the next answer agrees with it has the file changed.
      throw new OtherBytes('another file', changedError(this.options.context));
    }
    if (size !== undefined && answer.size !== size)
      throw new OtherBytes(`a file of ${answer.size} bytes, although the listing says ${size}`);
    this.size = answer.size;
    this.isSizeKnown = true;
    this.etag ??= etag;
    if (response.redirected && response.url !== '') this.signedUrl = response.url;
    return answer;
  }

  private async receive(...of: Parameters<typeof receiveBody>): Promise<void> {
    try {
      await receiveBody(...of);
    } catch (cause) {
      throw cause instanceof OtherBytes ? cause : this.broken(cause, of[3].signal);
    }
  }

  /**
   * Wraps a failed fetch or body: the caller's cancellation and a refusal in words stay as they are, all else becomes
   * a network error, which is retried.
   */
  private broken(cause: unknown, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted) return signal.reason;
    return isAbort(cause) || cause instanceof QKError ? cause : networkError(this.options.context, cause);
  }

  private otherBytes(what: string, begin: number, end: number): QKError {
    return this.serverError(
      `The server was asked for bytes ${begin} to ${end - 1}, and twice answered with ${what}.`,
      { hint: 'Use another mirror, or download the files and drop them here.' },
    );
  }

  private serverError(message: string, details: { hint: string; permanent?: boolean }): QKError {
    return new QKError('server-error', message, { where: this.options.context.where, ...details });
  }
}

/** Small files lie on the hub itself, under another address; they are as gated there. */
function isSameOrigin(a: string, b: string): boolean {
  return originOf(a) === originOf(b);
}

const originOf = (url: string) => new URL(url).origin;
