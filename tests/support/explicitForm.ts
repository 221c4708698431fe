/** Plain float64 loops over whole matrices (rows of numbers): what the tests compare with, by no code of ours. */
export type Rows = readonly (readonly number[])[];

export function multiply(x: Rows, y: Rows): number[][] {
  return x.map((row) => y[0]!.map((_, j) => row.reduce((sum, value, i) => sum + value * y[i]![j]!, 0)));
}

export function transpose(x: Rows): number[][] {
  return x[0]!.map((_, j) => x.map((row) => row[j]!));
}

export function diagonal(values: readonly number[]): number[][] {
  return values.map((value, i) => values.map((_, j) => (i === j ? value : 0)));
}

/** R_Δ as a matrix: on each pair (a, b) of features [[cos, −sin], [sin, cos]] of Δ times the pair's frequency. */
export function rotationMatrix(
  dh: number,
  pairs: readonly (readonly [number, number])[],
  frequencies: readonly number[],
  offset: number,
): number[][] {
  const r = diagonal(Array.from({ length: dh }, () => 1));
  for (const [i, [a, b]] of pairs.entries()) {
    const angle = offset * frequencies[i]!;
    r[a]![a] = Math.cos(angle);
    r[b]![b] = Math.cos(angle);
    r[a]![b] = -Math.sin(angle);
    r[b]![a] = Math.sin(angle);
  }
  return r;
}

/** ‖(M+Mᵀ)/2‖² / ‖M‖² of a square M. */
export function ratioOf(m: Rows): number {
  let [symmetric, all] = [0, 0];
  for (let i = 0; i < m.length; i++)
    for (let j = 0; j < m.length; j++) {
      symmetric += ((m[i]![j]! + m[j]![i]!) / 2) ** 2;
      all += m[i]![j]! ** 2;
    }
  return symmetric / all;
}

/** A flat row-major matrix as rows. */
export function rowsOf(values: ArrayLike<number>, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, i) =>
    Array.from({ length: width }, (_, j) => values[i * width + j]!),
  );
}
