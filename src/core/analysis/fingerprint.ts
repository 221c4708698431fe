/**
 * SHA-256 over the weight files' headers, hex: the same file gives the same one, wherever it lies. Null without
 * WebCrypto (a page on plain http).
 */
export async function fingerprintOf(headers: readonly Uint8Array[]): Promise<string | null> {
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) return null;
  const all = new Uint8Array(headers.reduce((sum, header) => sum + header.length, 0));
  let at = 0;
  for (const header of headers) {
    all.set(header, at);
    at += header.length;
  }
  const digest = new Uint8Array(await subtle.digest('SHA-256', all));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
