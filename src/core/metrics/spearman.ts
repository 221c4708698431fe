/**
 * Returns the ranks, from 1, ascending; equal values share the mean of the ranks they take up (mid-ranks). NaN and
 * infinity have no rank here: leave them out before.
 */
export function midRanks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    // Places from … to − 1 are ranks from + 1 … to.
    for (let place = from; place < to; place++) ranks[order[place]!] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}

/**
 * Returns Spearman's ρ of paired values, −1 … 1: Pearson's correlation of their mid-ranks, so that ties count as
 * they should (the short formula 1 − 6 Σd²/(n³ − n) holds only without ties). Null where it is undefined: fewer than
 * two pairs, or all values of a side equal.
 */
export function spearman(x: readonly number[], y: readonly number[]): number | null {
  if (x.length !== y.length) throw new RangeError(`${x.length} values beside ${y.length}: pairs are needed.`);
  const middle = (x.length + 1) / 2;
  const [p, q] = [midRanks(x), midRanks(y)];
  let [pq, pp, qq] = [0, 0, 0];
  for (let i = 0; i < p.length; i++) {
    const [a, b] = [p[i]! - middle, q[i]! - middle];
    pq += a * b;
    pp += a * a;
    qq += b * b;
  }
  if (pp === 0 || qq === 0) return null;
  // Rounding must not carry it beyond its ends.
  return Math.min(1, Math.max(-1, pq / Math.sqrt(pp * qq)));
}
