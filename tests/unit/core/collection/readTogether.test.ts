import { describe, expect, it } from 'vitest';
import { readTogether } from '../../../../src/core/collection/readTogether.ts';
import { resultBytes } from '../../../../src/core/embedded/resultFile.ts';
import type { QKError } from '../../../../src/core/errors.ts';

const named = (path: string, text: string) => ({ path, blob: new Blob([text]) });
/** What a file is after it was changed on the disk: it can't be read, and nothing that holds it can. */
function unreadable(path: string) {
  const blob = new Blob(['longer than it is now']);
  Object.defineProperty(blob, 'size', { value: 3 });
  Object.defineProperty(blob, 'arrayBuffer', { value: () => Promise.reject(new Error('NotReadableError')) });
  return { path, blob };
}

/** The texts of each group, or what is said of a file that has none. */
async function read(files: readonly { path: string; blob: Blob }[]) {
  const groups = [];
  for await (const group of readTogether(files, resultBytes))
    groups.push(
      group.map((opened) =>
        'bytes' in opened ? new TextDecoder().decode(opened.bytes) : (opened.error as QKError).message,
      ),
    );
  return groups;
}

describe('files that are read together', () => {
  it('keep their order and their bytes, in groups of 32', async () => {
    const texts = Array.from({ length: 70 }, (_, at) => 'é'.repeat(at % 3) + at);
    const groups = await read(texts.map((text, at) => named(`${at}.json`, text)));
    expect(groups.map(({ length }) => length)).toEqual([32, 32, 6]);
    expect(groups.flat()).toEqual(texts);
  });

  it('are read one by one where one of them can’t be, or is too large: it alone is refused', async () => {
    expect(await read([named('a', 'a'), unreadable('b'), named('c', 'c')])).toEqual([
      ['a', 'b couldn’t be read.', 'c'],
    ]);
    const large = named('large', 'x'.repeat(65 * 1024 * 1024));
    expect(await read([named('a', 'a'), large, named('c', 'c')])).toEqual([
      ['a'],
      [expect.stringContaining(`it has ${large.blob.size} bytes`)],
      ['c'],
    ]);
  });
});
