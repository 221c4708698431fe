/** The p-quantile of ascending numbers, between neighbours in proportion (R's type 7); undefined where there are none. */
export function quantileOf(sorted: Float64Array, p: number): number | undefined {
  const at = (sorted.length - 1) * p;
  const below = Math.floor(at);
  const [low, high] = [sorted[below], sorted[Math.ceil(at)]];
  return low === undefined || high === undefined ? undefined : low + (high - low) * (at - below);
}
