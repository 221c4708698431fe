import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBlobSource } from '../../../../src/core/bytes/blobSource.ts';
import { QKError } from '../../../../src/core/errors.ts';
import { pytorch } from '../../../../src/core/formats/pytorch/pytorch.ts';
import { fixture } from '../../../support/localFiles.ts';
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
const bytesOf = (...parts: (string | number[] | Uint8Array)[]) => {
  const chunks = parts.map((part) =>
    typeof part === 'string' ? Buffer.from(part, 'latin1') : Uint8Array.from(part),
  );
  return new Uint8Array(Buffer.concat(chunks));
};
const repeat = (text: string, count: number) => text.repeat(count);

/** Files that are made to cost time or memory. Each would hang, overflow or take gigabytes without its bound. */
const HOSTILE: [string, () => Uint8Array][] = [
  ['lists nested 100,000 deep', () => bytesOf('\x80\x02', repeat(']', 100_000), repeat('a', 99_999), '.')],
  [
    'dictionaries nested 100,000 deep',
    () => bytesOf('\x80\x02', repeat('}K\x01', 100_000), 'K\x00', repeat('s', 100_000), '.'),
  ],
  ['a list that holds itself', () => bytesOf('\x80\x02]q\x00h\x00a.')],
  ['a dictionary that holds itself', () => bytesOf('\x80\x02}q\x00U\x01ah\x00s.')],
  [
    'dictionaries that share each other, 200 deep',
    () => {
      const levels = Array.from({ length: 200 }, (_, at) =>
        bytesOf('}q', [at + 1], `U\x01ah`, [at], `sU\x01bh`, [at], 's'),
      );
      return bytesOf('\x80\x02}q\x00', ...levels, '.');
    },
  ],
  ['a million dictionaries and more', () => bytesOf('\x80\x02](', repeat('}', 800_000), 'e.')],
  ['marks without end', () => bytesOf('\x80\x02', repeat('(', 2_100_000), '.')],
  [
    'groups that are opened and closed under a deep stack',
    () => bytesOf('\x80\x02', repeat('N', 500_000), repeat('(1', 500_000), '.'),
  ],
  [
    'a whole number of 8 MB',
    () => bytesOf('\x80\x02\x8b\x00\x00\x80\x00', new Uint8Array(8 * 1024 * 1024).fill(0x7f), '.'),
  ],
  ['a million digits', () => bytesOf('\x80\x02L', repeat('7', 1_000_000), 'L\n.')],
  ['one key that is set a million times', () => bytesOf('\x80\x02}', repeat('K\x01K\x01s', 1_000_000), '.')],
  [
    'a list of pairs that is made a dictionary again and again',
    () =>
      bytesOf(
        '\x80\x02ccollections\nOrderedDict\nq\x00(](',
        repeat('(K\x01K\x02t', 100_000),
        'etq\x01',
        repeat('0h\x00h\x01R', 100_000),
        '.',
      ),
  ],
  ['a text that says it has 2^62 bytes', () => bytesOf('\x80\x04\x8d', [0, 0, 0, 0, 0, 0, 0, 0x40], '.')],
  ['instructions without end', () => bytesOf('\x80\x02', repeat('N0', 5_100_000), 'N.')],
  ['things to remember without end', () => bytesOf('\x80\x04N', repeat('\x94', 2_100_000), '.')],
];

describe('pickles that are made to cost time end in words', () => {
  it.each(HOSTILE)('%s', async (_, make) => {
    const error = await open(make());
    expect(error).toBeInstanceOf(QKError);
    expect(['file-damaged', 'no-weights', 'pickle-refused']).toContain((error as QKError).code);
  });

  it('laughs.bin: dictionaries that share each other sixteen deep', async () => {
    expect(await openFile(readFileSync(fixture('reported', 'laughs.bin')))).toMatchObject({
      code: 'no-weights',
    });
  });

  it('any instructions end in a sentence of ours', async () => {
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
