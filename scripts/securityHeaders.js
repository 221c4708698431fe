// What the page may load, run and reach, and what its host says of it: the one place of the policy. The preview server,
// `_headers` and the service worker send the headers; a build writes what a document may say of itself into index.html, for hosts
// that send none. The development server sends none of it, since Vite runs inline scripts there.

const DIRECTIVES = {
  'default-src': "'self'",
  // WebAssembly is compiled; no text is run as code.
  'script-src': "'self' 'wasm-unsafe-eval'",
  'worker-src': "'self'",
  'style-src': "'self'",
  // Figures become PNG by way of a blob.
  'img-src': "'self' blob: data:",
  // Any hub or mirror that the user names, and the hosts that it sends downloads to.
  'connect-src': "'self' https: http://127.0.0.1:* http://localhost:*",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
  // Scripts' addresses pass src/worker/scriptPolicy.ts alone; no text becomes markup or code.
  'require-trusted-types-for': "'script'",
  'trusted-types': 'default',
};

const write = (directives) =>
  Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');

/** The policy as a document may give it to itself. */
export const documentPolicy = write(DIRECTIVES);

/** Sent with every file of the built page. Browsers hear of `frame-ancestors` by a header alone: anyone may embed a map. */
export const securityHeaders = {
  'Content-Security-Policy': write({ ...DIRECTIVES, 'frame-ancestors': '*' }),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
};

const CHARSET = '<meta charset="utf-8" />';

/**
 * Writes the policy into a built page, before anything that it loads.
 * @returns {import('vite').Plugin}
 */
export function documentPolicyPlugin() {
  return {
    name: 'document-policy',
    apply: 'build',
    transformIndexHtml(html) {
      if (!html.includes(CHARSET)) throw new Error(`index.html has no ${CHARSET}, which the policy follows.`);
      const metas = [
        `<meta http-equiv="Content-Security-Policy" content="${documentPolicy}" />`,
        '<meta name="referrer" content="no-referrer" />',
      ];
      return html.replace(CHARSET, [CHARSET, ...metas].join('\n    '));
    },
  };
}
