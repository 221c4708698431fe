// The kernels of the norm method.
import {
  type Code,
  choose,
  f32x4,
  f64,
  f64x2,
  i32,
  i32x4,
  loopWhile,
  type ModuleBuilder,
  repeatWhile,
  type Variable,
  v128,
} from '../assembler.ts';
import type { MultiplyAdd } from './gram.ts';
import { PANEL_ROW_BYTES, STRIP_BYTES, STRIP_COLUMNS } from './panel.ts';

/** Columns of tile I that are computed together, against one strip of tile J. */
const TILE_I = 2;
const VECTORS = STRIP_COLUMNS / 4;
/**
 * Float32 bits of 2^-80 and 2^100. A tile's sums of squares between them have lost nothing that counts: what
 * underflowed is below 2^-60 of them. Others are recomputed in float64. (Raw elements may be as small as 2^-30, and
 * most of them far smaller.)
 */
const [SQUARES_FROM, SQUARES_TO] = [(127 - 80) << 23, (127 + 100) << 23];

/**
 * `cutStrips`: a panel [features][PANEL_COLUMNS] as strips [columns / STRIP_COLUMNS][features][STRIP_COLUMNS], so
 * that the kernel below walks through memory in order. (panel, features, strips, out)
 */
export function defineCutStrips(module: ModuleBuilder): void {
  module.define('cutStrips', ['i32', 'i32', 'i32', 'i32'], null, (scope, panel, features, strips, out) => {
    const { from, left } = scope.named('i32', 'from', 'left');
    return loopWhile(strips.get, [
      ...from.set(panel.get),
      ...left.set(features.get),
      ...repeatWhile(
        [
          ...Array.from({ length: VECTORS }, (_, at) =>
            v128.store(out.get, v128.load(from.get, 16 * at), 16 * at),
          ).flat(),
          ...from.set(i32.add(from.get, i32.const(PANEL_ROW_BYTES))),
          ...out.set(i32.add(out.get, i32.const(STRIP_BYTES))),
          ...left.set(i32.sub(left.get, i32.const(1))),
        ],
        left.get,
      ),
      ...panel.set(i32.add(panel.get, i32.const(STRIP_BYTES))),
      ...strips.set(i32.sub(strips.get, i32.const(1))),
    ]);
  });
}

/**
 * `normPair`: forms every element of the tile M[I, J] of M = Wq Wkᵀ and of its mirror M[J, I], 2 · |I| · |J| · features
 * multiply-adds, and adds to out Σ M² and to out + 8 Σ (M + Mᵀ)², in float64, over both tiles. M is never stored.
 *
 * (qI, kI, qJ, kJ, iStrips, jStrips, features, isDiagonal, out): the strips of both matrices' columns I and J.
 * isDiagonal: I = J; then only strips j ≥ i are formed, with their mirrors.
 */
