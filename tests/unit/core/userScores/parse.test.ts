import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QKError } from '../../../../src/core/errors.ts';
import { looksLikeScores } from '../../../../src/core/userScores/parseScoresJson.ts';
import { parseUserScores } from '../../../../src/core/userScores/parseUserScores.ts';

const parse = (text: string, file = 'induction.csv') => parseUserScores(new TextEncoder().encode(text), file);

/** "induction L0H0 0.5" */
function flat(text: string, file?: string): string[] {
  return parse(text, file).columns.flatMap(({ name, entries }) =>
    entries.map(
      ({ layer, head, value, stack }) =>
        `${name} ${stack === undefined ? '' : `${stack} `}L${layer}H${head} ${value}`,
    ),
  );
}

function refusal(text: string, file?: string): QKError {
  try {
    parse(text, file);
  } catch (error) {
    if (error instanceof QKError) return error;
    throw error;
  }
  throw new Error('It was taken.');
}

describe('CSV of the user’s scores', () => {
  const want = ['induction L0H0 0.5', 'induction L5H1 -0.25'];
  it.each([
    ['names of heads', 'head,induction\nL0H0,0.5\nL5H1,-0.25\n'],
    ['names of heads under any name', 'induction,which\n0.5,L0H0\n-0.25,L5H1'],
    ['no header, named after the file', 'L0H0,0.5\nL5H1,-0.25\n'],
    ['layer and head', 'layer,head,induction\n0,0,0.5\n5,1,-0.25\n'],
    ['headers as pandas and others write them', ',Layer_Idx, Head Index ,induction\n0,0,0,0.5\n1,5,1,-0.25'],
    ['floats for integers, L and H before them', 'l,h,induction\nL0,H0,.5\n5.0,1.0,-2.5e-1'],
    ['byte-order mark, CRLF, quotes', '\ufeff"layer","head","induction"\r\n"0","0","0.5"\r\n5,1,"-0.25"\r\n'],
    ['semicolons and decimal commas', 'layer;head;induction\n0;0;0,5\n5;1;−0,25\n'],
    ['tabs', 'layer\thead\tinduction\n0\t0\t0.5\n5\t1\t-0.25'],
    ['empty lines, trailing delimiters', '\nlayer,head,induction\n\n0,0,0.5,\n5,1,-0.25,,\n\n'],
    ['spelled-out names', 'head;induction\nlayer 0 head 0;0.5\n"Layer 5, Head 1";-0.25'],
  ])('%s', (_, text) => {
    expect(flat(text)).toEqual(want);
  });

  it('has several scores, and names the text columns left out', () => {
    const scores = parse('head,a,note,b\nL0H0,1,first,2\nL0H1,3,,NaN\n');
    expect(scores.columns.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(scores.columns[1]?.entries[1]?.value).toBeNull();
    expect(scores.notes).toEqual(['The column note holds no numbers and is left out.']);
  });

  it('has layers down and heads across', () => {
    expect(flat('layer,H0,H1\nL0,1,2\n1,3,\n', 'grid.csv')).toEqual([
      'grid L0H0 1',
      'grid L0H1 2',
      'grid L1H0 3',
      'grid L1H1 null',
    ]);
  });

  it('has quoted delimiters, quotes and line breaks, which count as lines', () => {
    const text = '"my ""best"", score\nof heads",head\n0.5,L0H0\n0.7,nobody\n';
    expect(flat(text.replace('nobody', 'L0H1'))[0]).toBe('my "best", score of heads L0H0 0.5');
    expect(refusal(text).where).toBe('induction.csv, line 4');
  });

  it('is read as the page exports it, with stacks apart and without key heads and reasons', () => {
    const text =
      'model,sha,stack,layer,head,kv_head,r,s,reason\nm,,encoder.self,0,0,0,0.75,0.5,\nm,,decoder.self,0,0,0,0.5,0,\n';
    expect(flat(text)).toEqual([
      'r encoder.self L0H0 0.75',
      'r decoder.self L0H0 0.5',
      's encoder.self L0H0 0.5',
      's decoder.self L0H0 0',
    ]);
  });

  it.each([
    ['', /empty/, 'induction.csv'],
    ['layer,head,x', /no rows/, 'induction.csv'],
    ['0,0,0.5\n0,1,0.7', /which head/, 'induction.csv, row 1: 0, 0, 0.5'],
    ['a,b\n1,2', /which head/, 'induction.csv, row 1: a, b'],
    ['layer,head,x\n0,0,1\n0,one,2', /“one” for the head/, 'induction.csv, line 3'],
    ['layer,head,x\n0,0,1\n-1,0,2', /“-1” for the layer/, 'induction.csv, line 3'],
    ['layer,head,x\n0,0,1\n1.5,0,2', /“1.5” for the layer/, 'induction.csv, line 3'],
    ['head,x\nL0H0,1\nL0H1,high', /“high” for x, which is no number/, 'induction.csv, line 3'],
    ['head,x\nL0H0,1\nL0H1,"1,5"', /“1,5” for x/, 'induction.csv, line 3'],
    ['head,x\nL0H0,1\nL0H1,1e999', /“1e999” for x/, 'induction.csv, line 3'],
    [
      'head,x\nL0H0,1\nL0H1,2\nL0H0,3',
      /L0H0 is given twice, on line 2 and on line 4/,
      'induction.csv, line 4',
    ],
    ['head,x\nL0H0,1,2', /3 cells, the header 2/, 'induction.csv, line 2'],
    ['head,x\nL0H0,text', /no column of numbers/, 'induction.csv'],
    ['head,x\n"L0H0,1', /never closed/, 'induction.csv, line 2'],
    ['head,x\n"L0H0"1,1', /follows a closing quote/, 'induction.csv, line 2'],
  ])('refuses %j and says where', (text, message, where) => {
    const error = refusal(text);
    expect(error.code).toBe('scores-invalid');
    expect(error.message).toMatch(message);
    expect(error.where).toBe(where);
  });

  it('is refused for its size and where it isn’t text', () => {
    expect(refusal(`head,x\n${'L0H0,\n'.repeat(200_001)}`).code).toBe('too-large');
    const wide = Array.from({ length: 201 }, (_, i) => i);
    expect(refusal(`head,${wide.map((i) => `c${i}`)}\nL0H0,${wide}`).code).toBe('too-large');
    expect(() => parseUserScores(new Uint8Array([0xff, 0xfe, 0x00]), 'a.csv')).toThrow(/UTF-8/);
  });
});

describe('JSON of the user’s scores', () => {
  const want = ['induction L0H0 0.5', 'induction L5H1 -0.25'];
  it.each([
    ['heads, named after the file', '{"L0H0": 0.5, "L5H1": -0.25}'],
    ['heads with named scores', '{"L0H0": {"induction": 0.5}, "L5H1": {"induction": -0.25}}'],
    ['scores with heads', '{"induction": {"L0H0": 0.5, "l5.h1": -0.25}}'],
    ['a list', '[{"layer": 0, "head": 0, "induction": 0.5}, {"Layer": 5, "Head": 1, "induction": -0.25}]'],
    [
      'a list with names',
      '[{"head": "L0H0", "value": 0.5, "kind": "text"}, {"head": "L5H1", "value": -0.25}]',
    ],
  ])('%s', (_, text) => {
    expect(flat(text, 'induction.json')).toEqual(want);
  });

  it('has matrices with layers outside', () => {
    expect(flat('[[1, 2], [3, null]]', 'g.json')).toEqual([
      'g L0H0 1',
      'g L0H1 2',
      'g L1H0 3',
      'g L1H1 null',
    ]);
    expect(flat('{"a": [[1]], "b": [[2]]}', 'g.json')).toEqual(['a L0H0 1', 'b L0H0 2']);
  });

  it.each([
    ['{', /isn’t valid JSON/],
    ['3', /neither an object nor a list/],
    ['{"L0H0": "high"}', /L0H0: “"high"” is no number/],
    ['{"induction": {"zero": 1}}', /“zero” isn’t the name of a head/],
    ['{"induction": 4}', /neither a head such as L5H1 nor a score/],
    ['[{"layer": 0, "head": 0, "x": 1}, {"layer": 0, "x": 1}]', /entry 2: it names no head/],
    ['[{"layer": 0, "head": -1, "x": 1}]', /entry 1: it names no head/],
    [
      '[{"layer": 0, "head": 0, "x": 1}, {"layer": 0, "head": 0, "x": 2}]',
      /given twice, on entry 1 and on entry 2/,
    ],
    ['{"L0H0": null}', /no head in it has a number/],
  ])('refuses %j and says where', (text, message) => {
    const error = refusal(text, 'a.json');
    expect(error.code).toBe('scores-invalid');
    expect(error.message).toMatch(message);
  });

  it('is distinguished from a model’s JSON files', () => {
    for (const text of ['{"L0H0": 1}', '{"x": {"L0H0": 1}}', '[{"layer": 0, "head": 0}]', '[[1]]'])
      expect(looksLikeScores(JSON.parse(text)), text).toBe(true);
    for (const text of [
      '{"model_type": "bert", "architectures": ["X"]}',
      '{"weight_map": {"a": "b"}}',
      '[]',
      '3',
    ])
      expect(looksLikeScores(JSON.parse(text)), text).toBe(false);
  });
});

describe('any text', () => {
  it('is read as finite numbers of heads or refused by a QKError', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'layer',
        'head',
        'L0H0',
        'L1H2',
        ',',
        ';',
        '\t',
        '\n',
        '\r\n',
        '"',
        '0',
        '1',
        '0.5',
        'NaN',
        '{',
        '}',
        '[',
        ']',
        ':',
        '"L0H0"',
        '"head"',
      ),
      fc.string({ maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.constantFrom('a.csv', 'a.json'), (pieces, file) => {
        try {
          for (const { entries } of parse(pieces.join(''), file).columns)
            for (const { layer, head, value } of entries) {
              if (!Number.isInteger(layer) || !Number.isInteger(head) || layer < 0 || head < 0) return false;
              if (value !== null && !Number.isFinite(value)) return false;
            }
        } catch (error) {
          return error instanceof QKError;
        }
        return true;
      }),
      { numRuns: 3_000, seed: 9 },
    );
  });

  it('scores written in any CSV dialect read back digit for digit', () => {
    const heads = fc.uniqueArray(
      fc.tuple(fc.nat(130), fc.nat(130), fc.double({ noNaN: true, noDefaultInfinity: true })),
      {
        minLength: 1,
        maxLength: 30,
        selector: ([layer, head]) => layer * 1000 + head,
      },
    );
    const dialect = fc.record({
      delimiter: fc.constantFrom(',', ';', '\t'),
      end: fc.constantFrom('\n', '\r\n', '\r'),
      bom: fc.boolean(),
      quoted: fc.boolean(),
      named: fc.boolean(),
    });
    fc.assert(
      fc.property(heads, dialect, (list, { delimiter, end, bom, quoted, named }) => {
        const cell = (text: string | number) => (quoted ? `"${text}"` : String(text));
        const lines = [
          named ? ['head', 'x'] : ['layer', 'head', 'x'],
          ...list.map(([layer, head, value]) =>
            named ? [`L${layer}H${head}`, value] : [layer, head, value],
          ),
        ].map((cells) => cells.map(cell).join(delimiter));
        const [column] = parse((bom ? '\ufeff' : '') + lines.join(end)).columns;
        expect(column?.entries.map(({ layer, head, value }) => [layer, head, value])).toEqual(
          // "-0" is written as "0".
          list.map(([layer, head, value]) => [layer, head, value === 0 ? 0 : value]),
        );
      }),
      { seed: 5 },
    );
  });
});
