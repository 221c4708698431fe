import { deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embedInPng, readPngText } from '../../../../src/core/embedded/pngResult.ts';
import { QKError } from '../../../../src/core/errors.ts';
import { chunksOf, PIXEL, pngOf, type TestChunk } from '../../../support/pngBytes.ts';

const FILE = 'figure.png';
const TEXT = '{"name": "sym\u200bmetry × “r” 🙂"}\n';
const codeOf = (error: unknown) => (error instanceof QKError ? error.code : `foreign: ${error}`);
const read = (png: Uint8Array<ArrayBuffer>) => readPngText(png, FILE).catch(codeOf);
const withText = (...chunks: TestChunk[]) => pngOf(PIXEL.toSpliced(1, 0, ...chunks));
const bytes = (...parts: (string | Uint8Array | number)[]) =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part as string))),
  );
const iTXt = (text: Uint8Array, { keyword = 'qkscope', flag = 1, method = 0 } = {}): TestChunk => ({
  type: 'iTXt',
  data: bytes(keyword, 0, flag, method, 'en', 0, 'Daten', 0, text),
});

describe('embedInPng', () => {
  it('adds the text as a deflated iTXt chunk before the pixels, for a reader that isn’t ours', async () => {
    const png = await embedInPng(pngOf(PIXEL), TEXT, 1);
    const chunks = chunksOf(png);
    expect(chunks.map(({ type }) => type)).toEqual(['IHDR', 'sRGB', 'pHYs', 'iTXt', 'IDAT', 'IEND']);
    const { data } = chunks[3]!;
    expect(Buffer.from(data.subarray(0, 12)).toString('latin1')).toBe('qkscope\0\x01\0\0\0');
    expect(inflateSync(data.subarray(12)).toString('utf8')).toBe(TEXT);
  });

  it.each([
    // 96 px to the inch of 0.0254 m: 3779.53, 7559.06 and 11338.58 to the metre.
    [1, 3780],
    [2, 7559],
    [3, 11339],
  ])('writes the size on paper at %i×', async (scale, perMetre) => {
    const chunks = chunksOf(await embedInPng(pngOf(PIXEL), TEXT, scale));
    const data = Buffer.from(chunks.find(({ type }) => type === 'pHYs')!.data);
    expect([data.readUInt32BE(0), data.readUInt32BE(4), data[8], data.length]).toEqual([
      perMetre,
      perMetre,
      1,
      9,
    ]);
  });

  it('replaces the text and the size that are there, and keeps all other chunks', async () => {
    const other = { type: 'tEXt', data: bytes('Software', 0, 'x') };
    const first = await embedInPng(withText(other), 'old', 1);
    const again = await embedInPng(first, TEXT, 2);
    expect(chunksOf(again).map(({ type }) => type)).toEqual([
      ...['IHDR', 'tEXt', 'sRGB', 'pHYs', 'iTXt', 'IDAT', 'IEND'],
    ]);
    expect(await read(again)).toBe(TEXT);
  });
});

