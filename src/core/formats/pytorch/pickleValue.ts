/** A Python name that the pickle mentions. It stays a name: nothing is ever looked up under it. */
export class PickleGlobal {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/**
 * The placeholder for a call that isn't executed: an argparse.Namespace, a numpy number, a class of a training library.
 * Its state and items are stored as plain data, so that a config can be read and hidden tensors can be noticed.
 */
export class PickleOpaque {
  readonly kind = 'opaque';
  /** The name of the call: "argparse.Namespace". */
  readonly call: string;
  /** The argument of BUILD: attributes by name, or any other value. */
  state: PickleValue = null;
  /** The items of a class that is a dictionary. */
  items: Map<PickleValue, PickleValue> | null = null;
  /** The items of a class that is a list. */
  list: PickleValue[] | null = null;
  constructor(call: string) {
    this.call = call;
  }
}

/** Replaces bytes, and texts or numbers of absurd size: nothing that is used is stored in them. */
export const SKIPPED = { kind: 'skipped' } as const;

/** The values that a pickle may hold here. Dictionaries are Maps, so that no key can reach a prototype. */
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
 * An object that the handlers made of a persistent id or a call (a storage, a tensor), a placeholder, or a skipped
 * value.
 */
export interface PickleObject {
  readonly kind: string;
}

export interface PickleHandlers {
  /**
   * Returns the value that represents a call of a global; nothing is executed. @throws QKError 'pickle-refused' |
   * 'file-damaged'
   */
  call(global: string, args: readonly PickleValue[], where: string): PickleValue;
  /** Returns the value that a persistent id refers to. */
  persistent(id: PickleValue, where: string): PickleValue;
}

/** Thrown when the bytes end before the pickle does: reading more may help. */
export class PickleEnds extends Error {}
