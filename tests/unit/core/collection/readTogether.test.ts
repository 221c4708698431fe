import { describe, expect, it } from 'vitest';
import { readTogether } from '../../../../src/core/collection/readTogether.ts';

const named = (path: string, text: string) => ({ path, blob: new Blob([text]) });
/** What a file is after it was changed on the disk: it can't be read, and nothing that holds it can. */
function unreadable(path: string) {
  const blob = new Blob(['longer than it is now']);
  Object.defineProperty(blob, 'size', { value: 3 });
  Object.defineProperty(blob, 'arrayBuffer', { value: () => Promise.reject(new Error('NotReadableError')) });
  return { path, blob };
}

async function read(files: readonly { path: string; blob: Blob }[], limit = 100) {
  const groups = [];
  for await (const group of readTogether(files, limit, ({ path }) => `${path} is too large`))
    groups.push(
      group.map((opened) => ('bytes' in opened ? new TextDecoder().decode(opened.bytes) : opened.error)),
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
      ['a', new Error('NotReadableError'), 'c'],
    ]);
    const large = named('large', 'x'.repeat(5 * 1024 * 1024));
    expect(await read([named('a', 'a'), large, named('c', 'c')])).toEqual([
      ['a'],
      ['large is too large'],
      ['c'],
    ]);
  });
});
