// `npm run build:cli`: dist-cli/, which the packed package is made of: the command line, the library for Node and for browsers, its
// types.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { writeTypes } from './libraryTypes.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = `${ROOT}dist-cli`;
const { version, homepage, repository, dependencies } = JSON.parse(
  readFileSync(`${ROOT}package.json`, 'utf8'),
);

/**
 * onnxruntime-web's engines are the page's alone: they weigh 40 MB. Whoever asks for one is told.
 * @type {import('vite').Plugin}
 */
const withoutOrt = {
  name: 'without-onnxruntime',
  enforce: 'pre',
  load(id) {
    const [, name] = /\/engines\/ort\/ort(WebGpu|Wasm)Engine\.ts$/.exec(id) ?? [];
    return (
      name &&
      `export function createOrt${name}Engine() { throw new Error('this engine is the page’s alone'); }`
    );
  },
};

/** @type {import('vite').UserConfig} */
const SHARED = {
  root: ROOT,
  configFile: false,
  publicDir: false,
  logLevel: 'warn',
  plugins: [withoutOrt],
  define: {
    __APP_VERSION__: JSON.stringify(version),
    __APP_ADDRESS__: JSON.stringify(homepage),
    __APP_SOURCE__: JSON.stringify(repository),
  },
};

/** Builds all; types take longest, and tests that need none leave them out, or the browser's part. */
export async function buildCli({ types = true, browser = true, outDir = OUT } = {}) {
  rmSync(outDir, { recursive: true, force: true });
  const external = Object.keys(dependencies);
  await build({
    ...SHARED,
    // What the page takes of these packages is part of the files; the others are installed with the package.
    ssr: { target: 'node', noExternal: true, external },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: false,
      target: 'node20',
      minify: false,
      rolldownOptions: {
        input: {
          qkscope: 'src/cli/qkscope.ts',
          node: 'src/node/library.ts',
          wasmThread: 'src/node/wasmThread.ts',
        },
        // All lie in one folder: a thread's file is found beside whichever asks for it.
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'part-[name]-[hash].js' },
      },
    },
  });
  if (browser) await buildForBrowsers(outDir);
  if (types) {
    execFileSync(
      process.execPath,
      [`${ROOT}node_modules/typescript/bin/tsc`, '-p', `${ROOT}tsconfig.library.json`],
      {
        stdio: 'inherit',
      },
    );
    writeTypes(`${outDir}/types`, ['node/library.d.ts', 'library/browser.d.ts', 'widget/widget.d.ts']);
  }
}

/** The library for browsers, with all that it takes: a page without a bundler imports it as it is. */
export async function buildForBrowsers(outDir = OUT) {
  await build({
    ...SHARED,
    base: './',
    worker: { format: 'es', plugins: () => [withoutOrt] },
    build: {
      outDir: `${outDir}/browser`,
      emptyOutDir: false,
      target: 'es2022',
      minify: false,
      lib: { entry: 'src/library/browser.ts', formats: ['es'], fileName: 'browser' },
      rolldownOptions: { output: { chunkFileNames: 'part-[name]-[hash].js' } },
    },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildCli();
