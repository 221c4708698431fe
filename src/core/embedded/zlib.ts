// zlib streams (RFC 1950), by the platform's own streams: browsers and Node have them.
import { joinBytes } from '../joinBytes.ts';
import { damaged, tooLarge } from './refusals.ts';

/** Compresses bytes as a zlib stream. */
export async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * Decompresses a zlib stream, and stops where it gives more than `limit` bytes: what was made to fill the memory doesn't.
 * @throws QKError 'file-damaged', 'too-large'
 */
export async function inflate(
  bytes: Uint8Array<ArrayBuffer>,
  limit: number,
  file: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate')).getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return joinBytes(parts);
      size += value.length;
      if (size > limit) break;
      parts.push(value);
    }
  } catch (cause) {
    throw damaged(file, 'the scores in it can’t be decompressed', cause);
  }
  await reader.cancel().catch(() => {});
  throw tooLarge(file, `the scores in it are more than ${limit / 1024 ** 2} MB of text`);
}
