/**
 * Returns whether threads may work in one memory, which browsers grant to cross-origin isolated pages alone. WebKitGTK has isolated
 * pages without it.
 */
export function sharesMemory(): boolean {
  return globalThis.crossOriginIsolated === true && typeof SharedArrayBuffer === 'function';
}
