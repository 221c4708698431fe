/**
 * Returns numbers that are uniform in [0, 1), from 32 bits of state (Tommy Ettinger's mulberry32, public domain):
 * the same for the same seed.
 */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Normally distributed numbers, mean 0, variance 1, from uniform ones in [0, 1) (Marsaglia's polar method). */
export function createNormal(random: () => number): () => number {
  let spare: number | null = null;
  return () => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    for (;;) {
      const [x, y] = [2 * random() - 1, 2 * random() - 1];
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      spare = y * factor;
      return x * factor;
    }
  };
}

/**
 * Draws χ² of n ≥ 1 degrees of freedom: twice a Γ(n/2) (Marsaglia and Tsang 2000, "A simple method for generating
 * gamma variables").
 */
export function chiSquare(degrees: number, random: () => number, normal: () => number): number {
  // Their method takes shapes from 1 on: one degree is a square, and joins the rest.
  if (degrees < 2) return normal() ** 2;
  const d = degrees / 2 - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal();
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - random()) < 0.5 * x * x + d * (1 - v + Math.log(v))) return 2 * d * v;
  }
}
