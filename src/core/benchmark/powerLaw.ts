/** y = factor · x^exponent, fitted by least squares of log y on log x. */
export interface PowerLaw {
  readonly exponent: number;
  /** Standard error of the exponent: residual sd over the spread of log x; NaN with two points. */
  readonly standardError: number;
  readonly factor: number;
  /** Share of log y's variance that the law explains. */
  readonly rSquared: number;
  readonly points: number;
}

/** null where there are fewer than two different x. All values must be above 0. */
export function fitPowerLaw(points: readonly (readonly [x: number, y: number])[]): PowerLaw | null {
  const n = points.length;
  const [xs, ys] = [points.map(([x]) => Math.log(x)), points.map(([, y]) => Math.log(y))];
  const [xMean, yMean] = [mean(xs), mean(ys)];
  let [sxx, sxy, syy] = [0, 0, 0];
  for (const [index, x] of xs.entries()) {
    sxx += (x - xMean) ** 2;
    sxy += (x - xMean) * (ys[index]! - yMean);
    syy += (ys[index]! - yMean) ** 2;
  }
  if (n < 2 || sxx === 0) return null;
  const exponent = sxy / sxx;
  const residual = Math.max(0, syy - exponent * sxy);
  return {
    exponent,
    standardError: n > 2 ? Math.sqrt(residual / (n - 2) / sxx) : Number.NaN,
    factor: Math.exp(yMean - exponent * xMean),
    rSquared: syy === 0 ? 1 : 1 - residual / syy,
    points: n,
  };
}

/** x where two laws give the same y; null where they run side by side. */
export function crossing(a: PowerLaw, b: PowerLaw): number | null {
  const slopes = b.exponent - a.exponent;
  const x = (a.factor / b.factor) ** (1 / slopes);
  return slopes !== 0 && Number.isFinite(x) && x > 0 ? x : null;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
