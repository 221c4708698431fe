import { chiSquare, createNormal } from '../linalg/random.ts';
import { nullModel } from './nullModel.ts';

/**
 * Singular values whose squares sum to less than this share of ‖M‖² are left out: s would change by a millionth of
 * its spread.
 */
const NEGLIGIBLE = 1e-12;

/**
 * Draws s of random matrices with a given spectrum: M = U Σ Vᵀ with U and V of random orientation (Haar),
 * independent of each other. Then s = tr(MM)/‖M‖² = Σᵢⱼ σᵢσⱼ WᵢⱼWⱼᵢ / Σσ² with W = VᵀU, which is an n × n block of a
 * random d × d rotation. It is drawn without the d × d one: the first n columns of a random rotation are G L⁻ᵀ, G
 * being d × n normal numbers and GᵀG = LLᵀ; the rows of G below the first n enter by their Gram matrix alone, whose
 * Cholesky factor is known (Bartlett 1933: χ on the diagonal, normal numbers beside it). O(n³) a draw.
 */
export function createSpectrumNull(
  singularValues: readonly number[],
  dModel: number,
  random: () => number,
): () => number {
  const sigma = leading(singularValues, dModel);
  const n = sigma.length;
  const squares = sigma.reduce((sum, value) => sum + value * value, 0);
  const normal = createNormal(random);
  const [g, gram] = [new Float64Array(n * n), new Float64Array(n * n)];
  const rest = new Float64Array(n);
  return () => {
    gram.fill(0);
    for (let i = 0; i < g.length; i++) g[i] = normal();
    for (let row = 0; row < n; row++) addOuter(gram, g.subarray(row * n, (row + 1) * n), 0, n);
    const below = dModel - n;
    for (let row = 0; row < Math.min(below, n); row++) {
      // Of the triangular factor where there is one, else of the rows themselves.
      const isTriangular = below >= n;
      const from = isTriangular ? row : 0;
      if (isTriangular) rest[row] = Math.sqrt(chiSquare(below - row, random, normal));
      for (let i = isTriangular ? row + 1 : 0; i < n; i++) rest[i] = normal();
      addOuter(gram, rest, from, n);
    }
    factorInPlace(gram, n);
    solveRows(g, gram, n);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      let inner = 0;
      for (let j = 0; j < i; j++) inner += sigma[j]! * g[i * n + j]! * g[j * n + i]!;
      sum += sigma[i]! * (2 * inner + sigma[i]! * g[i * n + i]! ** 2);
    }
    return sum / squares;
  };
}

/** As far from its mean 1/d as the head, or further, on either side. */
export function isAsExtreme(drawn: number, s: number, dModel: number): boolean {
  const { mean } = nullModel(dModel);
  return Math.abs(drawn - mean) >= Math.abs(s - mean);
}

/**
 * Returns the p-value of a Monte-Carlo test: the head itself counts as one of the draws, so that it is never 0
 * (Davison and Hinkley 1997, §4.2).
 */
export function monteCarloP(atLeast: number, draws: number): number {
  return (1 + atLeast) / (1 + draws);
}

/** Returns how many singular values matter: at most d. */
function leading(singularValues: readonly number[], dModel: number): number[] {
  const sorted = singularValues.filter((value) => value > 0).sort((x, y) => y - x);
  const largest = sorted[0] ?? 1;
  const scaled = sorted.slice(0, dModel).map((value) => value / largest);
  const total = scaled.reduce((sum, value) => sum + value * value, 0);
  let dropped = 0;
  while (scaled.length > 1 && dropped + scaled.at(-1)! ** 2 <= NEGLIGIBLE * total)
    dropped += scaled.pop()! ** 2;
  return scaled;
}

/** Adds row rowᵀ to gram, lower triangle; elements before `from` are 0. */
function addOuter(gram: Float64Array, row: Float64Array, from: number, n: number): void {
  for (let i = from; i < n; i++) {
    const factor = row[i]!;
    const rowStart = i * n;
    for (let j = from; j <= i; j++) gram[rowStart + j]! += factor * row[j]!;
  }
}

/** Factors a positive definite matrix: its lower triangle becomes L of LLᵀ. */
function factorInPlace(a: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    const rowI = i * n;
    for (let j = 0; j <= i; j++) {
      const rowJ = j * n;
      let sum = a[rowI + j]!;
      for (let k = 0; k < j; k++) sum -= a[rowI + k]! * a[rowJ + k]!;
      a[rowI + j] = i === j ? Math.sqrt(sum) : sum / a[rowJ + j]!;
    }
  }
}

/** Sets x to x L⁻ᵀ, row by row. */
function solveRows(x: Float64Array, l: Float64Array, n: number): void {
  for (let row = 0; row < n; row++) {
    const rowStart = row * n;
    for (let j = 0; j < n; j++) {
      const lAt = j * n;
      let sum = x[rowStart + j]!;
      for (let k = 0; k < j; k++) sum -= x[rowStart + k]! * l[lAt + k]!;
      x[rowStart + j] = sum / l[lAt + j]!;
    }
  }
}
