/**
 * A rotary position embedding (arXiv:2104.09864): the first `dims` features of a head turn in pairs, the i-th by
 * position · frequencies[i]; the others stay.
 */
export interface Rotation {
  /** 'half': feature i pairs with i + dims/2 (GPT-NeoX, Llama); 'interleaved': 2i with 2i + 1 (GPT-J, RoFormer). */
  readonly pairing: 'half' | 'interleaved';
  /** Features that turn, an even number; 0 in a layer without positions. */
  readonly dims: number;
  /** Radians a position, [dims / 2]. */
  readonly frequencies: readonly number[];
}

/** A rotation at one offset: which features pair, and their cosines and sines. */
export interface Turn {
  readonly pairs: readonly (readonly [first: number, second: number])[];
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}

export function turnAt({ pairing, dims, frequencies }: Rotation, offset: number): Turn {
  const half = dims / 2;
  const pairs = Array.from({ length: half }, (_, i) =>
    pairing === 'half' ? ([i, i + half] as const) : ([2 * i, 2 * i + 1] as const),
  );
  const angles = frequencies.map((frequency) => offset * frequency);
  return {
    pairs,
    cos: Float64Array.from(angles, Math.cos),
    sin: Float64Array.from(angles, Math.sin),
  };
}

/**
 * Computes X Rᵀ in place, X [n, m] row-major: columns turn in pairs, R being [[cos, −sin], [sin, cos]] on each.
 */
export function turnColumns(x: Float64Array, m: number, { pairs, cos, sin }: Turn): void {
  for (const [i, [first, second]] of pairs.entries()) {
    const [c, s] = [cos[i]!, sin[i]!];
    for (let rowStart = 0; rowStart < x.length; rowStart += m) {
      const [a, b] = [x[rowStart + first]!, x[rowStart + second]!];
      x[rowStart + first] = a * c - b * s;
      x[rowStart + second] = b * c + a * s;
    }
  }
}
