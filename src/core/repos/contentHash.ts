// Hashes what is read of a repository's weights, so that copies are recognised.
import type { ByteSource } from '../bytes/byteSource.ts';
import type { Repo } from './repo.ts';

/**
 * Adds a hash of the bytes that are read of a repository's weights, an adapter's among them: headers, the bytes of Q
 * and K, and the bytes between them that are read along. Two checkpoints of one layout have the same hash where all
 * these bytes are equal. A SHA-256 of the whole files would add only the rest of the weights, on which no score
 * depends, and would have to read all of them: 13 GB instead of 4 for a 7B model. The price is one more pass over bytes
 * that are in memory anyway. The hash is null without WebCrypto (a page on plain http).
 */
export function withContentHash(repo: Repo): Repo {
  const subtle = globalThis.crypto?.subtle;
  const digests = new Set<string>();
  const { files, adapter } = repo.chosen;
  // An adapter's files follow the base's, because the same bytes in another role are other content.
  const weightFiles = [...[...files].sort(), ...[...(adapter?.files ?? [])].sort()];
  return {
    ...repo,
    async open(path, signal): Promise<ByteSource> {
      const source = await repo.open(path, signal);
      const file = weightFiles.indexOf(path);
      if (file < 0 || subtle === undefined) return source;
      return {
        name: source.name,
        size: source.size,
        async read(begin, end, options) {
          const bytes = await source.read(begin, end, options);
          // WebCrypto accepts no shared memory, so it gets a copy. Waiting for it keeps at most one copy per read in
          // memory.
          const digest = await subtle.digest('SHA-256', bytes.slice());
          digests.add(`${file} ${begin} ${end} ${hex(digest)}`);
          return bytes;
        },
      };
    },
    async contentHash() {
      if (subtle === undefined || digests.size === 0) return null;
      // Reads may finish in any order.
      const lines = [...digests].sort();
      return hex(await subtle.digest('SHA-256', new TextEncoder().encode(lines.join('\n'))));
    },
  };
}

function hex(digest: ArrayBuffer): string {
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
