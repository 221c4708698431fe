import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBlobSource } from '../../../../src/core/bytes/blobSource.ts';
import { QKError } from '../../../../src/core/errors.ts';
import { pytorch } from '../../../../src/core/formats/pytorch/pytorch.ts';
import { bytesOf } from '../../../support/malformed/case.ts';
import { torchArchive } from '../../../support/torchBytes.ts';

const open = (pickle: Uint8Array) => openFile(torchArchive(pickle, {}));
const openFile = (bytes: Uint8Array) =>
  pytorch
    .read(createBlobSource('a.bin', new Blob([bytes as BlobPart])), {
      openBeside: () => Promise.reject(new Error('nothing beside')),
      wants: () => true,
    })
    .then(
      () => null,
      (error: unknown) => error,
    );
describe('pickles of any instructions', () => {
  it('open or are refused by a QKError', async () => {
    const opcodes = [...'()]}abcdeghijlopqrstu012ILFGJKMNQRSTUVX.'].map((letter) => letter.charCodeAt(0));
    const more = [
      0x80, 0x81, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x8f, 0x90, 0x91, 0x92, 0x93, 0x94,
    ];
    const anyByte = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...opcodes, ...more) },
      { weight: 1, arbitrary: fc.nat(255) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(anyByte, { maxLength: 60 }), async (body) => {
        const error = await open(bytesOf('\x80\x02', body, '.'));
        if (error !== null) expect(error).toBeInstanceOf(QKError);
      }),
      { numRuns: 1000 },
    );
  });
});
