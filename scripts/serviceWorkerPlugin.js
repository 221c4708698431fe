// Ends a build: writes the service worker, with the list of the page's files stamped in, and `_headers` for hosts that read it.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { build } from 'vite';
import { isolationHeaders } from './isolationHeaders.js';
import { securityHeaders } from './securityHeaders.js';

const WORKER = 'serviceWorker.js';
/** Hosts and crawlers read these; the page doesn't. */
const NOT_OF_THE_PAGE = new Set(['index.html', WORKER, '_headers', 'preview.png', '.nojekyll']);
/** onnxruntime's: 41 MB, which few visitors use. */
const SAVED_ON_USE = /^assets\/ort[-.]/;

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** What the worker knows of a built folder (src/serviceWorker/requests.ts: Build). */
export function describeBuild(folder) {
  const html = readFileSync(join(folder, 'index.html'));
  // The bundler's own runtime may stand before it, which is the same in many versions.
  const entry = [...html.toString().matchAll(/<script type="module"[^>]* src="\.\/([^"]+)"/g)].at(-1)?.[1];
  if (entry === undefined) throw new Error(`${folder}/index.html names no script.`);
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .map((item) => join(item.parentPath, item.name).slice(join(folder, sep).length).split(sep).join('/'))
    .filter((name) => !NOT_OF_THE_PAGE.has(name));
  const files = names.sort().map((path) => {
    const bytes = readFileSync(join(folder, path));
    return { path, sha256: sha256(bytes), bytes: bytes.length, isSavedOnUse: SAVED_ON_USE.test(path) };
  });
  const version = sha256(JSON.stringify([sha256(html), files])).slice(0, 12);
  const fileHeaders = { ...isolationHeaders, ...securityHeaders };
  return { version, entry, files, isolationHeaders, fileHeaders };
}

/** `_headers`, as Netlify and Cloudflare Pages read it. */
export function headersFile() {
  const rule = (path, headers) =>
    [path, ...Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`), ''].join('\n');
  return [
    rule('/*', { ...isolationHeaders, ...securityHeaders }),
    '# The names of these change with what they hold.',
    rule('/assets/*', { 'Cache-Control': 'public, max-age=31536000, immutable' }),
    rule(`/${WORKER}`, { 'Cache-Control': 'no-cache' }),
  ].join('\n');
}

/** @returns {import('vite').Plugin} */
export function serviceWorkerPlugin() {
  let config;
  return {
    name: 'service-worker',
    apply: 'build',
    configResolved(resolved) {
      config = resolved;
    },
    closeBundle: {
      order: 'post',
      sequential: true,
      async handler() {
        const folder = join(config.root, config.build.outDir);
        writeFileSync(join(folder, '_headers'), headersFile());
        await build({
          configFile: false,
          root: config.root,
          logLevel: 'warn',
          publicDir: false,
          define: { __BUILD__: JSON.stringify(describeBuild(folder)) },
          build: {
            outDir: folder,
            emptyOutDir: false,
            target: 'es2022',
            modulePreload: false,
            rolldownOptions: {
              input: join(config.root, 'src/serviceWorker/serviceWorker.ts'),
              output: { format: 'iife', entryFileNames: WORKER },
            },
          },
        });
      },
    },
  };
}
