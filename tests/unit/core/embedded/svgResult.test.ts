import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embedInSvg, readSvgText } from '../../../../src/core/embedded/svgResult.ts';
import { QKError } from '../../../../src/core/errors.ts';

const FILE = 'figure.svg';
const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="9"><title>a &lt; b</title><rect x="1"/>\n<g></g></svg>\n';
const JSON_TEXT = `${JSON.stringify({ name: '<a href="x">&amp;</a> ]]> ‖M‖ 🙂 \u0001' }, null, 2)}\n`;

function read(svg: string): string {
  try {
    return readSvgText(svg, FILE);
  } catch (error) {
    return error instanceof QKError ? error.code : `foreign: ${error}`;
  }
}

describe('embedInSvg and readSvgText', () => {
  it('give back the JSON of any value, byte for byte', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify({ value }, null, 2);
        expect(read(embedInSvg(SVG, text))).toBe(text);
      }),
    );
  });

  it('leave the figure as it is, and put the text where no element can follow from it', () => {
    const svg = embedInSvg(SVG, JSON_TEXT);
    const metadata = svg.slice(svg.indexOf('<metadata>'), svg.indexOf('</metadata>\n') + 12);
    expect(svg.replace(metadata, '')).toBe(SVG);
    expect(metadata.match(/<[^>]*>/g)).toEqual([
      '<metadata>',
      '<result xmlns="urn:qkscope:result">',
      '</result>',
      '</metadata>',
    ]);
    expect(read(svg)).toBe(JSON_TEXT);
  });

  it('write characters that XML lacks as JSON has them', () => {
    const svg = embedInSvg(SVG, '{"a":"\ufffe\uffff"}');
    expect(svg).not.toMatch(/[\ufffe\uffff]/);
    expect(JSON.parse(read(svg))).toEqual({ a: '\ufffe\uffff' });
  });
});

describe('readSvgText', () => {
  it.each([
    ['a prefix', '<svg xmlns:q="urn:qkscope:result"><metadata><q:result>{}</q:result></metadata></svg>'],
    ['a default namespace around it', '<svg><g xmlns="urn:qkscope:result"><result>{}</result></g></svg>'],
    ['CDATA', '<svg><result xmlns="urn:qkscope:result"><![CDATA[{]]>}</result></svg>'],
    [
      'comments, instructions and a document type',
      `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b>">]>
      <!-- <result xmlns="urn:qkscope:result">[]</result> --><svg><result xmlns='urn:qkscope:result'
      id="> <" >{<!-- here -->}</result></svg>`,
    ],
    ['numbered characters', '<svg><result xmlns="urn:qkscope:result">&#123;&#x7D;</result></svg>'],
    [
      'two copies',
      '<svg><r:result xmlns:r="urn:qkscope:result">{}</r:result><r:result xmlns:r="urn:qkscope:result">{}</r:result></svg>',
    ],
  ])('reads it under %s', (_, svg) => {
    expect(read(svg)).toBe('{}');
  });

  it.each([
    ['no element of ours', '<svg><result>{}</result></svg>'],
    ['our name in another namespace', '<svg xmlns:q="urn:other"><q:result>{}</q:result></svg>'],
    [
      'a namespace that is no longer in force',
      '<svg><g xmlns:q="urn:qkscope:result"/><q:result>{}</q:result></svg>',
    ],
    ['an empty element', '<svg><result xmlns="urn:qkscope:result"/></svg>'],
    ['entities of its own outside', '<!DOCTYPE svg [<!ENTITY n "x">]><svg><title>&n;</title></svg>'],
  ])('says of %s that it holds no scores', (_, svg) => {
    expect(read(svg)).toBe('result-invalid');
  });

  it.each([
    ['a tag that isn’t closed', '<svg><result xmlns="urn:qkscope:result">{}</result>'],
    ['a tag too many', '<svg></svg></svg>'],
    ['an attribute without a value', '<svg a></svg>'],
    ['an attribute without quotes', '<svg a=1></svg>'],
    ['a tag without a name', '<svg>< /></svg>'],
    ['a comment without an end', '<svg><!-- </svg>'],
    ['an element inside the text', '<svg><result xmlns="urn:qkscope:result">{<b/>}</result></svg>'],
    ['an entity of its own', '<svg><result xmlns="urn:qkscope:result">&toString;</result></svg>'],
    ['a character beyond Unicode', '<svg><result xmlns="urn:qkscope:result">&#x110000;</result></svg>'],
    [
      'two texts that differ',
      '<svg><r:result xmlns:r="urn:qkscope:result">{}</r:result><r:result xmlns:r="urn:qkscope:result">[]</r:result></svg>',
    ],
  ])('refuses %s', (_, svg) => {
    expect(read(svg)).toBe('file-damaged');
  });

  it('reads past an attribute of 20 MB, and refuses one that never ends', () => {
    const picture = `<image href="${'A'.repeat(20_000_000)}`;
    const svg = embedInSvg(`<svg>${picture}"/></svg>`, '{}');
    expect(read(svg)).toBe('{}');
    expect(read(`<svg>${picture}`)).toBe('file-damaged');
  });

  it('gives a text or a refusal of ours for any damage', () => {
    const svg = embedInSvg(SVG, JSON_TEXT);
    const change = fc.tuple(fc.nat({ max: svg.length }), fc.nat({ max: 12 }), fc.string({ maxLength: 4 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (list) => {
        let bad = svg;
        for (const [from, count, text] of list) bad = bad.slice(0, from) + text + bad.slice(from + count);
        expect(read(bad)).not.toMatch(/^foreign/);
      }),
    );
  });
});
