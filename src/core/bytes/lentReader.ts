// Reads a body through memory that is lent to it and given back.

/** The memory of one read, and how many pieces of it are kept for the next body. */
const LENT_BYTES = 1 << 20;
const MAX_KEPT = 4;
const kept: ArrayBuffer[] = [];

/** A body, piece by piece. */
export interface LentReader {
  /** Returns the next piece, which counts until the one after it is asked for; null at the end. */
  next(): Promise<Uint8Array | null>;
  /** Ends it; what hasn't come won't. */
  cancel(): Promise<void>;
}

/**
 * Reads a body so that the browser writes into memory that was used before. A stream's own pieces are fresh memory each, up
 * to megabytes, and the first touch of a page can cost more than its transfer. Streams that can't be read so (Safari's
 * bodies, streams that a script made) give their own pieces.
 * @param wanted bytes that are expected: short bodies aren't lent more
 */
export function createLentReader(body: ReadableStream<Uint8Array> | null, wanted: number): LentReader {
  if (body === null) return { next: async () => null, cancel: async () => {} };
  const reader = byobReader(body);
  if (reader === null) return ownPieces(body.getReader());
  let lent: ArrayBuffer | null =
    wanted < LENT_BYTES ? new ArrayBuffer(Math.max(1, wanted)) : (kept.pop() ?? new ArrayBuffer(LENT_BYTES));
  return {
    async next() {
      if (lent === null) return null;
      const view = new Uint8Array(lent);
      // Gone while it is lent: a read that fails doesn't give it back.
      lent = null;
      const { done, value } = await reader.read(view);
      lent = value?.buffer ?? null;
      return done || value === undefined ? null : value;
    },
    async cancel() {
      await reader.cancel();
      if (lent !== null && lent.byteLength === LENT_BYTES && kept.length < MAX_KEPT) kept.push(lent);
      lent = null;
    },
  };
}

/** Returns a reader that fills the memory it is given, or null where the stream doesn't support one. */
function byobReader(body: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | null {
  try {
    return body.getReader({ mode: 'byob' });
  } catch (error) {
    // By the standard: "if this.[[controller]] does not implement ReadableByteStreamController, throw a TypeError".
    if (error instanceof TypeError && !body.locked) return null;
    throw error;
  }
}

function ownPieces(reader: ReadableStreamDefaultReader<Uint8Array>): LentReader {
  return {
    async next() {
      const { done, value } = await reader.read();
      return done ? null : value;
    },
    cancel: () => reader.cancel(),
  };
}
