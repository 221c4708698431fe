/** Lines of cells as CSV, numbers whole; null and undefined are empty cells. */
export function csvText(lines: readonly (readonly unknown[])[]): string {
  const quote = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return lines.map((line) => `${line.map((value) => quote(String(value ?? ''))).join(',')}\n`).join('');
}
