import type { ErrorCode } from '../../../src/core/errors.ts';

/** A file that can't be read, and what the user is told: the error's message, a blank and its hint. */
export interface MalformedCase {
  /** What is wrong with it, for the test's title. */
  readonly what: string;
  /** Its path when it is dropped. */
  readonly file: string;
  readonly bytes: () => Uint8Array;
  readonly code: ErrorCode;
  readonly sentence: string;
  /** Files dropped together with it, by path. */
  readonly beside?: Readonly<Record<string, Uint8Array>>;
}

export type BytePart = string | readonly number[] | Uint8Array;

/** Bytes of texts (each character a byte), lists of numbers and other bytes, one after the other. */
export function bytesOf(...parts: readonly BytePart[]): Uint8Array {
  const chunks = parts.map((part) =>
    typeof part === 'string' ? Buffer.from(part, 'latin1') : Uint8Array.from(part),
  );
  return new Uint8Array(Buffer.concat(chunks));
}
