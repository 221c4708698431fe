// Builds what an exported page holds beside its values (src/mapFile): its script and its style, with the hashes by which the page's
// Content-Security-Policy allows these two and nothing else. They are strings of a module, fetched when such a page is exported.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { build } from 'vite';

const MODULE = 'virtual:map-file';
/** Chunks are named by the last part of their path; some hosts leave out files whose names begin with "_". */
const RESOLVED = `\0${MODULE}/mapFile.js`;

/** A source of script-src or style-src for an inline element: 'sha256-…' (CSP 3, §2.3.1). */
const hashSource = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * A script that may stand between <script> and </script> (HTML, §4.12.1.3): in its strings no "<" begins what ends or hides it.
 * @throws SyntaxError where one stood outside of a string
 */
export function inlineScript(script) {
  const fitting = script.replace(/<(?=\/?script|!--)/gi, '\\x3c').trim();
  // It is parsed, not run.
  new Function(fitting);
  return fitting;
}

async function buildMapFile({ root, define }) {
  const { output } = await build({
    configFile: false,
    root,
    // It warns of import.meta, which vite's loader of chunks has and one file doesn't need.
    logLevel: 'error',
    publicDir: false,
    define,
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      cssCodeSplit: false,
      rolldownOptions: {
        input: join(root, 'src/mapFile/mapFile.tsx'),
        output: { format: 'iife', codeSplitting: false },
      },
    },
  });
  const code = output.find(({ type, isEntry }) => type === 'chunk' && isEntry).code;
  const style = output.find(({ fileName }) => fileName.endsWith('.css')).source.toString();
  return { script: inlineScript(code), style };
}

/** @returns {import('vite').Plugin} */
export function mapFilePlugin() {
  let config;
  return {
    name: 'map-file',
    configResolved(resolved) {
      config = resolved;
    },
    resolveId: (id) => (id === MODULE ? RESOLVED : null),
    async load(id) {
      if (id !== RESOLVED) return null;
      const { script, style } = await buildMapFile(config);
      const values = { script, style, scriptSource: hashSource(script), styleSource: hashSource(style) };
      return Object.entries(values)
        .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`)
        .join('\n');
    },
  };
}
