/** How numbers and names are written in an SVG. */

/** Hundredths of a pixel are enough, and keep the file small. */
export function num(value: number): string {
  return String(Number(value.toFixed(2)));
}

/** Names of models and files come from outside: nothing in them may become markup, nor be illegal in XML. */
export function escapeXml(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no way to write them
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')
  );
}
