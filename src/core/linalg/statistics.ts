/** Adds up numbers, in their order. */
export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** Returns the arithmetic mean; NaN of no numbers. */
export function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

/** Returns the sample standard deviation (n − 1); 0 of a single value. */
export function sampleSd(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const m = mean(values);
  return Math.sqrt(sum(values.map((x) => (x - m) ** 2)) / (values.length - 1));
}

/**
 * Returns the p-quantile of ascending numbers, by linear interpolation between order statistics (the default of
 * numpy and d3, type 7 of R); undefined of no numbers.
 */
export function quantileSorted(sorted: ArrayLike<number>, p: number): number | undefined {
  const position = (sorted.length - 1) * p;
  const [low, high] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]];
  if (low === undefined || high === undefined) return undefined;
  return low + (high - low) * (position - Math.floor(position));
}

/** Returns the p-quantile of numbers in any order; NaN of no numbers. */
export function quantile(values: readonly number[], p: number): number {
  return quantileSorted(Float64Array.from(values).sort(), p) ?? Number.NaN;
}

/** Returns the middle value, or the mean of the two middle ones; NaN of no numbers. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
