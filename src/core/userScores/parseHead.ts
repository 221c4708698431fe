// Parses the ways in which people name a head.
import { type HeadKey, parseHeadKey } from './headKey.ts';

/** "5.1", "5-1", "5 1": layer and head, as papers write them. */
const NUMBERS = /^(\d{1,6})\s*[.,:\-–\s]\s*(\d{1,6})$/;

/**
 * Parses the head that someone asks for: "L5H1", "5.1", "5-1", "layer 5 head 1", "a5.h1"; null for anything else.
 */
export function parseHead(text: string): HeadKey | null {
  const named = parseHeadKey(text);
  if (named !== null) return named;
  const match = NUMBERS.exec(text.trim());
  return match === null ? null : { layer: Number(match[1]), head: Number(match[2]) };
}
