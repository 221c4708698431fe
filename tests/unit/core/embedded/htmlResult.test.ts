import { deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packHtmlText, readHtmlText } from '../../../../src/core/embedded/htmlResult.ts';
import { readResultFile } from '../../../../src/core/embedded/resultFile.ts';
import { QKError } from '../../../../src/core/errors.ts';
import { fakeResult } from '../../figures/fakeResult.ts';

const FILE = 'map.html';
const codeOf = (error: unknown) => (error instanceof QKError ? error.code : `foreign: ${error}`);
const pageWith = (...packed: string[]) =>
  `<!doctype html>\n<title>x</title>\n${packed.map((text) => `<script type="text/plain" id="qkscope-result">${text}</script>`).join('\n')}\n</html>\n`;
const packed = (bytes: string | Uint8Array) => deflateSync(bytes).toString('base64url');
const read = (html: string) => readHtmlText(html, FILE).catch(codeOf);

describe('packHtmlText', () => {
  it('writes a zlib stream as base64url, for a reader that isn’t ours', async () => {
    const text = '{"name": "</script><!-- \u202e “r” 🙂"}\r\n';
    const written = await packHtmlText(text);
    expect(written).toMatch(/^[\w-]+$/);
    expect(inflateSync(Buffer.from(written, 'base64url')).toString('utf8')).toBe(text);
  });

  it('gives back any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        expect(await read(pageWith(await packHtmlText(text)))).toBe(text);
      }),
      { numRuns: 50 },
    );
  });
});

describe('readHtmlText', () => {
  it('reads what another program deflated, whatever lines a mailer put around it', async () => {
    expect(await read(pageWith(`\r\n${packed('{"a": 1}')}\r\n`))).toBe('{"a": 1}');
  });

  it.each([
    ['a page of somebody else', '<!doctype html><p>hello</p>', 'result-invalid'],
    ['one that is cut off', pageWith(packed('{}')).slice(0, -20), 'file-damaged'],
    ['letters that are no base64url', pageWith('a+b/c='), 'file-damaged'],
    ['bytes that are no zlib stream', pageWith('AAAA'), 'file-damaged'],
    ['bytes that are no UTF-8', pageWith(packed(Uint8Array.of(0xff, 0xfe))), 'file-damaged'],
    ['two texts that differ', pageWith(packed('{}'), packed('[]')), 'file-damaged'],
    ['a text that would fill the memory', pageWith(packed(Buffer.alloc(65 * 1024 ** 2, 32))), 'too-large'],
  ])('refuses %s', async (_, html, code) => {
    expect(await read(html)).toBe(code);
  });
});

describe('readResultFile', () => {
  it('knows an exported page by its content, and gives its text byte for byte', async () => {
    const text = `${JSON.stringify(fakeResult(), null, 3)}\r\n`;
    const html = pageWith(await packHtmlText(text));
    const file = await readResultFile({ path: 'folder/renamed.txt', blob: new Blob([html]) });
    expect(file.text).toBe(text);
    expect(file.results[0]!.model.id).toBe('owner/model');
  });

  it('checks what an exported page holds as it checks a figure', async () => {
    const forged = JSON.stringify({ ...fakeResult(), createdAt: 7 });
    const html = pageWith(await packHtmlText(forged));
    expect(await readResultFile({ path: FILE, blob: new Blob([html]) }).catch(codeOf)).toBe('result-invalid');
  });
});
