/** The characters with which spreadsheets begin a formula, in either width, or a line break (OWASP, "CSV Injection"). */
const BEGINS_FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
/** A number as text can't be a formula, and stays a number for whoever computes with it. */
const IS_NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * Lines of cells as CSV (RFC 4180), numbers whole; null and undefined are empty cells. A text that a sheet would take for a
 * formula gets an apostrophe before it: names of files and of the user's own columns come from anywhere.
 */
export function csvText(lines: readonly (readonly unknown[])[]): string {
  return lines.map((line) => `${line.map((value) => quoted(harmless(value))).join(',')}\n`).join('');
}

function harmless(value: unknown): string {
  const text = String(value ?? '');
  if (typeof value === 'number' || IS_NUMBER.test(text)) return text;
  return BEGINS_FORMULA.test(text) ? `'${text}` : text;
}

/** Semicolons and tabs too: where the comma is the decimal point, sheets cut at them. */
function quoted(text: string): string {
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