describe('readPngText', () => {
  it('gives back any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 2000 }), async (text) => {
        expect(await read(await embedInPng(pngOf(PIXEL), text, 2))).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  it('finds the chunk where another writer put it', async () => {
    const chunks = chunksOf(await embedInPng(pngOf(PIXEL), TEXT, 1));
    const [text] = chunks.filter(({ type }) => type === 'iTXt');
    const others = chunks.filter((chunk) => chunk !== text);
    for (let place = 1; place < others.length; place++)
      expect(await read(pngOf(others.toSpliced(place, 0, text!)))).toBe(TEXT);
  });

  it('reads a file with bytes after its end', async () => {
    const png = await embedInPng(pngOf(PIXEL), TEXT, 1);
    expect(await read(Uint8Array.from([...png, ...Buffer.from('PK\x03\x04 appended, IEND again')]))).toBe(
      TEXT,
    );
  });

  it.each<[string, TestChunk]>([
    ['an uncompressed iTXt', iTXt(Buffer.from(TEXT), { flag: 0 })],
    ['an iTXt with language and translated keyword', iTXt(deflateSync(TEXT))],
    ['a zTXt in UTF-8', { type: 'zTXt', data: bytes('qkscope', 0, 0, deflateSync(TEXT)) }],
    ['a tEXt in UTF-8', { type: 'tEXt', data: bytes('qkscope', 0, TEXT) }],
  ])('reads %s', async (_, chunk) => {
    expect(await read(withText(chunk))).toBe(TEXT);
  });

  it('reads a zTXt in Latin-1, as the format has it', async () => {
    const text = deflateSync(Buffer.from('{"a": "é × "}', 'latin1'));
    expect(await read(withText({ type: 'zTXt', data: bytes('qkscope', 0, 0, text) }))).toBe('{"a": "é × "}');
  });

  it('takes one text that stands there twice, and refuses two that differ', async () => {
    expect(await read(withText(iTXt(deflateSync(TEXT)), iTXt(Buffer.from(TEXT), { flag: 0 })))).toBe(TEXT);
    expect(await read(withText(iTXt(deflateSync(TEXT)), iTXt(deflateSync('{}'))))).toBe('file-damaged');
  });

  it('says of a picture without our chunk that its scores are gone, and what to ask for', async () => {
    const other = withText(iTXt(deflateSync('{}'), { keyword: 'workflow' }));
    for (const png of [pngOf(PIXEL), other]) {
      const error = await readPngText(png, FILE).catch((thrown: QKError) => thrown);
      expect(error).toMatchObject({ code: 'result-invalid', where: FILE });
      expect((error as QKError).hint).toContain('original file');
    }
  });

  it.each<[string, TestChunk]>([
    ['an unknown way of compression', iTXt(deflateSync(TEXT), { method: 1 })],
    ['an unknown flag', iTXt(deflateSync(TEXT), { flag: 2 })],
    ['no deflated text', iTXt(Buffer.from('not deflated'))],
    ['a text that isn’t UTF-8', iTXt(Buffer.of(0xff, 0xfe), { flag: 0 })],
    ['no end of its language', { type: 'iTXt', data: bytes('qkscope', 0, 0, 0, 'abc') }],
    ['nothing after its keyword', { type: 'iTXt', data: bytes('qkscope', 0) }],
    ['nothing after a zTXt’s keyword', { type: 'zTXt', data: bytes('qkscope', 0) }],
  ])('refuses a chunk with %s', async (_, chunk) => {
    expect(await read(withText(chunk))).toBe('file-damaged');
  });

  it('stops inflating what would fill the memory', async () => {
    const bomb = deflateSync(Buffer.alloc(65 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(100_000);
    expect(await read(withText(iTXt(bomb)))).toBe('too-large');
  });

  it('refuses a length that reaches beyond the file before memory is taken for it', async () => {
    const png = pngOf(PIXEL);
    new DataView(png.buffer).setUint32(8 + 25, 0xffffffff);
    expect(await read(png)).toBe('file-damaged');
  });

  it('gives the text or a refusal of ours for any damage', async () => {
    const png = await embedInPng(pngOf(PIXEL), TEXT.repeat(9), 2);
    const place = fc.nat({ max: png.length - 1 });
    const damage = fc.oneof(
      fc.record({ kind: fc.constant('flip' as const), place, byte: fc.integer({ min: 1, max: 255 }) }),
      fc.record({ kind: fc.constant('cut' as const), place, byte: fc.constant(0) }),
      fc.record({ kind: fc.constant('drop' as const), place, byte: fc.integer({ min: 1, max: 40 }) }),
    );
    const outcomes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (list) => {
        let bad: Uint8Array<ArrayBuffer> = png.slice();
        for (const { kind, place: at, byte } of list) {
          if (kind === 'flip' && at < bad.length) bad[at]! ^= byte;
          if (kind === 'cut') bad = bad.slice(0, at);
          if (kind === 'drop') bad = Uint8Array.from([...bad.slice(0, at), ...bad.slice(at + byte)]);
        }
        const outcome = await read(bad);
        outcomes.add(outcome);
        expect(['file-damaged', 'result-invalid', TEXT.repeat(9)]).toContain(outcome);
      }),
      { numRuns: 200 },
    );
    expect([...outcomes]).toEqual(expect.arrayContaining(['file-damaged', TEXT.repeat(9)]));
  });

  it('gives a text or a refusal of ours for a chunk that was forged, its checksum included', async () => {
    const { data } = iTXt(deflateSync(TEXT.repeat(9)));
    const change = fc.tuple(fc.nat({ max: data.length - 1 }), fc.integer({ min: 0, max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 5 }), async (list) => {
        const forged = Uint8Array.from(data);
        for (const [place, byte] of list) forged[place] = byte;
        const text = await readPngText(withText({ type: 'iTXt', data: forged }), FILE).catch((thrown) => {
          expect(thrown).toBeInstanceOf(QKError);
          return '';
        });
        expect(typeof text).toBe('string');
      }),
      { numRuns: 200 },
    );
  });
});
