import { describe, expect, it } from 'vitest';
import { checkPages } from '../../../../src/core/collection/parquetPages.ts';

const part = { codec: 'UNCOMPRESSED', isOptional: false, rows: 4, maxBytes: 1000 };
/** A number as Thrift's compact protocol writes an i32. */
function zigZag(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value < 0 ? -2 * value - 1 : 2 * value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}
/** A data page: its type, sizes, how many values of which encoding; four bytes of values where no others are given. */
const page = ({ type = 0, unpacked = 4, packed = 4, count = 4, encoding = 0, values = [1, 2, 3, 4] }) =>
  Uint8Array.from([
    ...[0x15, ...zigZag(type), 0x15, ...zigZag(unpacked), 0x15, ...zigZag(packed)],
    ...[0x2c, 0x15, ...zigZag(count), 0x15, ...zigZag(encoding), 0x15, 6, 0x15, 6, 0, 0],
    ...values,
  ]);
const RLE_DICTIONARY = 8;
const DELTA = 5;

describe('a page of a Parquet column', () => {
  it.each([
    ['of values as they are', page({})],
    ['of a run of indices', page({ encoding: RLE_DICTIONARY, values: [1, 8, 1, 0] })],
    ['of packed indices, padded to eight', page({ encoding: RLE_DICTIONARY, values: [1, 3, 5, 0] })],
    ['of deltas in four parts', page({ encoding: DELTA, values: [128, 1, 4, 4] })],
  ])('passes where it is %s', (_, bytes) => {
    expect(() => checkPages(bytes, part)).not.toThrow();
  });

  it.each([
    ['more values than the group has rows', page({ count: 2 ** 31 - 1 })],
    ['fewer values than none', page({ count: -1 })],
    ['more bytes than the column', page({ packed: 2 ** 30 })],
    ['fewer bytes than none, so that it is read again and again', page({ packed: -20 })],
    ['more unpacked bytes than a group may have', page({ unpacked: 2 ** 31 - 1 })],
    [
      'a run of two thousand million indices',
      page({ encoding: RLE_DICTIONARY, unpacked: 7, packed: 7, values: [1, 254, 255, 255, 255, 15, 0] }),
    ],
    [
      'deltas in a hundred thousand parts',
      page({ encoding: DELTA, unpacked: 5, packed: 5, values: [128, 1, 160, 141, 6] }),
    ],
    ['an encoding whose counts aren’t checked', page({ encoding: 7 })],
    ['an unknown kind', page({ type: 9 })],
  ])('is refused where it states %s', (_, bytes) => {
    expect(() => checkPages(bytes, part)).toThrow(RangeError);
  });

  it('is refused where a level’s run is longer than the page', () => {
    const values = [6, 0, 0, 0, 254, 255, 255, 255, 15, 1];
    const bytes = page({ unpacked: values.length, packed: values.length, values });
    expect(() => checkPages(bytes, { ...part, isOptional: true })).toThrow(RangeError);
  });
});
