import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBlobSource } from '../../../../src/core/bytes/blobSource.ts';
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
  it('finds the bytes of every tensor, whatever its name, shape and dtype', async () => {
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

  it('opens or refuses arbitrary bytes without a crash', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.boolean(), async (bytes, framed) => {
        const file = framed ? withHeader(new TextDecoder('latin1').decode(bytes)) : bytes;
        const error = await open(file).catch((thrown: unknown) => thrown);
        if (error instanceof Error) expect(error.name).toBe('QKError');
      }),
    );
  });

  it('accepts white space around the header, no tensors, rank 0 and unknown fields, as the reference does', async () => {
    expect(await codeOf(' {} \n\t')).toBe('accepted');
    expect(await codeOf('{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4],"x":1.5}}', [f32([1])])).toBe(
      'accepted',
    );
    expect(await codeOf('{"__metadata__":{"format":"pt"}}')).toBe('accepted');
  });

  it('reads a header once when it is longer than the first read', async () => {
    const bytes = safetensorsBytes([{ name: 'a', dtype: 'F32', shape: [1], data: f32([1]) }], {
      pad: ' '.repeat(300_000),
    });
    const { headerEnd, fetched } = await open(bytes);
    expect(fetched).toBe(headerEnd);
    expect(headerEnd).toBeGreaterThan(300_000);
  });

  it('opens a file with 10 MB of __metadata__', async () => {
    const metadata = { note: 'a"\\b'.repeat(2_000_000), other: 'x' };
    const { tensors } = await open(
      safetensorsBytes([{ name: 'a', dtype: 'F32', shape: [1], data: f32([1]) }], { metadata }),
    );
    expect(tensors.map(({ name }) => name)).toEqual(['a']);
  });

  it.each([21, 2_000_000])('refuses a size of %i digits without computing with it', async (digits) => {
    const header = `{"w":{"dtype":"F32","shape":[${'9'.repeat(digits)}],"data_offsets":[0,4]}}`;
    await expect(open(withHeader(header))).rejects.toThrow("a shape that isn't a list of whole numbers");
  });
});
