// Edits of JSON by its structure: of a header, a config, an index, a result, an answer.
import fc from 'fast-check';
import type { Target } from './target.ts';

export interface JsonEdit {
  readonly edit: 'json';
  /** Which value: they are counted through the whole text. */
  readonly pick: number;
  readonly how: 'replace' | 'remove' | 'rename' | 'double' | 'bury';
  readonly value: number;
}

/** Values that a field isn't made for. They are written as they stand: JSON.stringify has no 1e999 and no doubled key. */
const VALUES: readonly string[] = [
  ...[
    'null',
    'true',
    'false',
    '0',
    '1',
    '-1',
    '-0',
    '0.5',
    '1e999',
    '1e-999',
    '16777217',
    '9007199254740993',
  ],
  ...[
    '4294967296',
    '1e15',
    '""',
    '"F16"',
    '"NaN"',
    '"__proto__"',
    '"llama"',
    '"\\u0000"',
    '"\\ud800"',
    '"../../x"',
    '"\u202e"',
  ],
  ...[
    '[]',
    '{}',
    '[[]]',
    '[0,0]',
    '[1,-1]',
    '[1e9,1e9]',
    '[0,9007199254740992]',
    '[4,4,4,4,4,4,4,4,4]',
    '{"a":{"b":{}}}',
  ],
  ...['{"__proto__":{"x":1}}', '{"constructor":1}', '{"toString":"x"}', '{"length":-1}'],
  `"${'x'.repeat(70_000)}"`,
  `[${'0,'.repeat(20_000)}0]`,
  `{${Array.from({ length: 3000 }, (_, i) => `"k${i}":${i}`).join(',')}}`,
  '['.repeat(3000) + ']'.repeat(3000),
  `${'{"a":'.repeat(8000)}1${'}'.repeat(8000)}`,
  '9'.repeat(400),
];

export const jsonEdit: fc.Arbitrary<JsonEdit> = fc.record({
  edit: fc.constant('json' as const),
  pick: fc.nat(2 ** 31 - 1),
  how: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'rename', 'double', 'bury'),
  value: fc.nat(VALUES.length - 1),
});

/** Returns the file with its JSON edited; as it was where it holds none. */
export function applyJsonEdit(edit: JsonEdit, bytes: Uint8Array, target: Target): Uint8Array {
  const inside = target.jsonIn?.(bytes) ?? null;
  if (inside === null) return bytes;
  const values = valuesIn(inside.text);
  if (values.length === 0) return bytes;
  const { begin, end } = values[edit.pick % values.length]!;
  const { text } = inside;
  const old = text.slice(begin, end);
  const value = VALUES[edit.value % VALUES.length]!;
  const put = (now: string) => inside.replace(text.slice(0, begin) + now + text.slice(end));
  switch (edit.how) {
    case 'replace':
      return put(value);
    case 'remove': {
      // With the comma before or behind it, so that what is left is JSON.
      const after = /^\s*,/.exec(text.slice(end))?.[0].length ?? 0;
      const key =
        /("(?:[^"\\]|\\.)*"\s*:\s*)?$/.exec(text.slice(Math.max(0, begin - 300), begin))?.[0].length ?? 0;
      return inside.replace(text.slice(0, begin - key) + text.slice(end + after));
    }
    case 'rename':
      return put(/^"/.test(old) ? `"${old.slice(1, -1)}x"` : `{"x":${old}}`);
    case 'double':
      return put(`${old},"doubled":${old}`);
    case 'bury':
      return put('['.repeat(edit.value * 20) + old + ']'.repeat(edit.value * 20));
    default:
      return edit.how satisfies never;
  }
}

/** Where values stand in a text that is JSON, more or less: strings, numbers, words, and what brackets enclose. */
function valuesIn(text: string): readonly { readonly begin: number; readonly end: number }[] {
  const found: { begin: number; end: number }[] = [];
  const open: number[] = [];
  const token = /"(?:[^"\\]|\\.)*"|[[\]{}]|[-+.\w]+/g;
  for (let match = token.exec(text); match !== null && found.length < 20_000; match = token.exec(text)) {
    const [what] = match;
    if (what === '[' || what === '{') open.push(match.index);
    else if (what === ']' || what === '}') {
      const begin = open.pop();
      if (begin !== undefined) found.push({ begin, end: match.index + 1 });
    } else found.push({ begin: match.index, end: match.index + what.length });
  }
  return found;
}
