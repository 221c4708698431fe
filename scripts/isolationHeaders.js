// Sent wherever the page is served (dev, preview, tests). With them a page is cross-origin isolated: WASM threads
// share one memory, and performance.now() steps by 5 µs instead of 100 µs. The built folder's `_headers` and its service
// worker have them from here.
export const isolationHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  // All that is served is public; an isolated page that embeds this one needs it.
  'Cross-Origin-Resource-Policy': 'cross-origin',
};
