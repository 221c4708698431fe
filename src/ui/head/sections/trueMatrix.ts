import type { DetailMoments } from '../../../core/inspection/index.ts';
import { formatMagnitude } from '../../../figures/format.ts';
import type { ShownMatrix } from '../../../figures/matrixScene.ts';

export const MATRIX_NAMES = ['A', 'B', 'C'] as const;
export type MatrixName = (typeof MATRIX_NAMES)[number];

/** The definition of each, read and read aloud. */
export const MATRIX_FORMULAS: Readonly<Record<MatrixName, string>> = {
  A: 'A = Wqᵀ Wq',
  B: 'B = Wkᵀ Wk',
  C: 'C = Wkᵀ Wq',
};

export interface TrueMatrix extends ShownMatrix {
  /** "" or, where no double holds the true values, " · 2^1200": what the shown ones are to be multiplied by. */
  readonly unit: string;
}

/** A, B or C on the weights' own scale. Powers of two keep every digit, unless the values leave the range of doubles. */
export function trueMatrix(moments: DetailMoments, name: MatrixName, columns: number): TrueMatrix {
  const key = ({ A: 'a', B: 'b', C: 'c' } as const)[name];
  const scaled = moments[key];
  const exponent = moments.log2Scale[key];
  const half = Math.trunc(exponent / 2);
  const values = scaled.map((value) => value * 2 ** half * 2 ** (exponent - half));
  const isKept = values.every(
    (value, index) => Number.isFinite(value) && (value !== 0 || scaled[index] === 0),
  );
  return isKept
    ? { name, columns, values, unit: '' }
    : { name, columns, values: scaled, unit: ` · 2^${exponent}`.replace('-', '−') };
}

/** "C[3, 17] = −0.0123" */
export function cellText({ name, columns, values, unit }: TrueMatrix, row: number, column: number): string {
  return `${name}[${row}, ${column}] = ${formatMagnitude(values[row * columns + column] ?? Number.NaN)}${unit}`;
}
