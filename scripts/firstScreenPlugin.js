// Puts the page's first screen into a built index.html as markup (src/firstScreen), so that the sample's maps are painted before any
// script runs; and what its styles need into the page's stylesheet.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';

const MODULE = 'virtual:first-screen.css';
const RESOLVED = `\0${MODULE}`;
const NOTHING = '\0nothing';
/** The last of what index.html has in #root. */
const BEFORE = '</p>\n    </div>';

/**
 * Renders the first screen of the page in a folder.
 * @param {string} root
 * @param {object} define Vite's
 * @returns {Promise<{ html: string, css: string }>} its markup, and the rules that go with it
 */
export async function renderFirstScreen(root, define) {
  const room = join(root, 'src/firstScreen');
  const { output } = await build({
    configFile: false,
    root,
    define,
    logLevel: 'error',
    publicDir: false,
    plugins: [withoutWindow(room)],
    build: {
      ssr: true,
      write: false,
      rolldownOptions: { input: join(room, 'firstScreen.tsx'), output: { codeSplitting: false } },
    },
  });
  // Beside the packages that it imports.
  const folder = mkdtempSync(join(root, 'node_modules/.first-screen-'));
  const { matchMedia } = globalThis;
  // Modules of the page ask for it as they are loaded.
  globalThis.matchMedia = () => ({ matches: false });
  try {
    const file = join(folder, 'firstScreen.mjs');
    writeFileSync(file, output[0].code);
    return (await import(pathToFileURL(file).href)).firstScreen();
  } finally {
    globalThis.matchMedia = matchMedia;
    rmSync(folder, { recursive: true });
  }
}

/** Replaces the files of src/ui that ask a window or draw on a canvas. Styles and what an exported page holds are the build's. */
function withoutWindow(room) {
  return {
    name: 'without-window',
    enforce: 'pre',
    resolveId(source, importer) {
      if (source.endsWith('.css') || source.startsWith('virtual:')) return NOTHING;
      const file = join(room, basename(source));
      const isOfPage = importer?.includes(`${sep}ui${sep}`) && source.startsWith('.');
      return isOfPage && existsSync(file) ? file : null;
    },
    load: (id) => (id === NOTHING ? '' : null),
  };
}

/** @returns {import('vite').Plugin} */
export function firstScreenPlugin() {
  let config;
  let rendering;
  const render = () => {
    rendering ??= renderFirstScreen(config.root, config.define);
    return rendering;
  };
  return {
    name: 'first-screen',
    configResolved(resolved) {
      config = resolved;
    },
    resolveId: (id) => (id === MODULE ? RESOLVED : null),
    async load(id) {
      if (id !== RESOLVED) return null;
      return config.command === 'build' ? (await render()).css : '';
    },
    async transformIndexHtml(html) {
      if (config.command !== 'build') return html;
      if (!html.includes(BEFORE)) throw new Error('index.html has no place for the first screen.');
      const { html: screen } = await render();
      // The mark after it says that it is all there: browsers that know of `expect` lay nothing out before, others go by firstScreen.css.
      const whole = `<div class="first-screen" inert>${screen}</div><i hidden id="first-screen-end"></i>`;
      return html
        .replace('</head>', `  <link rel="expect" href="#first-screen-end" blocking="render" />\n  </head>`)
        .replace(BEFORE, () => `</p>\n      ${whole}\n    </div>`);
    },
  };
}
