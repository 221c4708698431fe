import { readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { firstScreenPlugin } from './scripts/firstScreenPlugin.js';
import { isolationHeaders } from './scripts/isolationHeaders.js';
import { mapFilePlugin } from './scripts/mapFilePlugin.js';
import { documentPolicyPlugin, securityHeaders } from './scripts/securityHeaders.js';
import { serviceWorkerPlugin } from './scripts/serviceWorkerPlugin.js';

/**
 * transformers.js reads configs here and runs no model: the runtime that it imports is the one that our engine has, so
 * that its own, 27 MB of WASM, isn't served beside it.
 */
const oneRuntime: Plugin = {
  name: 'one-onnxruntime',
  enforce: 'pre',
  resolveId(source, importer) {
    const isTheirs = importer?.includes('@huggingface/transformers') ?? false;
    return isTheirs && source === 'onnxruntime-web/webgpu' ? this.resolve('onnxruntime-web/wasm') : null;
  },
};

/** Version, public address and source: package.json is their one place. */
const project: { version: string; homepage: string; repository: string } = JSON.parse(
  readFileSync(new URL('package.json', import.meta.url), 'utf8'),
);

/** What a pasted link unfurls as; its picture needs the page's public address. */
const unfurling: Plugin = {
  name: 'unfurling',
  transformIndexHtml: () => {
    const address = project.homepage.replace(/\/?$/, '/');
    if (address === '/') return [];
    const meta = (property: string, content: string) => ({ tag: 'meta', attrs: { property, content } });
    return [meta('og:url', address), meta('og:image', `${address}preview.png`)];
  },
};

/** Files of a project share their modules unless it is isolated: what they import is read once a core, not once a file. */
const testProject = (name: string, include: string[], exclude: string[] = [], isolate = false) => ({
  extends: true as const,
  test: {
    name,
    environment: 'node',
    include,
    exclude,
    isolate,
    setupFiles: ['tests/support/seededProperties.ts'],
  },
});

export default defineConfig({
  plugins: [
    react(),
    oneRuntime,
    unfurling,
    mapFilePlugin(),
    firstScreenPlugin(),
    documentPolicyPlugin(),
    serviceWorkerPlugin(),
  ],
  // Relative, so that the built page also works from a folder of a static host.
  base: './',
  server: { headers: isolationHeaders },
  preview: { headers: { ...isolationHeaders, ...securityHeaders } },
  worker: {
    format: 'es',
    rolldownOptions: {
      output: {
        codeSplitting: {
          // Beside a worker's entry, not in it: what is fetched later shares these, and WebKit runs an entry a second time where a
          // module imports it.
          groups: [{ name: 'work', tags: ['$initial'], test: /^(?!.*\.worker\.ts)/, minSize: 300_000 }],
        },
      },
    },
  },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // A file of its own: other modules wait for it before they run, and would run ahead of it in one file.
            { name: 'afterFirstPaint', test: /[\\/]afterFirstPaint\.ts$/, priority: 3 },
            // What the first view needs is one file: cut up by what later parts share with it, it would compress worse, and each part
            // would list all the pieces.
            { name: 'index', tags: ['$initial'], priority: 2 },
            // So is what later parts share: a dozen requests less for the parts that are fetched once the page is idle.
            { name: 'shared', test: /[\\/]src[\\/]/, minShareCount: 2, priority: 1 },
          ],
        },
      },
    },
  },
  define: {
    __APP_VERSION__: JSON.stringify(project.version),
    __APP_ADDRESS__: JSON.stringify(project.homepage),
    __APP_SOURCE__: JSON.stringify(project.repository),
  },
  test: {
    // All cores: Vitest leaves one alone, which halves the pace of two.
    maxWorkers: '100%',
    // No test is about time; a busy machine may take long over the large made-up models.
    testTimeout: 120_000,
    // A busy machine may miss a wait once; what fails twice is broken.
    retry: process.env.CI ? 1 : 0,
    projects: [
      // `npm run test:fast` runs these alone.
      testProject('unit', ['tests/unit/**/*.test.ts'], ['tests/unit/**/*.{slow,mocked}.test.ts']),
      // Many heads in float64, many variants, many bytes: seconds each.
      testProject('slow', ['tests/unit/**/*.slow.test.ts']),
      // These replace modules, so each file has modules of its own.
      testProject('mocked', ['tests/unit/**/*.mocked.test.ts'], [], true),
    ],
  },
});
