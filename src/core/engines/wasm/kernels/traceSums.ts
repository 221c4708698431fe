// The kernel that sums the trace method's products.
import {
  type Code,
  f64,
  f64x2,
  i32,
  loopWhile,
  type ModuleBuilder,
  repeatWhile,
  type Variable,
  v128,
  when,
} from '../assembler.ts';
import { FEATURE_STEP } from './panel.ts';
import { transposeFour } from './vectors.ts';

/**
 * `traceSums`: Σᵢⱼ Cᵢⱼ Cⱼᵢ to out, Σᵢⱼ Aᵢⱼ Bᵢⱼ to out + 8, Σᵢ Aᵢᵢ Bᵢᵢ to out + 16, in float64. (a, b, c, n, out):
 * matrices float32 [n][n], n a multiple of FEATURE_STEP; of the symmetric A and B only the blocks that `gram` writes
 * for a triangle are read.
 */
export function defineTraceSums(module: ModuleBuilder): void {
  module.define('traceSums', ['i32', 'i32', 'i32', 'i32', 'i32'], null, (scope, a, b, c, n, out) => {
    const { i, j, rowBytes, at, upper, lower } = scope.named(
      'i32',
      'i',
      'j',
      'rowBytes',
      'at',
      'upper',
      'lower',
    );
    const { ab, cc, diagonal, sum, x, y } = scope.named('v128', 'ab', 'cc', 'diagonal', 'sum', 'x', 'y');
    const block = scope.locals('v128', 4);
    const transpose = transposeFour(block, scope);
    /** sum += x∘y, two float64 lanes. */
    const addProducts: Code = [
      ...sum.set(f64x2.add(sum.get, f64x2.mul(f64x2.promoteLow(x.get), f64x2.promoteLow(y.get)))),
      ...sum.set(f64x2.add(sum.get, f64x2.mul(f64x2.promoteLow(high(x)), f64x2.promoteLow(high(y))))),
    ];
    const addSum = (into: Variable) => into.set(f64x2.add(into.get, sum.get));
    const offset = (row: Code, column: Code) =>
      i32.add(i32.mul(row, rowBytes.get), i32.shl(column, i32.const(2)));
    const addRow: Code = [
      ...x.set(v128.load(i32.add(a.get, at.get))),
      ...y.set(v128.load(i32.add(b.get, at.get))),
      ...addProducts,
      ...at.set(i32.add(at.get, rowBytes.get)),
    ];
    return [
      ...rowBytes.set(i32.shl(n.get, i32.const(2))),
      ...repeatWhile(
        [
          // A∘B: the blocks left of the diagonal count for those right of it too.
          ...at.set(i32.shl(i.get, i32.const(2))),
          ...sum.set(v128.zero),
          ...j.set(i.get),
          ...loopWhile(j.get, [...addRow, ...j.set(i32.sub(j.get, i32.const(1)))]),
          ...sum.set(f64x2.add(sum.get, sum.get)),
          ...Array.from({ length: FEATURE_STEP }, () => addRow).flat(),
          ...addSum(ab),
          // C∘Cᵀ by 4 × 4 blocks: (j, i) adds the same as (i, j).
          ...j.set(i32.const(0)),
          ...repeatWhile(
            [
              ...sum.set(v128.zero),
              ...upper.set(i32.add(c.get, offset(i.get, j.get))),
              ...lower.set(i32.add(c.get, offset(j.get, i.get))),
              ...block.flatMap((row) => [
                ...row.set(v128.load(lower.get)),
                ...lower.set(i32.add(lower.get, rowBytes.get)),
              ]),
              ...transpose(),
              ...block.flatMap((row) => [
                ...x.set(v128.load(upper.get)),
                ...y.set(row.get),
                ...addProducts,
                ...upper.set(i32.add(upper.get, rowBytes.get)),
              ]),
              ...addSum(cc),
              ...when(i32.ltU(j.get, i.get), addSum(cc)),
              ...j.set(i32.add(j.get, i32.const(FEATURE_STEP))),
            ],
            i32.ltU(j.get, i32.add(i.get, i32.const(1))),
          ),
          ...i.set(i32.add(i.get, i32.const(FEATURE_STEP))),
        ],
        i32.ltU(i.get, n.get),
      ),
      ...at.set(i32.const(0)),
      ...loopWhile(i.get, [
        ...x.set(v128.loadSplat(i32.add(a.get, at.get))),
        ...y.set(v128.loadSplat(i32.add(b.get, at.get))),
        ...diagonal.set(f64x2.add(diagonal.get, f64x2.mul(f64x2.promoteLow(x.get), f64x2.promoteLow(y.get)))),
        ...at.set(i32.add(at.get, i32.add(rowBytes.get, i32.const(4)))),
        ...i.set(i32.sub(i.get, i32.const(1))),
      ]),
      ...f64.store(out.get, f64x2.lane(diagonal.get, 0), 16),
      ...f64.store(out.get, f64.add(f64x2.lane(cc.get, 0), f64x2.lane(cc.get, 1))),
      ...f64.store(out.get, f64.add(f64x2.lane(ab.get, 0), f64x2.lane(ab.get, 1)), 8),
    ];
  });
}

/** Returns the upper two lanes, brought down. */
function high(of: Variable): Code {
  return v128.shuffle(of.get, of.get, [2, 3, 2, 3]);
}