export function defineNormPair(module: ModuleBuilder, multiplyAdd: MultiplyAdd): void {
  module.define(
    'normPair',
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    null,
    (scope, qI, kI, qJ, kJ, iStrips, jStrips, features, isDiagonal, out) => {
      const { i, j, column, stripStep, qi, ki, qj, kj, end } = scope.named(
        'i32',
        'i',
        'j',
        'column',
        'stripStep',
        'qi',
        'ki',
        'qj',
        'kj',
        'end',
      );
      const upper = scope.locals('v128', TILE_I * VECTORS);
      const lower = scope.locals('v128', TILE_I * VECTORS);
      const keys = scope.locals('v128', VECTORS);
      const queries = scope.locals('v128', VECTORS);
      const { splat, apart, squares, both, norm, symmetric } = scope.named(
        'v128',
        'splat',
        'apart',
        'squares',
        'both',
        'norm',
        'symmetric',
      );
      const row = (sums: readonly Variable[], at: number, others: readonly Variable[]): Code =>
        others.flatMap((other, v) => {
          const sum = sums[at * VECTORS + v]!;
          return sum.set(multiplyAdd(splat.get, other.get, sum.get));
        });
      const feature: Code = [
        ...keys.flatMap((of, v) => of.set(v128.load(kj.get, 16 * v))),
        ...queries.flatMap((of, v) => of.set(v128.load(qj.get, 16 * v))),
        ...Array.from({ length: TILE_I }, (_, at) => [
          ...splat.set(v128.loadSplat(qi.get, 4 * at)),
          ...row(upper, at, keys),
          ...splat.set(v128.loadSplat(ki.get, 4 * at)),
          ...row(lower, at, queries),
        ]).flat(),
        ...[qi, ki, qj, kj].flatMap((at) => at.set(i32.add(at.get, i32.const(STRIP_BYTES)))),
      ];
      const addDoubles = (sum: Variable, singles: Variable): Code => [
        ...sum.set(f64x2.add(sum.get, f64x2.promoteLow(singles.get))),
        ...sum.set(
          f64x2.add(sum.get, f64x2.promoteLow(v128.shuffle(singles.get, singles.get, [2, 3, 2, 3]))),
        ),
      ];
      /** Adds the squares of one of a tile's vectors and of its mirror, in float64. */
      const addSquares = (up: Variable, low: Variable): Code =>
        [[0, 1, 0, 1] as const, [2, 3, 2, 3] as const].flatMap((half) => [
          ...splat.set(f64x2.promoteLow(v128.shuffle(up.get, up.get, half))),
          ...squares.set(f64x2.promoteLow(v128.shuffle(low.get, low.get, half))),
          ...both.set(f64x2.add(splat.get, squares.get)),
          ...both.set(f64x2.mul(both.get, both.get)),
          ...norm.set(f64x2.add(norm.get, f64x2.mul(splat.get, splat.get))),
          ...norm.set(f64x2.add(norm.get, v128.and(f64x2.mul(squares.get, squares.get), apart.get))),
          ...symmetric.set(f64x2.add(symmetric.get, both.get)),
          ...symmetric.set(f64x2.add(symmetric.get, v128.and(both.get, apart.get))),
        ]);
      const stripAt = (base: Variable, strip: Variable) =>
        i32.add(base.get, i32.mul(strip.get, stripStep.get));
      const tile: Code = [
        ...[...upper, ...lower].flatMap((sum) => sum.set(v128.zero)),
        ...qi.set(i32.add(stripAt(qI, i), column.get)),
        ...ki.set(i32.add(stripAt(kI, i), column.get)),
        ...qj.set(stripAt(qJ, j)),
        ...kj.set(stripAt(kJ, j)),
        ...end.set(i32.add(qj.get, stripStep.get)),
        ...repeatWhile([...feature, ...feature], i32.ltU(qj.get, end.get)),
        // On the diagonal strip the mirror is the strip itself: it counts once.
        ...apart.set(i32x4.splat(i32.sub(i32.and(isDiagonal.get, i32.equal(i.get, j.get)), i32.const(1)))),
        ...squares.set(v128.zero),
        ...both.set(v128.zero),
        ...upper.flatMap((up, at) => {
          const low = lower[at]!;
          return [
            ...splat.set(f32x4.add(up.get, low.get)),
            ...both.set(multiplyAdd(splat.get, splat.get, both.get)),
            ...squares.set(multiplyAdd(up.get, up.get, squares.get)),
            ...squares.set(f32x4.add(squares.get, v128.and(f32x4.mul(low.get, low.get), apart.get))),
          ];
        }),
        ...choose(
          i32x4.allTrue(
            i32x4.ltU(
              i32x4.sub(squares.get, v128.words(SQUARES_FROM)),
              v128.words(SQUARES_TO - SQUARES_FROM),
            ),
          ),
          [
            ...both.set(f32x4.add(both.get, v128.and(both.get, apart.get))),
            ...addDoubles(norm, squares),
            ...addDoubles(symmetric, both),
          ],
          upper.flatMap((up, at) => addSquares(up, lower[at]!)),
        ),
      ];
      const sumOf = (of: Variable) => f64.add(f64x2.lane(of.get, 0), f64x2.lane(of.get, 1));
      return [
        ...stripStep.set(i32.mul(features.get, i32.const(STRIP_BYTES))),
        ...repeatWhile(
          [
            ...column.set(i32.const(0)),
            ...repeatWhile(
              [
                ...j.set(i32.mul(i.get, isDiagonal.get)),
                ...repeatWhile(
                  [...tile, ...j.set(i32.add(j.get, i32.const(1)))],
                  i32.ltU(j.get, jStrips.get),
                ),
                ...column.set(i32.add(column.get, i32.const(TILE_I * 4))),
              ],
              i32.ltU(column.get, i32.const(STRIP_BYTES)),
            ),
            ...i.set(i32.add(i.get, i32.const(1))),
          ],
          i32.ltU(i.get, iStrips.get),
        ),
        ...f64.store(out.get, f64.add(f64.load(out.get), sumOf(norm))),
        ...f64.store(out.get, f64.add(f64.load(out.get, 8), sumOf(symmetric)), 8),
      ];
    },
  );
}
