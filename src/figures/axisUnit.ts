import { formatMagnitude, powerOfTen } from './format.ts';

/** The unit that an axis counts in: one, or a power of ten that its name states. */
export interface AxisUnit {
  /** Follows the axis' name: "" or ", × 10⁻⁹". */
  readonly suffix: string;
  /** A value in this unit. */
  of(value: number): number;
}

/** Weights may be of any scale: in this unit, values up to `largest` are drawn and named with short numbers. */
export function axisUnit(largest: number): AxisUnit {
  const power = largest > 0 && Number.isFinite(largest) ? Math.floor(Math.log10(largest)) : 0;
  if (power >= -2 && power < 5) return { suffix: '', of: (value) => value };
  // In two steps: 10 ** -320 has lost its digits.
  const half = Math.trunc(power / 2);
  return {
    suffix: `, × ${powerOfTen(power)}`,
    of: (value) => value / 10 ** half / 10 ** (power - half),
  };
}

/** Names of decades, all in one manner: "0.01", "1", "100" while they are short, else "10⁻³", "10⁰", "10³". */
export function decadeTexts(exponents: readonly number[]): string[] {
  const isPlain = exponents.every((exponent) => exponent >= -2 && exponent <= 3);
  return exponents.map((exponent) => (isPlain ? formatMagnitude(10 ** exponent, 1) : powerOfTen(exponent)));
}
