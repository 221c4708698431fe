import { describe, expect, it } from 'vitest';
import { parseHead } from '../../../../src/core/userScores/parseHead.ts';

describe('parseHead', () => {
  it.each([
    ['L5H1', 5, 1],
    ['l12h10', 12, 10],
    [' L5 H1 ', 5, 1],
    ['5.1', 5, 1],
    ['5-1', 5, 1],
    ['5 1', 5, 1],
    ['5:1', 5, 1],
    ['5, 1', 5, 1],
    ['layer 5 head 1', 5, 1],
    ['Layer 5, Head 1', 5, 1],
    ['a5.h1', 5, 1],
    ['L0H0', 0, 0],
    ['125.127', 125, 127],
  ])('%j is layer %d, head %d', (text, layer, head) => {
    expect(parseHead(text)).toEqual({ layer, head });
  });

  it.each([
    '',
    '5',
    'L5',
    'H1',
    '5.',
    '.1',
    'L5H',
    '5.1.2',
    'five one',
    'L5H1x',
    '1e3.2',
    '0x5.1',
    '12345678.1',
  ])('%j is no head', (text) => {
    expect(parseHead(text)).toBeNull();
  });
});
