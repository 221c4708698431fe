/** Squared norms of M's rows and columns, of M on any scale. */
export interface NormSquares {
  readonly rowSquares: Float64Array;
  readonly colSquares: Float64Array;
}

/**
 * Returns the paper's second score: whether the long outliers are among M's columns (1) or its rows (−1). Of the
 * norms of the rows, and of those of the columns, the excess is the sum of what lies above mean + 2 sd (sample sd, n
 * − 1); the value is (col − row)/(col + row). Null when nothing is in excess, or a norm isn't finite. This is the
 * raw sign; the paper's figures negate it (arXiv:2502.10927).
 */
export function directionality({ rowSquares, colSquares }: NormSquares): number | null {
  const [row, col] = [excess(rowSquares), excess(colSquares)];
  const sum = row + col;
  return sum > 0 && Number.isFinite(sum) ? (col - row) / sum : null;
}

/** Σ (norm − (mean + 2 sd)) where positive. */
function excess(squares: Float64Array): number {
  // A sum of products may round a zero to just below it.
  const norms = squares.map((square) => Math.sqrt(Math.max(0, square)));
  const mean = norms.reduce((sum, norm) => sum + norm, 0) / norms.length;
  const variance = norms.reduce((sum, norm) => sum + (norm - mean) ** 2, 0) / (norms.length - 1);
  const threshold = mean + 2 * Math.sqrt(variance);
  return norms.reduce((sum, norm) => sum + Math.max(0, norm - threshold), 0);
}
