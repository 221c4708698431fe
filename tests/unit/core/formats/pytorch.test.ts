import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBlobSource } from '../../../../src/core/bytes/blobSource.ts';
import type { ByteSource } from '../../../../src/core/bytes/byteSource.ts';
import { QKError } from '../../../../src/core/errors.ts';
import type { FormatContext } from '../../../../src/core/formats/format.ts';
import { pytorch } from '../../../../src/core/formats/pytorch/pytorch.ts';
import { caseFiles } from '../../../support/oracle.ts';
import { type ArchiveOptions, pickleOf, torchArchive } from '../../../support/torchBytes.ts';

const NAME = 'pytorch_model.bin';
const open = (bytes: Uint8Array, more: Partial<FormatContext> = {}) =>
  pytorch.read(sourceOf(bytes), { openBeside: () => Promise.reject(new Error('nothing beside')), ...more });
const sourceOf = (bytes: Uint8Array) => createBlobSource(NAME, new Blob([bytes as BlobPart]));
const failure = (bytes: Uint8Array) =>
  open(bytes).then(
    () => null,
    (error: unknown) => error,
  );

const values = (count: number) => Float32Array.from({ length: count }, (_, at) => at);
const spec = (options: ArchiveOptions & { wrapper?: string; global?: string } = {}) => {
  const tensors = [
    { name: 'h.0.q.weight', key: '0', shape: [3, 4] },
    { name: 'h.0.k.weight', key: '1', offset: 2, shape: [3, 2], strides: [1, 5] },
    { name: 'h.0.v.weight', key: '0', offset: 4, shape: [2, 4] },
  ];
  return torchArchive(
    pickleOf(tensors, { 0: 12, 1: 20 }, options),
    { 0: values(12), 1: values(20) },
    options,
  );
};

/** The elements of an entry, by its strides. */
async function elements(entry: {
  source: ByteSource;
  begin: number;
  end: number;
  shape: readonly number[];
  strides?: readonly number[];
}) {
  const bytes = await entry.source.read(entry.begin, entry.end);
  const [rows, cols] = entry.shape as [number, number];
  const [down, right] = entry.strides ?? [cols, 1];
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Array.from({ length: rows * cols }, (_, at) =>
    view.getFloat32(4 * (Math.floor(at / cols) * down! + (at % cols) * right!), true),
  );
}

describe('PyTorch archives', () => {
  it.each([
    ['as torch 1.x writes them', {}],
    ['as torch 2.x writes them', { byteorder: 'little', root: 'pytorch_model' }],
    ['without padding', { alignment: 0 }],
    ['beside an optimiser', { wrapper: 'state_dict' }],
  ])('have names, shared storages, offsets and strides: %s', async (_, options) => {
    const { tensors } = await open(spec(options));
    expect(tensors.map(({ name, strides }) => [name, strides])).toEqual([
      ['h.0.q.weight', undefined],
      ['h.0.k.weight', [1, 5]],
      ['h.0.v.weight', undefined],
    ]);
    expect(await elements(tensors[0]!)).toEqual([...values(12)]);
    expect(await elements(tensors[1]!)).toEqual([2, 7, 3, 8, 4, 9]);
    expect(await elements(tensors[2]!)).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('place only wanted tensors and name all', async () => {
    const file = await open(spec(), { wants: (name) => name.includes('.k.') });
    expect(file.tensors.map(({ name }) => name)).toEqual(['h.0.k.weight']);
    expect(file.names).toEqual(['h.0.q.weight', 'h.0.k.weight', 'h.0.v.weight']);
  });

  it('take few reads, however many tensors there are', async () => {
    const tensors = Array.from({ length: 300 }, (_, at) => ({
      name: `t${at}`,
      key: `${at}`,
      shape: [64, 64],
    }));
    const counts = Object.fromEntries(tensors.map(({ key }) => [key, 4096]));
    const storages = Object.fromEntries(tensors.map(({ key }, at) => [key, values(4096).map((x) => x + at)]));
    const bytes = torchArchive(pickleOf(tensors, counts), storages);
    const source = sourceOf(bytes);
    let reads = 0;
    const counted: ByteSource = {
      ...source,
      read: (...args) => {
        reads++;
        return source.read(...args);
      },
    };
    const file = await pytorch.read(counted, {
      openBeside: () => Promise.reject(new Error('nothing beside')),
    });
    expect(reads).toBeLessThanOrEqual(8);
    const at = 217;
    expect((await elements(file.tensors[at]!))[5]).toBe(5 + at);
  });

  it('are refused where a record has other bytes than its storage counts', async () => {
    // One tensor of 12 elements, and 13 of them in its record: which twelve are meant, nothing says.
    const tensors = [{ name: 'h.0.q.weight', key: '0', shape: [12] }];
    const error = await failure(torchArchive(pickleOf(tensors, { 0: 12 }), { 0: values(13) }));
    expect(error).toMatchObject({ code: 'file-damaged' });
    expect((error as QKError).message).toContain('has 52 bytes for storage 0, and its pickle says 48');
  });

  it('are refused where two records have one name', async () => {
    const tensors = [{ name: 'h.0.q.weight', key: '0', shape: [12] }];
    const bytes = torchArchive(pickleOf(tensors, { 0: 12 }), { 0: values(12), 1: values(12) });
    // The directory's name of the second storage, behind the name of its local header.
    const text = Buffer.from(bytes.buffer);
    bytes[text.lastIndexOf('archive/data/1') + 'archive/data/'.length] = '0'.charCodeAt(0);
    const error = await failure(bytes);
    expect((error as QKError).message).toContain('holds two records named archive/data/0');
  });

  it('end any damage in a QKError', async () => {
    const whole = spec({ byteorder: 'little' });
    const legacy = new Uint8Array(
      await caseFiles('torch-legacy-llama-gqa-bf16')
        .find(({ path }) => path === NAME)!
        .blob.arrayBuffer(),
    );
    for (const [bytes, reach] of [
      [whole, whole.length],
      [legacy, 4000],
    ] as const) {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.nat(reach - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
          async (damage) => {
            const damaged = bytes.slice();
            for (const [at, byte] of damage) damaged[at] = byte;
            const error = await failure(damaged);
            if (error !== null) expect(error).toBeInstanceOf(QKError);
          },
        ),
        { numRuns: 150 },
      );
    }
  });
});
