// The scores of a model in a link: quantised, packed, and checked when they are read again.

import { fromBase64url, toBase64url } from '../base64url.ts';
import type { FormatId } from '../repos/index.ts';
import type { StackResult } from '../result/index.ts';
import { damagedScores } from './linkErrors.ts';
import { readNumber, readOne, readText, writeNumber, writeText } from './numbers.ts';
import { createRangeDecoder, createRangeEncoder } from './rangeCoder.ts';
import { readStacks, writeStacks } from './scoreStream.ts';
import { wordOf } from './vocabulary.ts';

/** How far a score in a link may be from the true one, finest first: the link names it, so that it is seen. */
export const TOLERANCES = ['1e-4', '1.5e-4', '2e-4', '3e-4', '5e-4', '7e-4', '1e-3', '2e-3', '5e-3'] as const;
export type Tolerance = (typeof TOLERANCES)[number];

/** The longest link that every place known of keeps whole, in characters (Discord's messages end at 2,000). */
export const MAX_LINK_LENGTH = 1990;

/** A link's scores are read up to this length; what is longer is a file's, not a link's. */
const MAX_CHARACTERS = 100_000;
const MS_PER_DAY = 86_400_000;
/** Days are counted from here; none was before. */
const FIRST_DAY = Date.UTC(2020, 0);
const MAX_DAYS = 100_000;

/** What a link holds of a scored model. */
export interface LinkedScores {
  readonly format: FormatId;
  readonly dtype: string;
  /** When they were made: an ISO date, of which the link keeps the day. */
  readonly day: string;
  readonly stacks: readonly StackResult[];
}

/** Scores that were read from a link, and how exact they are. */
export interface ReadScores extends LinkedScores {
  /** |Δs| ≤ this. */
  readonly tolerance: number;
}

/**
 * Packs scores: `1e-4.<base64url>`. Each s is rounded to whole steps of twice the tolerance and range-coded by the odds of its
 * stack; r is (1 + s)/2. 24 × 16 heads take some 800 characters at 1e-4, and at most 900. (Deflated, with the high bytes before the
 * low ones, they would take some 960, and up to 1,010: it codes bytes, and of 13 bits of noise a byte and a half are neither.)
 */
export function packScores(scores: LinkedScores, tolerance: Tolerance): string {
  const encoder = createRangeEncoder();
  encoder.encode({ start: FORMATS.indexOf(scores.format), size: 1, total: FORMATS.length });
  writeText(encoder, shortText(scores.dtype));
  writeNumber(encoder, Math.max(0, Math.floor((Date.parse(scores.day) - FIRST_DAY) / MS_PER_DAY)) || 0);
  writeStacks(encoder, scores.stacks, stepOf(tolerance));
  const body = encoder.finish();
  const all = new Uint8Array(CHECK_BYTES + body.length);
  all.set(checkOf(tolerance, body));
  all.set(body, CHECK_BYTES);
  return `${tolerance}.${toBase64url(all)}`;
}

/**
 * Reads scores from a link, which anyone may have written: every number is checked before memory is taken for what it counts, and a
 * text that lost or changed a character is refused.
 * @throws QKError 'link-invalid'
 */
export function unpackScores(text: string): ReadScores {
  const at = text.lastIndexOf('.');
  const tolerance = wordOf(TOLERANCES, text.slice(0, Math.max(0, at)));
  const all =
    tolerance === undefined || text.length > MAX_CHARACTERS ? null : fromBase64url(text.slice(at + 1));
  if (tolerance === undefined || all === null || all.length < CHECK_BYTES) throw damagedScores();
  const body = all.subarray(CHECK_BYTES);
  if (!checkOf(tolerance, body).every((byte, index) => byte === all[index])) throw damagedScores();
  const decoder = createRangeDecoder(body);
  const format = FORMATS[readOne(decoder, FORMATS.length)]!;
  const dtype = readText(decoder, MAX_TEXT);
  const day = new Date(FIRST_DAY + readNumber(decoder, MAX_DAYS) * MS_PER_DAY).toISOString().slice(0, 10);
  const stacks = readStacks(decoder, stepOf(tolerance));
  if (stacks.length === 0) throw damagedScores();
  return { format, dtype, day, tolerance: Number(tolerance), stacks };
}

/** Scores as a link holds them, and how exact they are there. */
export interface PackedScores {
  /** One text a model. */
  readonly texts: readonly string[];
  readonly tolerance: Tolerance;
}

/**
 * Packs the scores of one or two models as finely as a link has room for; null where even the coarsest step doesn't fit.
 * @param room characters that all of them may take together
 */
export function fitScores(models: readonly LinkedScores[], room: number): PackedScores | null {
  for (const tolerance of TOLERANCES) {
    const texts = models.map((model) => packScores(model, tolerance));
    if (texts.reduce((sum, text) => sum + text.length, 0) <= room) return { texts, tolerance };
  }
  return null;
}

function stepOf(tolerance: Tolerance): number {
  return 2 * Number(tolerance);
}

/** In the order of their numbers in a link: it only grows at its end. */
const FORMATS: readonly FormatId[] = ['safetensors', 'pytorch', 'gguf', 'onnx'];

const MAX_TEXT = 40;

/** What isn't printable ASCII has no place in a link. */
function shortText(text: string): string {
  return text.replace(/[^ -~]/gu, '?').slice(0, MAX_TEXT);
}

const CHECK_BYTES = 3;

/** Three bytes that tell a damaged text from a whole one: FNV-1a (Fowler, Noll and Vo), folded. */
function checkOf(tolerance: string, body: Uint8Array): Uint8Array {
  let hash = 0x811c9dc5;
  const add = (byte: number) => {
    hash = Math.imul(hash ^ byte, 0x01000193);
  };
  for (const character of tolerance) add(character.charCodeAt(0));
  for (const byte of body) add(byte);
  hash ^= hash >>> 24;
  return Uint8Array.of(hash & 255, (hash >>> 8) & 255, (hash >>> 16) & 255);
}
