import { describe, expect, it } from 'vitest';
import {
  decodeBfloat,
  decodeHalf,
  encodeBfloat,
  encodeHalf,
} from '../../../../src/core/linalg/halfFloats.ts';

const FORMATS = [
  { name: 'binary16', encode: encodeHalf, decode: decodeHalf, infinity: 0x7c00, step: 2 ** -10 },
  { name: 'bfloat16', encode: encodeBfloat, decode: decodeBfloat, infinity: 0x7f80, step: 2 ** -7 },
];

const all = (count: number) => Array.from({ length: count }, (_, bits) => bits);

describe.each(FORMATS)('$name', ({ encode, decode, infinity, step }) => {
  it('restores every finite value', () => {
    const wrong = all(infinity).filter(
      (bits) => encode(decode(bits)) !== bits || encode(-decode(bits)) !== (bits | 0x8000),
    );
    expect(wrong).toEqual([]);
  });

  it('rounds to the nearest, ties to even', () => {
    const wrong = all(infinity - 1).filter((bits) => {
      const [low, high] = [decode(bits), decode(bits + 1)];
      const middle = (low + high) / 2;
      const isEven = encode(middle) === (bits % 2 === 0 ? bits : bits + 1);
      // Beside the middle of very small ones there is no float32.
      if (low < 1e-30) return !isEven;
      const eighth = (high - low) / 8;
      return !isEven || encode(middle - eighth) !== bits || encode(middle + eighth) !== bits + 1;
    });
    expect(wrong).toEqual([]);
  });

  it('has one and its neighbour', () => {
    expect(decode(encode(1))).toBe(1);
    expect(decode(encode(1 + step))).toBe(1 + step);
    expect(decode(encode(1 + step / 2))).toBe(1);
  });
});

it('makes infinity of binary16 half a step beyond its largest', () => {
  expect(encodeHalf(65_519)).toBe(0x7bff);
  expect(encodeHalf(65_520)).toBe(0x7c00);
  expect(encodeHalf(-1e9)).toBe(0xfc00);
});
