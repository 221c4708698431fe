// What is fuzzed: a parser with files that it reads, and what it may do with broken ones.

/** What happened to an input: it was read, something was asked about it, or it was refused in words. */
export type Outcome = 'read' | 'asked' | 'refused';

/** A file that is as it should be, which the edits start from. */
export interface Seed {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export const EDIT_KINDS = ['bytes', 'numbers', 'pieces', 'json', 'zip', 'pickle', 'parquet'] as const;
export type EditKind = (typeof EDIT_KINDS)[number];

/** The JSON inside a file, and how the file is made again around another one. */
export interface JsonInside {
  readonly text: string;
  /** Returns the file with this text in place of its own. */
  replace(text: string): Uint8Array;
}

export interface Target {
  readonly name: string;
  readonly edits: readonly EditKind[];
  seeds(): readonly Seed[];
  /** Null where the bytes hold none (any more). */
  jsonIn?(bytes: Uint8Array): JsonInside | null;
  /**
   * Reads bytes that an edit of this seed gave.
   * @throws anything but a refusal in words: that is a fault of the parser
   */
  check(seed: Seed, bytes: Uint8Array): Promise<Outcome>;
}

/** A parser did what none may do. */
export class Fault extends Error {}

/** How long a sentence for the user may be, characters. */
const MOST_CHARACTERS = 2000;

/** Every text in a value is short enough for a page, and the value can be sent from the worker to it. */
export function assertShowable(value: unknown): void {
  let clone: unknown;
  try {
    clone = structuredClone(value);
  } catch (cause) {
    throw new Fault(`It can't be sent to the page: ${cause}`);
  }
  const seek = (part: unknown, key: string): void => {
    if (
      typeof part === 'string' &&
      part.length > MOST_CHARACTERS &&
      /message|hint|reason|where|notes|why/.test(key)
    )
      throw new Fault(`A text of ${part.length} characters for “${key}”.\n${part.slice(0, 200)}…`);
    if (typeof part === 'object' && part !== null && !ArrayBuffer.isView(part))
      for (const [name, inner] of Object.entries(part)) seek(inner, Array.isArray(part) ? key : name);
  };
  seek(clone, '');
}
