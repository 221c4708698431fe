import type { SceneText } from './scene.ts';
import { escapeXml, num } from './svgText.ts';

/**
 * The letters of a font by their characters (glyphs.json, written by scripts/writeGlyphs.js): "556m517-344q0…", how far the next letter
 * stands from it and its outline as path data, both in thousandths of an em, y downwards.
 */
export interface Glyphs {
  readonly regular: Readonly<Record<string, string>>;
  readonly bold: Readonly<Record<string, string>>;
}

export interface LetterShapes {
  /** A text as references to its letters' outlines; null where the font lacks one of them. */
  draw(text: SceneText): string | null;
  /** The outlines that were used, for <defs>. */
  definitions(): string[];
}

/**
 * Draws the texts of one SVG as shapes, each letter once and used by reference, as matplotlib does. The text itself stands in the label
 * of its group, for whoever searches or edits the file.
 */
export function letterShapes(glyphs: Glyphs): LetterShapes {
  const used = new Map<string, string>();
  return {
    draw({ text, x, y, size, fill, anchor = 'start', bold = false }) {
      const letters = lettersOf(text, bold ? glyphs.bold : glyphs.regular);
      if (letters === null) return null;
      const uses: string[] = [];
      let right = 0;
      for (const { code, advance, path } of letters) {
        if (path !== '') {
          const id = `${bold ? 'b' : 'r'}${code.toString(16)}`;
          used.set(id, path);
          uses.push(`<use xlink:href="#${id}"${right === 0 ? '' : ` x="${right}"`}/>`);
        }
        right += advance;
      }
      const scale = size / 1000;
      const left = x - (anchor === 'middle' ? 0.5 : anchor === 'end' ? 1 : 0) * right * scale;
      return `<g aria-label="${escapeXml(text)}" fill="${fill}" transform="translate(${num(left)} ${num(y)}) scale(${scale})">${uses.join('')}</g>`;
    },
    definitions: () => [...used].map(([id, path]) => `<path id="${id}" d="${path}"/>`),
  };
}

interface Letter {
  readonly code: number;
  readonly advance: number;
  readonly path: string;
}

function lettersOf(text: string, font: Glyphs['regular']): readonly Letter[] | null {
  const letters: Letter[] = [];
  for (const character of text) {
    const glyph = Object.hasOwn(font, character) ? font[character] : undefined;
    if (glyph === undefined) return null;
    const advance = Number.parseInt(glyph, 10);
    letters.push({ code: character.codePointAt(0)!, advance, path: glyph.slice(String(advance).length) });
  }
  return letters;
}
