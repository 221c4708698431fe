import { type Complex, eigenvalues } from '../../core/linalg/eigenvalues.ts';
import { symmetryRatio } from '../../core/metrics/symmetry.ts';

const SIDE = 8;

/** A symmetric and an antisymmetric matrix [SIDE, SIDE] of norm 1, the two parts of one pattern. */
const [SYMMETRIC, ANTISYMMETRIC] = partsOf(
  Float64Array.from({ length: SIDE * SIDE }, (_, index) => {
    const [i, j] = [Math.floor(index / SIDE), index % SIDE];
    return Math.sin(1.3 * i + 2.1 * j + 0.7 * i * j);
  }),
);

/** A matrix to play with, its r and its eigenvalues. */
export interface ExampleForm {
  readonly side: number;
  /** [side, side], row-major. */
  readonly values: Float64Array;
  readonly r: number;
  readonly eigenvalues: readonly Complex[];
}

/** The pattern mixed so that a share of its energy is symmetric: 0 … 1. */
export function exampleForm(share: number): ExampleForm {
  const [even, odd] = [Math.sqrt(share), Math.sqrt(1 - share)];
  const values = SYMMETRIC.map((value, index) => even * value + odd * ANTISYMMETRIC[index]!);
  let [traceCC, traceAB] = [0, 0];
  values.forEach((value, index) => {
    traceCC += value * values[transposed(index)]!;
    traceAB += value * value;
  });
  return {
    side: SIDE,
    values,
    r: symmetryRatio({ traceCC, traceAB })!,
    eigenvalues: eigenvalues(values, SIDE) ?? [],
  };
}

/** Where the cell lies in the transpose. */
function transposed(at: number): number {
  return (at % SIDE) * SIDE + Math.floor(at / SIDE);
}

function partsOf(matrix: Float64Array): [symmetric: Float64Array, antisymmetric: Float64Array] {
  const part = (sign: 1 | -1) => {
    const values = matrix.map((value, index) => value + sign * matrix[transposed(index)]!);
    const norm = Math.hypot(...values);
    return values.map((value) => value / norm);
  };
  return [part(1), part(-1)];
}
