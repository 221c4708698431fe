import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QKError } from '../../../../src/core/errors.ts';
import { parseJson } from '../../../../src/core/formats/readJson.ts';
import { scanJson } from '../../../../src/core/formats/scanJson.ts';

const parse = (text: string | Uint8Array) =>
  parseJson(
    typeof text === 'string' ? new TextEncoder().encode(text) : text,
    'config.json',
    'config-invalid',
  );
const failure = (text: string | Uint8Array): QKError => {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof QKError) return error;
    throw error;
  }
  throw new Error('no error');
};

describe('config.json as Python writes it', () => {
  it('has NaN, Infinity and -Infinity as numbers where values stand', () => {
    expect(parse('{"a": NaN, "b": [Infinity, -Infinity, 1], "NaN": "Infinity, NaN", "c": -1e3}')).toEqual({
      a: Number.NaN,
      b: [Infinity, -Infinity, 1],
      NaN: 'Infinity, NaN',
      c: -1000,
    });
  });

  it('is read after a byte order mark', () => {
    expect(parse('\ufeff{"a": 1}')).toEqual({ a: 1 });
  });

  it.each([
    ['{\n  "a": 1,\n}', 3, 1, '“}” where a name'],
    ['{\n  "a": 1\n  "b": 2}', 3, 3, 'where a comma or “}” should be'],
    ['{"a": 1, // heads\n "b": 2}', 1, 10, 'there is a comment'],
    ['{\n"a": \'x\'}', 2, 6, 'where a value should be'],
    ['{"a": nan}', 1, 7, 'where a value should be'],
    ['{"a": [1, 2', 1, 12, 'the text ends'],
    ['{"a": "x\ny"}', 1, 9, 'line break'],
    ['{} {}', 1, 4, 'after the end'],
    ['{"a": 01}', 1, 8, 'comma'],
  ])('is refused with a line and column for %j', (text, line, column, what) => {
    const error = failure(text);
    expect(error.message).toContain(`line ${line}, column ${column}`);
    expect(error.message).toContain(what);
    expect(error.where).toBe(`config.json, line ${line}, column ${column}`);
  });

  it.each([
    ['a page', '<!doctype html>', 'web page'],
    ['a pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n', 'Git LFS'],
    ['bytes', new Uint8Array([0x89, 0x48, 0x44, 0x46, 0xff]), 'HDF5'],
    ['another encoding', new Uint8Array([0xff, 0xfe, 0x7b, 0x00]), 'UTF-8'],
  ])('is refused with the name of %s in its place', (_, text, what) => {
    expect(failure(text).message).toContain(what);
  });

  it('is refused in words where it is nested 20,000 deep', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const)
      expect(failure(`${open.repeat(20_000)}1${close.repeat(20_000)}`).message).toContain('nested more than');
  });

  it('is accepted where JSON.parse accepts it, and nowhere else', () => {
    const limits = { depth: 50, values: 10_000, allowNonFinite: false };
    const isValid = (text: string) => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 4 }),
        fc.nat(),
        fc.constantFrom('', ...'{}[],:"\\ 0-.eEtn\n\u0000'),
        (json, at, more) => {
          const text =
            json.slice(0, at % (json.length + 1)) + more + json.slice((at % (json.length + 1)) + (at % 2));
          for (const of of [json, text])
            expect([of, scanJson(of, limits).fault === null]).toEqual([of, isValid(of)]);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('fields named as what converts an object', () => {
  it.each([
    ['as they are', '{"a":{"toString":"x","valueOf":1,"b":2}}'],
    ['spelt by an escape', '{"a":{"\\u0074oString":"x","b":2}}'],
    ['in a list, beside NaN', '{"a":{"b":2},"c":[{"valueOf":null}],"d":NaN}'],
  ])('are left out, %s', (_, text) => {
    const json = parseJson(new TextEncoder().encode(text), 'config.json', 'config-invalid') as {
      a: unknown;
      c?: unknown[];
    };
    expect(json.a).toEqual({ b: 2 });
    for (const value of [json.a, json.c?.[0] ?? {}]) expect(Number(value)).toBeNaN();
  });
});
