import fc from 'fast-check';
import { expect, it } from 'vitest';
import { csvText } from '../../../src/core/csvText.ts';
import { delimitedRows } from '../../../src/core/userScores/delimitedRows.ts';

it.each([
  ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
  ['+1+cmd', "'+1+cmd"],
  ['-2+3', "'-2+3"],
  ['-', "'-"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', `"'\t=1"`],
  ['\r=1', `"'\r=1"`],
  ['\n=1', `"'\n=1"`],
  ['＝1', "'＝1"],
])('csvText escapes text that a spreadsheet would take for a formula: %j', (cell, expected) => {
  expect(csvText([[cell]])).toBe(`${expected}\n`);
});

it.each([
  [-0.5, '-0.5'],
  [-1e-300, '-1e-300'],
  [-Infinity, '-Infinity'],
  ['-0.5', '-0.5'],
  ['+2', '+2'],
  ['-1.5E+10', '-1.5E+10'],
  [null, ''],
  [undefined, ''],
  ['plain', 'plain'],
])('csvText keeps numbers and plain text as they are: %j', (cell, expected) => {
  expect(csvText([[cell]])).toBe(`${expected}\n`);
});

it.each(['a\rb', 'a\nb', 'a\r\nb', 'a,b', 'a;b', 'a\tb', 'a"b'])('csvText quotes %j', (cell) => {
  expect(csvText([[cell]])).toBe(`"${cell.replaceAll('"', '""')}"\n`);
});

it('csvText writes cells that read back the same but for an apostrophe before formulas', () => {
  const cell = fc.string({
    unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', ',', '"', '1', 'a', ' '),
  });
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1 }), (lines) => {
      // Named, so that the comma is the delimiter and no line is empty.
      const all = [['x', 'y', 'z', 'end'], ...lines.map((line) => [...line, 'end'])];
      const read = delimitedRows(csvText(all), 'cells.csv').rows.map(({ cells }) => cells);
      expect(read.map((cells) => cells.map((text) => text.replace(/^'(?=[=+\-@\t\r\n])/, '')))).toEqual(all);
      for (const text of read.flat())
        if (/^[=+\-@\t\r\n]/.test(text)) expect(Number.isNaN(Number(text))).toBe(false);
    }),
  );
});
