import { expect } from 'vitest';

/** Any text of the table as a number, in ms, bytes or as it is. */
export function numberOf(text: string): number {
  const units = { ns: 1e-6, µs: 1e-3, ms: 1, s: 1e3, kB: 1e3, MB: 1e6, GB: 1e9, '×': 1 } as const;
  const [, digits, unit] = /^([\d.e−-]+) ?(ns|µs|ms|s|kB|MB|GB|×)?$/.exec(text)!;
  return Number(digits!.replace('−', '-')) * (unit === undefined ? 1 : units[unit as keyof typeof units]);
}

/** Three digits are shown. */
export function expectShown(text: string, value: number): void {
  expect(Math.abs(numberOf(text) - value), `${text} for ${value}`).toBeLessThanOrEqual(
    0.00501 * Math.abs(value) + 1e-12,
  );
}

/** Linear between order statistics, written out for the count at hand. */
export function quartile(values: readonly number[], quarter: 1 | 2 | 3): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = ((sorted.length - 1) * quarter) / 4;
  const below = Math.trunc(place);
  return sorted[below]! * (1 - (place - below)) + (sorted[below + 1] ?? 0) * (place - below);
}
