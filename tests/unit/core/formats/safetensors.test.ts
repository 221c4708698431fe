import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBlobSource } from '../../../../src/core/bytes/blobSource.ts';
import { QKError } from '../../../../src/core/errors.ts';
import { DTYPE_BITS } from '../../../../src/core/formats/dtype.ts';
import { readSafetensors } from '../../../../src/core/formats/safetensors.ts';
import { f32, safetensorsBytes, withHeader } from '../../../support/safetensorsBytes.ts';

const open = (bytes: Uint8Array) =>
  readSafetensors(createBlobSource('a.safetensors', new Blob([bytes as BlobPart])));
const codeOf = (text: string, data?: Uint8Array[]) =>
  open(withHeader(text, data)).then(
    () => 'accepted',
    (error: { code: string }) => error.code,
  );

describe('readSafetensors', () => {
  it('finds every tensor where it lies, whatever names, shapes and dtypes', async () => {
    const tensor = fc.record({
      name: fc.string({ minLength: 1 }),
      dtype: fc.constantFrom('F64', 'F32', 'F16', 'BF16', 'I8'),
      shape: fc.array(fc.nat(4), { maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(tensor, { selector: ({ name }) => name, maxLength: 6 }),
        async (list) => {
          const usable = list.filter(({ name }) => name !== '__metadata__' && name !== '__proto__');
          const tensors = usable.map((info, at) => {
            const elements = info.shape.reduce((product, size) => product * size, 1);
            return {
              ...info,
              data: new Uint8Array((elements * DTYPE_BITS[info.dtype as keyof typeof DTYPE_BITS]) / 8).fill(
                at + 1,
              ),
            };
          });
          const { tensors: found } = await open(safetensorsBytes(tensors));
          expect(found.length).toBe(tensors.length);
          for (const { name, dtype, shape, data } of tensors) {
            const entry = found.find((candidate) => candidate.name === name)!;
            expect(entry).toMatchObject({ dtype, shape });
            expect(await entry.source.read(entry.begin, entry.end)).toEqual(data);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('never crashes on arbitrary bytes: it opens or says why', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.boolean(), async (bytes, framed) => {
        const file = framed ? withHeader(new TextDecoder('latin1').decode(bytes)) : bytes;
        const error = await open(file).catch((thrown: unknown) => thrown);
        if (error instanceof Error) expect(error.name).toBe('QKError');
      }),
    );
  });

  it('accepts what the reference accepts: white space around the header, no tensors, rank 0, unknown fields', async () => {
    expect(await codeOf(' {} \n\t')).toBe('accepted');
    expect(await codeOf('{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4],"x":1.5}}', [f32([1])])).toBe(
      'accepted',
    );
    expect(await codeOf('{"__metadata__":{"format":"pt"}}')).toBe('accepted');
  });

  it.each([
    ['a byte order mark', '\uFEFF{}', 'safetensors-header-json'],
    ['an array', '[]', 'safetensors-header-json'],
    ['metadata that is no text', '{"__metadata__":{"a":1}}', 'safetensors-header-json'],
    [
      'a negative shape',
      '{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}',
      'safetensors-header-json',
    ],
    [
      '1.0 for a whole number',
      '{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}',
      'safetensors-header-json',
    ],
    ['an unknown dtype', '{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}', 'safetensors-header-json'],
    ['half a byte', '{"a":{"dtype":"F4","shape":[1],"data_offsets":[0,1]}}', 'safetensors-tensor-info'],
    ['a gap', '{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}', 'safetensors-offsets'],
    [
      'a name twice: the last wins, and the first leaves a gap',
      '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}',
      'safetensors-offsets',
    ],
  ])('refuses %s', async (_, header, code) => {
    expect(await codeOf(header, [new Uint8Array(4)])).toBe(code);
  });

  it('reads a header that is longer than the first read, once', async () => {
    const bytes = safetensorsBytes([{ name: 'a', dtype: 'F32', shape: [1], data: f32([1]) }], {
      pad: ' '.repeat(300_000),
    });
    const { headerEnd, fetched } = await open(bytes);
    expect(fetched).toBe(headerEnd);
    expect(headerEnd).toBeGreaterThan(300_000);
  });

  it('a valid __metadata__ of 10 MB opens', async () => {
    const metadata = { note: 'a"\\b'.repeat(2_000_000), other: 'x' };
    const { tensors } = await open(
      safetensorsBytes([{ name: 'a', dtype: 'F32', shape: [1], data: f32([1]) }], { metadata }),
    );
    expect(tensors.map(({ name }) => name)).toEqual(['a']);
  });

  it.each([
    ['lists nested 20,000 deep', `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, 'nested more than'],
    [
      'a dtype nested 20,000 deep',
      `{"a":{"dtype":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`,
      'nested more than',
    ],
    [
      'a dtype that is a list',
      '{"a":{"dtype":[[]],"shape":[],"data_offsets":[0,0]}}',
      "a dtype that isn't text",
    ],
    [
      'too many tensors',
      `{${Array.from({ length: 200_002 }, (_, at) => `"${at}":0`).join()}}`,
      'lists 200002 tensors',
    ],
    ['too many values', `{"a":[${'0,'.repeat(4_000_001)}0]}`, 'more than 4000000 values'],
    [
      'three NUL bytes',
      '{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}\0\0\0',
      '3 NUL bytes after the JSON',
    ],
    ['metadata with a number', '{"__metadata__":{"step":100}}', '"step" that isn\'t text'],
    ['a name that can’t be printed', '{"a\\u0000\\u001b":{"dtype":"U8"}}', '"a\\x00\\x1b"'],
  ])('%s is told in words', async (_, header, what) => {
    const error = (await open(withHeader(header)).catch((thrown: unknown) => thrown)) as QKError;
    expect(error).toBeInstanceOf(QKError);
    expect(error.message).toContain(what);
    if (/NUL|metadata/.test(_)) expect(`${error.message}${error.hint}`).not.toContain('damaged');
  });
});
