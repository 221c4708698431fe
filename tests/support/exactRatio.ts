/**
 * r by its definition, exactly: M and (M + Mᵀ)/2 formed element by element in whole numbers of any length, rounded once at the end. Undefined
 * where M is zero.
 * @param q Wq, [d, dh] row-major; k likewise
 */
export function exactRatio(
  q: ArrayLike<number>,
  k: ArrayLike<number>,
  d: number,
  dh: number,
): number | undefined {
  const [qs, ks] = [wholeNumbers(q), wholeNumbers(k)];
  const m = Array.from({ length: d * d }, (_, at) => {
    const [i, j] = [Math.floor(at / d), at % d];
    let sum = 0n;
    for (let c = 0; c < dh; c++) sum += qs[i * dh + c]! * ks[j * dh + c]!;
    return sum;
  });
  let [symmetric, all] = [0n, 0n];
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) {
      symmetric += (m[i * d + j]! + m[j * d + i]!) ** 2n;
      all += m[i * d + j]! ** 2n;
    }
  return all === 0n ? undefined : Number((symmetric << 60n) / (4n * all)) / 2 ** 60;
}

/** All of them times one power of two. */
function wholeNumbers(values: ArrayLike<number>): bigint[] {
  const parts = Array.from(values, (value) => {
    let [x, doublings] = [value, 0];
    while (!Number.isInteger(x)) {
      x *= 2;
      doublings++;
    }
    return { x: BigInt(x), doublings };
  });
  const most = parts.reduce((max, { doublings }) => Math.max(max, doublings), 0);
  return parts.map(({ x, doublings }) => x << BigInt(most - doublings));
}
