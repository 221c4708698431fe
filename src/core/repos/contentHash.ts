import type { ByteSource } from '../bytes/byteSource.ts';
import type { Repo } from './repo.ts';

/**
 * Makes a repository name the content of what is read of its weights, an adapter's among them: headers, the bytes of
 * Q and K, and what is read along with them where it lies between. Two checkpoints of one layout have the same name
 * where all these bytes are the same. A SHA-256 of the whole files would say as much of the rest of the weights,
 * which no score depends on, and would have to read all of them: for a 7B model 13 GB instead of 4. The price here
 * is one more pass over bytes that are in memory anyway. The name is null without WebCrypto (a page on plain http).
 */
export function withContentHash(repo: Repo): Repo {
  const subtle = globalThis.crypto?.subtle;
  const digests = new Set<string>();
  const { files, adapter } = repo.chosen;
  // An adapter's files come after the base's: the same bytes in another part are other content.
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
          // A copy: WebCrypto takes no shared memory. It is waited for, so that no more than one copy a read lies in
          // memory.
          const digest = await subtle.digest('SHA-256', bytes.slice());
          digests.add(`${file} ${begin} ${end} ${hex(digest)}`);
          return bytes;
        },
      };
    },
    async contentHash() {
      if (subtle === undefined || digests.size === 0) return null;
      // Reads end in any order.
      const lines = [...digests].sort();
      return hex(await subtle.digest('SHA-256', new TextEncoder().encode(lines.join('\n'))));
    },
  };
}

function hex(digest: ArrayBuffer): string {
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
