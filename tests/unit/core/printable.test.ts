import fc from 'fast-check';
import { expect, it } from 'vitest';
import { printable } from '../../../src/core/printable.ts';

it('printable cuts text of files and drops unprintable characters', () => {
  expect(printable('h.0.q.weight')).toBe('h.0.q.weight');
  expect(printable('größe 注意力')).toBe('größe 注意力');
  expect(printable('a\u0000\u001b[2J\u202e\u200b\ud800')).toBe('a\\x00\\x1b[2J\\u202e\\u200b\\ud800');
  expect(printable('x'.repeat(1000))).toBe(`${'x'.repeat(120)}…`);
  fc.assert(
    fc.property(fc.array(fc.nat(0x10ffff), { maxLength: 200 }), (codes) => {
      const shown = printable(String.fromCodePoint(...codes));
      expect(shown.length).toBeLessThanOrEqual(121);
      // Those that join letters stay.
      expect(shown).not.toMatch(/(?![\u200c\u200d])[\p{C}\p{Zl}\p{Zp}]/u);
    }),
    { examples: [[[0x200c]]] },
  );
});
