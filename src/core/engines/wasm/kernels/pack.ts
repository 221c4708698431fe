// The kernels that decode stored weights and pack them into panels.
import {
  type Code,
  i32,
  i32x4,
  loopWhile,
  type ModuleBuilder,
  repeatWhile,
  v128,
  when,
} from '../assembler.ts';
import { COLUMN_STEP, PANEL_ROW_BYTES } from './panel.ts';
import {
  lanesBelow,
  largestLane,
  loadFour,
  RAW_BYTES,
  RAW_TYPES,
  type RawType,
  transposeFour,
} from './vectors.ts';

const MAGNITUDE = v128.words(0x7fffffff);

/**
 * Defines the kernels that bring raw elements into a panel, for each type: `packRows<Type>` where a feature's
 * weights are neighbours in the file (nn.Linear), `packColumns<Type>` where the features of one input dimension are
 * (Conv1D).
 *
 * (source, stride, features, columns, panel) → the largest magnitude, as float32 bits: from 0x7f800000 on an element
 * is infinite or NaN. `stride`: bytes from one feature (packColumns: one input dimension) to the next. Reads up to
 * 12 bytes beyond the last element. Columns up to a multiple of COLUMN_STEP become zero.
 */
export function definePack(module: ModuleBuilder): void {
  for (const type of RAW_TYPES) {
    definePackRows(module, type);
    definePackColumns(module, type);
  }
}

function definePackRows(module: ModuleBuilder, type: RawType): void {
  const size = RAW_BYTES[type];
  const unroll = 4;
  module.define(
    `packRows${type}`,
    ['i32', 'i32', 'i32', 'i32', 'i32'],
    'i32',
    (scope, source, stride, features, columns, panel) => {
      const { from, to, left } = scope.named('i32', 'from', 'to', 'left');
      const { value, maximum, mask } = scope.named('v128', 'value', 'maximum', 'mask');
      const work = scope.locals('v128', 2);
      const keep = maximum.set(i32x4.maxU(maximum.get, v128.and(value.get, MAGNITUDE)));
      const one = (index: number): Code => [
        ...value.set(loadFour(type, from.get, work, index * 4 * size)),
        ...keep,
        ...v128.store(to.get, value.get, index * 16),
      ];
      const advance = (elements: number): Code => [
        ...from.set(i32.add(from.get, i32.const(elements * size))),
        ...to.set(i32.add(to.get, i32.const(elements * 4))),
        ...left.set(i32.sub(left.get, i32.const(elements))),
      ];
      return [
        ...mask.set(lanesBelow(i32.and(columns.get, i32.const(3)))),
        ...loopWhile(features.get, [
          ...from.set(source.get),
          ...to.set(panel.get),
          ...left.set(columns.get),
          ...loopWhile(i32.geU(left.get, i32.const(4 * unroll)), [
            ...Array.from({ length: unroll }, (_, index) => one(index)).flat(),
            ...advance(4 * unroll),
          ]),
          ...loopWhile(i32.geU(left.get, i32.const(4)), [...one(0), ...advance(4)]),
          ...when(left.get, [
            ...value.set(v128.and(loadFour(type, from.get, work), mask.get)),
            ...keep,
            ...v128.store(to.get, value.get),
            ...to.set(i32.add(to.get, i32.const(16))),
          ]),
          ...when(i32.and(i32.sub(to.get, panel.get), i32.const(16)), v128.store(to.get, v128.zero)),
          ...source.set(i32.add(source.get, stride.get)),
          ...panel.set(i32.add(panel.get, i32.const(PANEL_ROW_BYTES))),
          ...features.set(i32.sub(features.get, i32.const(1))),
        ]),
        ...largestLane(maximum),
      ];
    },
  );
}

function definePackColumns(module: ModuleBuilder, type: RawType): void {
  const size = RAW_BYTES[type];
  module.define(
    `packColumns${type}`,
    ['i32', 'i32', 'i32', 'i32', 'i32'],
    'i32',
    (scope, source, stride, features, columns, panel) => {
      const from = scope.locals('i32', 4);
      const { to, left, column, last } = scope.named('i32', 'to', 'left', 'column', 'last');
      const rows = scope.locals('v128', 4);
      const work = scope.locals('v128', 2);
      const { maximum, columnMask, featureMask } = scope.named(
        'v128',
        'maximum',
        'columnMask',
        'featureMask',
      );
      const transpose = transposeFour(rows, scope);
      const block = (isLast: boolean): Code => [
        ...rows.flatMap((row, index) => {
          const four = loadFour(type, from[index]!.get, work);
          return row.set(isLast ? v128.and(four, featureMask.get) : four);
        }),
        ...transpose(),
        ...rows.flatMap((row, index) => [
          ...row.set(v128.and(row.get, columnMask.get)),
          ...maximum.set(i32x4.maxU(maximum.get, v128.and(row.get, MAGNITUDE))),
          ...v128.store(to.get, row.get, index * PANEL_ROW_BYTES),
        ]),
      ];
      return [
        ...last.set(i32.sub(columns.get, i32.const(1))),
        ...featureMask.set(lanesBelow(i32.and(features.get, i32.const(3)))),
        ...repeatWhile(
          [
            ...columnMask.set(lanesBelow(i32.sub(columns.get, column.get))),
            ...from.flatMap((address, index) => {
              const wanted = i32.add(column.get, i32.const(index));
              // Beyond the last column the last one stands in, and is masked: nothing past the weights is read.
              const present = i32.select(i32.ltU(wanted, last.get), wanted, last.get);
              return address.set(i32.add(source.get, i32.mul(present, stride.get)));
            }),
            ...to.set(i32.add(panel.get, i32.shl(column.get, i32.const(2)))),
            ...left.set(features.get),
            ...loopWhile(i32.geU(left.get, i32.const(4)), [
              ...block(false),
              ...from.flatMap((address) => address.set(i32.add(address.get, i32.const(4 * size)))),
              ...to.set(i32.add(to.get, i32.const(4 * PANEL_ROW_BYTES))),
              ...left.set(i32.sub(left.get, i32.const(4))),
            ]),
            ...when(left.get, block(true)),
            ...column.set(i32.add(column.get, i32.const(4))),
          ],
          // Whole steps: a step's second half may lie beyond the last column, and is zero.
          i32.or(i32.ltU(column.get, columns.get), i32.and(column.get, i32.const(COLUMN_STEP - 1))),
        ),
        ...largestLane(maximum),
      ];
    },
  );
}
