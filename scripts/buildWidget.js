// `npm run build:widget`: dist-widget/widget.js, one module without imports, which notebooks and pages load as it is. Its style is a
// string in it: the widget puts that into shadow trees, and nothing into the page.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const STYLE = '__WIDGET_STYLE__';

/** @returns the path of the module */
export async function buildWidget({ outDir = `${ROOT}dist-widget` } = {}) {
  const { version, homepage, repository } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));
  const { output } = await build({
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    publicDir: false,
    define: {
      __APP_VERSION__: JSON.stringify(version),
      __APP_ADDRESS__: JSON.stringify(homepage),
      __APP_SOURCE__: JSON.stringify(repository),
    },
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      cssCodeSplit: false,
      rolldownOptions: {
        input: `${ROOT}src/widget/widget.ts`,
        preserveEntrySignatures: 'strict',
        output: { format: 'es', codeSplitting: false },
      },
    },
  });
  const [chunk, ...others] = output.filter(({ type }) => type === 'chunk');
  const style = output.find(({ fileName }) => fileName.endsWith('.css')).source.toString();
  if (others.length > 0 || chunk.imports.length > 0 || chunk.code.split(STYLE).length !== 2)
    throw new Error('The widget isn’t one module with one style.');
  const code = chunk.code.replace(STYLE, () => JSON.stringify(style.trim()));
  mkdirSync(outDir, { recursive: true });
  const path = `${outDir}/widget.js`;
  writeFileSync(path, code);
  return path;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const bytes = readFileSync(await buildWidget());
  const kB = (length) => `${(length / 1000).toFixed(0)} kB`;
  console.log(`dist-widget/widget.js: ${kB(bytes.length)}, ${kB(gzipSync(bytes).length)} gzipped`);
}
