// The peer of `npm run measure:network`: the same ranges as the page read, by plain `fetch` on an empty page.
import { createHash } from 'node:crypto';
import type { Page } from 'puppeteer-core';
import { commitOf, type LogEntry } from '../../tests/support/fixtureHub/server.ts';
import type { NetworkShape } from './shapes.ts';

/** A file by the hub's address of it, and the bytes of it that the page asked for, in its order. */
interface AskedFile {
  readonly url: string;
  readonly ranges: string[];
}

/** What the page asked the CDN for, as the hub logged it. */
export function askedOf(log: readonly LogEntry[], hubUrl: string, { id }: NetworkShape, paths: string[]) {
  const commit = commitOf(id, 'main');
  return paths
    .map((path): AskedFile => {
      // The CDN's name of a file, as the fixture hub makes it.
      const name = createHash('sha256').update(`${id}/${commit}/${path}`).digest('hex');
      const ranges = log
        .filter(({ server, path: asked }) => server === 'cdn' && asked.endsWith(name))
        .flatMap(({ range }) => range ?? []);
      return { url: `${hubUrl}/${id}/resolve/${commit}/${path}`, ranges };
    })
    .filter(({ ranges }) => ranges.length > 0);
}

/**
 * Fetches them on an empty page, two at a time. Returns how long it took, ms.
 * @param how 'plain': `arrayBuffer()` of each answer; 'lent': each is written into the same memory, the least that a
 * browser can do with it
 */
export async function fetchPlainly(page: Page, files: readonly AskedFile[], how: 'plain' | 'lent') {
  return page.evaluate(
    async (asked, isLent) => {
      const began = performance.now();
      const take = async ({ body }: Response, lent: ArrayBuffer) => {
        const reader = body!.getReader({ mode: 'byob' });
        let memory = lent;
        for (;;) {
          const { done, value } = await reader.read(new Uint8Array(memory));
          memory = value!.buffer;
          if (done) return memory;
        }
      };
      const lent = [new ArrayBuffer(1 << 20), new ArrayBuffer(1 << 20)];
      const get = async (url: string, range: string, at: number) => {
        const response = await fetch(url, { headers: { Range: range }, cache: 'no-store' });
        if (isLent) lent[at] = await take(response, lent[at]!);
        else await response.arrayBuffer();
        return response.url;
      };
      const waiting: [url: string, range: string][] = [];
      // Where the redirect leads, by the first range of each file, as the page does.
      for (const { url, ranges } of asked) {
        const signed = await get(url, ranges[0]!, 0);
        waiting.push(...ranges.slice(1).map((range): [string, string] => [signed, range]));
      }
      const work = async (at: number) => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await get(...next, at);
      };
      await Promise.all([work(0), work(1)]);
      return performance.now() - began;
    },
    files as AskedFile[],
    how === 'lent',
  );
}
