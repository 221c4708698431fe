import { damagedScores } from './linkErrors.ts';
import type { RangeDecoder, RangeEncoder } from './rangeCoder.ts';

/** Digits of a number, and as many again for those after which it goes on. */
const DIGITS = 8;

/** Writes a whole number ≥ 0 in groups of three bits, the lowest first: most numbers of a shape are small. */
export function writeNumber(encoder: RangeEncoder, value: number): void {
  for (let rest = value; ; rest = Math.floor(rest / DIGITS)) {
    const isLast = rest < DIGITS;
    encoder.encode({ start: isLast ? rest : DIGITS + (rest % DIGITS), size: 1, total: 2 * DIGITS });
    if (isLast) return;
  }
}

/** Reads a whole number of at most `max`. @throws QKError 'link-invalid' where it is larger */
export function readNumber(decoder: RangeDecoder, max: number): number {
  let value = 0;
  for (let unit = 1; ; unit *= DIGITS) {
    const digit = readOne(decoder, 2 * DIGITS);
    value += (digit % DIGITS) * unit;
    if (value > max || unit > max + 1) throw damagedScores();
    if (digit < DIGITS) return value;
  }
}

/** Reads one of `total` values that are alike. */
export function readOne(decoder: RangeDecoder, total: number): number {
  const start = decoder.peek(total);
  decoder.skip({ start, size: 1, total });
  return start;
}

/** Writes a whole number of either sign. */
export function writeSigned(encoder: RangeEncoder, value: number): void {
  writeNumber(encoder, value < 0 ? -2 * value - 1 : 2 * value);
}

export function readSigned(decoder: RangeDecoder, max: number): number {
  const folded = readNumber(decoder, 2 * max);
  return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
}

/** Writes a short text of printable ASCII. */
export function writeText(encoder: RangeEncoder, text: string): void {
  writeNumber(encoder, text.length);
  for (const character of text)
    encoder.encode({ start: character.charCodeAt(0) - FIRST, size: 1, total: CHARACTERS });
}

export function readText(decoder: RangeDecoder, maxLength: number): string {
  let text = '';
  for (let left = readNumber(decoder, maxLength); left > 0; left--) {
    text += String.fromCharCode(readOne(decoder, CHARACTERS) + FIRST);
  }
  return text;
}

/** Printable ASCII, from the space to the tilde. */
const FIRST = 0x20;
const CHARACTERS = 0x7f - FIRST;
