// Parses a number in a cell, with a point or a comma.
const NOTHING: ReadonlySet<string> = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '-', '–', '—', '−']);
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * Parses a number of a sheet: "0.53", "−1e-3"; with `comma` also "0,53" (a comma for the point, as sheets with
 * semicolons write it). null where the cell says that there is no value; undefined where it is something else.
 */
export function parseNumberCell(text: string, comma = false): number | null | undefined {
  const trimmed = text.trim();
  if (NOTHING.has(trimmed.toLowerCase())) return null;
  const dotted = comma ? trimmed.replace(/^([^.,]*),([^.,]*)$/, '$1.$2') : trimmed;
  const plain = dotted.replace(/^−/, '-');
  if (!NUMBER.test(plain)) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
}
