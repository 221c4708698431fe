import { expect, it } from 'vitest';
import { loadGlyphs } from '../../../src/figures/loadGlyphs.ts';
import { printedWidth } from '../../../src/figures/printedWidth.ts';
import { wrapText } from '../../../src/figures/scene.ts';

it('texts are as wide as their letters in the exported figure', async () => {
  const glyphs = await loadGlyphs();
  const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(0x20 + index));
  for (const letter of ascii) {
    expect(printedWidth(letter, 1000), letter).toBe(Number.parseInt(glyphs.regular[letter]!, 10));
    expect(printedWidth(letter, 1000, true), letter).toBe(Number.parseInt(glyphs.bold[letter]!, 10));
  }
  expect(printedWidth('il', 10)).toBeCloseTo(4.44, 9);
  expect(printedWidth('漢', 10)).toBe(6);
});

it('a text is broken between words, and within one that is wider than a line', () => {
  const measure = (part: string) => part.length;
  expect(wrapText('one two three', 7, 1, measure)).toEqual(['one two', 'three']);
  expect(wrapText('owner/averylongname x', 8, 1, measure)).toEqual(['owner/av', 'erylongn', 'ame x']);
  expect(wrapText('', 8, 1, measure)).toEqual([]);
  expect(wrapText('wide', 0, 1, measure)).toEqual(['w', 'i', 'd', 'e']);
});
