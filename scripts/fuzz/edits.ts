// Edits of a file's bytes, as fast-check makes and shrinks them.
import fc from 'fast-check';
import { applyJsonEdit, type JsonEdit, jsonEdit } from './jsonEdits.ts';
import { applyParquetEdit } from './parquetEdits.ts';
import type { EditKind, Seed, Target } from './target.ts';
import { writeNumber } from './writeNumber.ts';
import { applyPickleEdit, applyZipEdit } from './zipEdits.ts';

const BYTE = fc.nat(255);
/** A place, counted from the start or, where it is negative, from the end: parsers live there. */
const PLACE = fc.oneof(
  { weight: 3, arbitrary: fc.nat(200) },
  { weight: 3, arbitrary: fc.nat(6000) },
  { weight: 2, arbitrary: fc.nat(2 ** 31 - 1) },
  { weight: 2, arbitrary: fc.nat(700).map((back) => -1 - back) },
);
/** Numbers at which sizes and offsets go wrong. */
const NUMBER = fc.oneof(
  fc.constantFrom(0n, 1n, 2n, 7n, 127n, 128n, 255n, 256n, 65535n, 65536n),
  fc.constantFrom(
    2n ** 31n - 1n,
    2n ** 31n,
    2n ** 32n - 1n,
    2n ** 32n,
    2n ** 53n,
    2n ** 63n - 1n,
    2n ** 63n,
    2n ** 64n - 1n,
  ),
  fc.bigInt(0n, 2n ** 24n),
);

const BYTES = fc.oneof(
  fc.record({ edit: fc.constant('flip' as const), at: PLACE, bit: fc.nat(7) }),
  fc.record({ edit: fc.constant('set' as const), at: PLACE, value: BYTE }),
);
const NUMBERS = fc.record({
  edit: fc.constant('number' as const),
  at: PLACE,
  width: fc.constantFrom(2, 4, 8),
  isBig: fc.boolean(),
  value: NUMBER,
});
const PIECES = fc.oneof(
  fc.record({ edit: fc.constant('cut' as const), at: PLACE }),
  fc.record({ edit: fc.constant('grow' as const), count: fc.nat(5000), value: BYTE }),
  fc.record({ edit: fc.constant('drop' as const), at: PLACE, length: fc.integer({ min: 1, max: 300 }) }),
  fc.record({
    edit: fc.constant('repeat' as const),
    at: PLACE,
    length: fc.integer({ min: 1, max: 300 }),
    times: fc.integer({ min: 1, max: 50 }),
  }),
  fc.record({ edit: fc.constant('splice' as const), other: fc.nat(200), at: PLACE, from: PLACE }),
);
const INSIDE = fc.record({ pick: fc.nat(2 ** 31 - 1), value: NUMBER, byte: BYTE });

const KINDS = {
  bytes: BYTES,
  numbers: NUMBERS,
  pieces: PIECES,
  json: jsonEdit,
  zip: INSIDE.map((inside) => ({ edit: 'zip' as const, ...inside })),
  pickle: INSIDE.map((inside) => ({ edit: 'pickle' as const, ...inside })),
  parquet: INSIDE.map((inside) => ({ edit: 'parquet' as const, ...inside })),
};
type Edit =
  | (typeof BYTES | typeof NUMBERS | typeof PIECES extends fc.Arbitrary<infer T> ? T : never)
  | { readonly edit: 'zip'; readonly pick: number; readonly value: bigint; readonly byte: number }
  | { readonly edit: 'pickle'; readonly pick: number; readonly value: bigint; readonly byte: number }
  | { readonly edit: 'parquet'; readonly pick: number; readonly value: bigint; readonly byte: number }
  | JsonEdit;

/** What is done to which seed. */
export interface Plan {
  readonly seed: number;
  readonly edits: readonly Edit[];
}

/** Plans for a target: of one edit to six, the kinds by turns. */
export function plansFor({ edits }: { readonly edits: readonly EditKind[] }): fc.Arbitrary<Plan> {
  const edit = fc.oneof(...edits.map((kind) => KINDS[kind] as fc.Arbitrary<Edit>));
  return fc.record({ seed: fc.nat(1000), edits: fc.array(edit, { minLength: 1, maxLength: 6 }) });
}

/** The file that a plan makes, and the seed that it was. */
export function madeBy(
  plan: Plan,
  target: Target,
  seeds: readonly Seed[],
): { seed: Seed; bytes: Uint8Array } {
  const seed = seeds[plan.seed % seeds.length]!;
  let bytes: Uint8Array = seed.bytes.slice();
  for (const edit of plan.edits) bytes = apply(edit, bytes, target, seeds);
  return { seed, bytes };
}

function apply(edit: Edit, bytes: Uint8Array, target: Target, seeds: readonly Seed[]): Uint8Array {
  if (edit.edit === 'json') return applyJsonEdit(edit, bytes, target);
  if (edit.edit === 'zip') return applyZipEdit(edit, bytes);
  if (edit.edit === 'pickle') return applyPickleEdit(edit, bytes);
  if (edit.edit === 'parquet') return applyParquetEdit(edit, bytes);
  if (edit.edit === 'grow') return join(bytes, new Uint8Array(edit.count).fill(edit.value));
  if (bytes.length === 0) return bytes;
  const at = placeIn(edit.at, bytes);
  switch (edit.edit) {
    case 'flip':
      bytes[at]! ^= 1 << edit.bit;
      return bytes;
    case 'set':
      bytes[at] = edit.value;
      return bytes;
    case 'number':
      return writeNumber(bytes, at, edit);
    case 'cut':
      return bytes.slice(0, at);
    case 'drop':
      return join(bytes.subarray(0, at), bytes.subarray(at + edit.length));
    case 'repeat':
      return join(
        bytes.subarray(0, at),
        ...Array.from({ length: edit.times }, () => bytes.subarray(at, at + edit.length)),
        bytes.subarray(at),
      );
    case 'splice': {
      const other = seeds[edit.other % seeds.length]!.bytes;
      return join(bytes.subarray(0, at), other.subarray(placeIn(edit.from, other)));
    }
    default:
      return edit satisfies never;
  }
}

export function placeIn(at: number, { length }: Uint8Array): number {
  return at >= 0 ? at % length : Math.max(0, length + (at % length));
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
