/** A name of Python's that the pickle mentions. It stays a name: nothing is ever looked up under it. */
export class PickleGlobal {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/**
 * What a call stands for that isn't run: an argparse.Namespace, a numpy number, a class of a training library. Its
 * state and items are kept as the data that they are, so that a config can be read and hidden tensors be noticed.
 */
export class PickleOpaque {
  readonly kind = 'opaque';
  /** "argparse.Namespace" */
  readonly call: string;
  /** What BUILD gives it: attributes by name, or anything else. */
  state: PickleValue = null;
  /** Of a class that is a dictionary. */
  items: Map<PickleValue, PickleValue> | null = null;
  /** Of a class that is a list. */
  list: PickleValue[] | null = null;
  constructor(call: string) {
    this.call = call;
  }
}

/** Bytes, and texts or numbers beyond all sense: nothing that is read here lies in them. */
export const SKIPPED = { kind: 'skipped' } as const;

/** What a pickle may hold here. Dictionaries are Maps: no key can reach a prototype. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleGlobal
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | PickleObject;

/**
 * Something that the caller made of a persistent id or a call (a storage, a tensor), a placeholder, or what was
 * skipped.
 */
export interface PickleObject {
  readonly kind: string;
}

export interface PickleHandlers {
  /** What a call of a global stands for; nothing is run. @throws QKError 'pickle-refused' | 'file-damaged' */
  call(global: string, args: readonly PickleValue[], where: string): PickleValue;
  /** What a persistent id stands for. */
  persistent(id: PickleValue, where: string): PickleValue;
}

/** The bytes end before the pickle does: more may help. */
export class PickleEnds extends Error {}
