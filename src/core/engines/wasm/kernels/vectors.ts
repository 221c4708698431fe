// Vector instructions that the kernels share: loading and reducing.
import { type Code, type FunctionScope, f32x4, i32, i32x4, type Variable, v128 } from '../assembler.ts';

/** Raw little-endian types that the kernels read. */
export const RAW_TYPES = ['F32', 'F16', 'BF16'] as const;
export type RawType = (typeof RAW_TYPES)[number];
export const RAW_BYTES = { F32: 4, F16: 2, BF16: 2 } as const satisfies Record<RawType, number>;

/** Loads four neighbouring elements as float32. `x` and `y` are variables for its own use. */
export function loadFour(type: RawType, address: Code, [x, y]: readonly Variable[], offset = 0): Code {
  switch (type) {
    case 'F32':
      return v128.load(address, offset);
    case 'BF16':
      // The upper half of a float32.
      return i32x4.shl(v128.loadHalves(address, offset), i32.const(16));
    case 'F16':
      return halvesToSingles(v128.loadHalves(address, offset), x!, y!);
    default:
      return type satisfies never;
  }
}

/**
 * float16 to float32, every value exactly: the exponent is rebased from 15 to 127; that of infinity and NaN goes to the
 * top; a subnormal gets a leading one, which is then subtracted as a number.
 */
function halvesToSingles(halves: Code, x: Variable, y: Variable): Code {
  const rebase = 112 << 23;
  const exponent = 0x7c00 << 13;
  return [
    ...x.set(halves),
    // y: magnitude bits in place, exponent not yet rebased.
    ...y.set(i32x4.shl(v128.and(x.get, v128.words(0x7fff)), i32.const(13))),
    ...x.set(i32x4.shl(v128.and(x.get, v128.words(0x8000)), i32.const(16))),
    ...v128.or(
      x.get,
      v128.select(
        f32x4.sub(i32x4.add(y.get, v128.words(rebase + (1 << 23))), v128.words(113 << 23)),
        i32x4.add(
          i32x4.add(y.get, v128.words(rebase)),
          // Once more for infinity and NaN: 31 becomes 255.
          v128.and(
            i32x4.equal(v128.and(y.get, v128.words(exponent)), v128.words(exponent)),
            v128.words(rebase),
          ),
        ),
        i32x4.equal(v128.and(y.get, v128.words(exponent)), v128.words(0)),
      ),
    ),
  ];
}

/** Returns the largest lane of `of`, as unsigned integers; changes `of`. */
export function largestLane(of: Variable): Code {
  const withSwapped = (lanes: readonly [number, number, number, number]) =>
    of.set(i32x4.maxU(of.get, v128.shuffle(of.get, of.get, lanes)));
  return [...withSwapped([2, 3, 0, 1]), ...withSwapped([1, 0, 3, 2]), ...i32x4.lane(of.get, 0)];
}

/** Lanes below `count` set, the others clear: all from 4 on, none from 0 down. */
export function lanesBelow(count: Code): Code {
  return i32x4.lessThan(v128.words(0, 1, 2, 3), i32x4.splat(count));
}

/** Adds up the lanes of each of four vectors, into one vector: 8 shuffles and 3 additions. */
export function sumLanes(four: readonly Variable[]): Code {
  const [a, b, c, d] = four.map(({ get }) => get) as [Code, Code, Code, Code];
  const pair = (x: Code, y: Code) =>
    f32x4.add(v128.shuffle(x, y, [0, 4, 1, 5]), v128.shuffle(x, y, [2, 6, 3, 7]));
  const [ab, cd] = [four[0]!, four[2]!];
  return [
    ...ab.set(pair(a, b)),
    ...cd.set(pair(c, d)),
    ...f32x4.add(v128.shuffle(ab.get, cd.get, [0, 1, 4, 5]), v128.shuffle(ab.get, cd.get, [2, 3, 6, 7])),
  ];
}

/** Transposes the 4 × 4 block whose rows are in `rows`, in place. */
export function transposeFour(rows: readonly Variable[], scope: FunctionScope): () => Code {
  const spare = scope.locals('v128', 4);
  const [a, b, c, d] = rows as readonly [Variable, Variable, Variable, Variable];
  const [e, f, g, h] = spare as [Variable, Variable, Variable, Variable];
  return () => [
    ...e.set(v128.shuffle(a.get, b.get, [0, 4, 1, 5])),
    ...f.set(v128.shuffle(a.get, b.get, [2, 6, 3, 7])),
    ...g.set(v128.shuffle(c.get, d.get, [0, 4, 1, 5])),
    ...h.set(v128.shuffle(c.get, d.get, [2, 6, 3, 7])),
    ...a.set(v128.shuffle(e.get, g.get, [0, 1, 4, 5])),
    ...b.set(v128.shuffle(e.get, g.get, [2, 3, 6, 7])),
    ...c.set(v128.shuffle(f.get, h.get, [0, 1, 4, 5])),
    ...d.set(v128.shuffle(f.get, h.get, [2, 3, 6, 7])),
  ];
}
