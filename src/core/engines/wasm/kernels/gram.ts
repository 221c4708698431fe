// The kernel of products of features, from which A, B and C are made.
import {
  type Code,
  f32x4,
  i32,
  i32x4,
  type ModuleBuilder,
  repeatWhile,
  v128,
  type WasmFunction,
} from '../assembler.ts';
import { COLUMN_STEP, FEATURE_STEP, PANEL_ROW_BYTES } from './panel.ts';
import { sumLanes } from './vectors.ts';

export type MultiplyAdd = (a: Code, b: Code, c: Code) => Code;

/** Features of y that a tile takes; of x it takes FEATURE_STEP. 4 × 2 sums and their operands stay in 16 registers. */
const TILE_Y = 2;

/**
 * `gram`: G[j][i] += Σ over the panel's columns of x[i] · y[j], float32, G [yFeatures][xFeatures] row-major. A
 * panel's columns are summed in four lanes of at most PANEL_COLUMNS / 4 terms, and only then added to G: plain
 * float32 sums over thousands of columns lose up to 5e-6 of r, these about 1e-7.
 *
 * (x, y, xFeatures, yFeatures, columnBytes, g, isFirst, isTriangle). isFirst: G is overwritten. isTriangle: only the
 * blocks with j < i + FEATURE_STEP, enough where G is symmetric.
 */
export function defineGram(module: ModuleBuilder, multiplyAdd: MultiplyAdd): WasmFunction {
  return module.define(
    'gram',
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    null,
    (scope, x, y, xFeatures, yFeatures, columnBytes, g, isFirst, isTriangle) => {
      const { i, j, yEnd, xAt, yAt, end, rowBytes, to } = scope.named(
        'i32',
        'i',
        'j',
        'yEnd',
        'xAt',
        'yAt',
        'end',
        'rowBytes',
        'to',
      );
      const old = scope.local('v128');
      const sums = scope.locals('v128', FEATURE_STEP * TILE_Y);
      const xs = scope.locals('v128', FEATURE_STEP);
      const yNow = scope.local('v128');
      const step = (offset: number): Code => [
        ...xs.flatMap((of, index) => of.set(v128.load(xAt.get, index * PANEL_ROW_BYTES + offset))),
        ...Array.from({ length: TILE_Y }, (_, b) => [
          ...yNow.set(v128.load(yAt.get, b * PANEL_ROW_BYTES + offset)),
          ...xs.flatMap((of, a) => {
            const sum = sums[b * FEATURE_STEP + a]!;
            return sum.set(multiplyAdd(of.get, yNow.get, sum.get));
          }),
        ]).flat(),
      ];
      const tile: Code = [
        ...sums.flatMap((sum) => sum.set(v128.zero)),
        ...xAt.set(i32.add(x.get, i32.mul(i.get, i32.const(PANEL_ROW_BYTES)))),
        ...yAt.set(i32.add(y.get, i32.mul(j.get, i32.const(PANEL_ROW_BYTES)))),
        ...end.set(i32.add(xAt.get, columnBytes.get)),
        ...repeatWhile(
          [
            ...Array.from({ length: COLUMN_STEP / 4 }, (_, index) => step(16 * index)).flat(),
            ...xAt.set(i32.add(xAt.get, i32.const(COLUMN_STEP * 4))),
            ...yAt.set(i32.add(yAt.get, i32.const(COLUMN_STEP * 4))),
          ],
          i32.ltU(xAt.get, end.get),
        ),
        ...to.set(i32.add(g.get, i32.add(i32.mul(j.get, rowBytes.get), i32.shl(i.get, i32.const(2))))),
        ...Array.from({ length: TILE_Y }, (_, b) => [
          ...v128.store(
            to.get,
            f32x4.add(
              sumLanes(sums.slice(b * FEATURE_STEP, (b + 1) * FEATURE_STEP)),
              v128.and(v128.load(to.get), old.get),
            ),
          ),
          ...to.set(i32.add(to.get, rowBytes.get)),
        ]).flat(),
      ];
      return [
        // All bits set, or none where what G held is to be forgotten.
        ...old.set(i32x4.splat(i32.sub(isFirst.get, i32.const(1)))),
        ...rowBytes.set(i32.shl(xFeatures.get, i32.const(2))),
        ...repeatWhile(
          [
            ...j.set(i32.const(0)),
            // A triangle ends FEATURE_STEP after i.
            ...yEnd.set(i32.select(isTriangle.get, i32.add(i.get, i32.const(FEATURE_STEP)), yFeatures.get)),
            ...repeatWhile([...tile, ...j.set(i32.add(j.get, i32.const(TILE_Y)))], i32.ltU(j.get, yEnd.get)),
            ...i.set(i32.add(i.get, i32.const(FEATURE_STEP))),
          ],
          i32.ltU(i.get, xFeatures.get),
        ),
      ];
    },
  );
}
