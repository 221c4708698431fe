// Writes src/figures/glyphs.json: the outlines of the letters in exported figures. It is run once, where both packages are installed:
// npm install --ignore-scripts opentype.js pdfjs-dist && node …/scripts/writeGlyphs.js
// pdfjs-dist has Liberation Sans, whose letters are as wide as Arial's and Helvetica's: a figure looks alike with outlines and with text.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const here = createRequire(join(process.cwd(), 'package.json'));
const { parse } = here('opentype.js');
const fonts = join(here.resolve('pdfjs-dist/package.json'), '../standard_fonts');

/** Latin with its accents, Greek, Cyrillic, and the signs that figures and names of files have. */
const RANGES = [
  [0x20, 0x7e],
  [0xa1, 0x17f],
  [0x391, 0x3c9],
  [0x400, 0x45f],
];
const SIGNS = '–—‘’“”…′″‹›‖→←↑↓−√≤≥≈≠∞∑∂∏';
/** Signs that the font lacks are made of others: size, how far up (em), and what they are made of. */
const RAISED = [...'⁰¹²³⁴⁵⁶⁷⁸⁹'].map((sign, digit) => [sign, { of: String(digit), size: 0.6, up: 0.34 }]);
const LOWERED = [...'₀₁₂₃₄₅₆₇₈₉'].map((sign, digit) => [sign, { of: String(digit), size: 0.6, up: -0.12 }]);
const MADE = new Map([
  ...RAISED,
  ...LOWERED,
  ['⁻', { of: '−', size: 0.6, up: 0.34 }],
  ['ᵀ', { of: 'T', size: 0.6, up: 0.34 }],
  ['‖', { of: '||', size: 1, up: 0 }],
]);

function glyphsOf(file) {
  const bytes = readFileSync(join(fonts, file));
  const font = parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const outline = (text, size, up) => {
    const em = font.unitsPerEm;
    const path = font.getPath(text, 0, -up * em, size * em, { kerning: false });
    const advance = [...text].reduce((sum, sign) => sum + font.charToGlyph(sign).advanceWidth * size, 0);
    return `${Math.round((1000 * advance) / em)}${pathData(path.commands, 1000 / em)}`;
  };
  const signs = [
    ...RANGES.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, index) => from + index)),
    ...[...SIGNS].map((sign) => sign.codePointAt(0)),
  ].map((code) => String.fromCodePoint(code));
  const glyphs = {};
  for (const sign of signs)
    if (!MADE.has(sign) && font.charToGlyphIndex(sign) !== 0) glyphs[sign] = outline(sign, 1, 0);
  for (const [sign, { of, size, up }] of MADE) glyphs[sign] = outline(of, size, up);
  return glyphs;
}

/** Path data in whole thousandths of an em, y downwards, relative to the last point where that is shorter: all of it. */
function pathData(commands, scale) {
  let [x, y, data] = [0, 0, ''];
  // Where a closed outline ends.
  let start = [0, 0];
  const to = (value) => Math.round(value * scale);
  const number = (value) =>
    value < 0 ? `${value}` : `${data === '' || /[a-zA-Z]$/.test(data) ? '' : ' '}${value}`;
  for (const { type, ...at } of commands) {
    if (type === 'Z') {
      data += 'z';
      [x, y] = start;
      continue;
    }
    const points = [
      ...(at.x1 === undefined ? [] : [[at.x1, at.y1]]),
      ...(at.x2 === undefined ? [] : [[at.x2, at.y2]]),
      [at.x, at.y],
    ].map(([px, py]) => [to(px), to(py)]);
    // The font's outlines hold lines of no length.
    if (type === 'L' && points[0][0] === x && points[0][1] === y) continue;
    data += type.toLowerCase();
    for (const [px, py] of points) {
      data += number(px - x);
      data += number(py - y);
    }
    [x, y] = points.at(-1);
    if (type === 'M') start = [x, y];
  }
  return data;
}

const glyphs = {
  license:
    'Outlines of Liberation Sans 1.07.4, scaled; a few signs are made of others. Digitized data copyright (c) 2010 Google Corporation. Copyright (c) 2012 Red Hat, Inc. SIL Open Font License 1.1, https://openfontlicense.org',
  regular: glyphsOf('LiberationSans-Regular.ttf'),
  bold: glyphsOf('LiberationSans-Bold.ttf'),
};
const target = new URL('../src/figures/glyphs.json', import.meta.url);
const lines = Object.entries(glyphs).map(([name, value]) => {
  if (typeof value === 'string') return `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`;
  const entries = Object.entries(value).map(
    ([sign, glyph]) => `    ${JSON.stringify(sign)}: ${JSON.stringify(glyph)}`,
  );
  return `  ${JSON.stringify(name)}: {\n${entries.join(',\n')}\n  }`;
});
writeFileSync(target, `{\n${lines.join(',\n')}\n}\n`);
