// Starts Firefox anew again and again, gives the built, isolated page a file of 8.5 MB, and counts the maps. Every second file comes
// while the sample is still being scored. (Workers started by workers made one in eight of these hang.)
//   --starts N      how often (200)
//   --dist FOLDER   a page that is built already; else it is built
//   --patience N    seconds until a start counts as failed (120)
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import puppeteer from 'puppeteer-core';
import { build, preview } from 'vite';
import { smallLlama } from '../largeCheckpoints.js';
import { findFirefox } from '../otherBrowsers.js';

const { values: options } = parseArgs({
  options: {
    starts: { type: 'string', default: '200' },
    dist: { type: 'string' },
    patience: { type: 'string', default: '120' },
  },
});
const firefox = findFirefox();
if (firefox === null) {
  console.log('No Firefox found (QKSCOPE_FIREFOX can name one): this step is left out.');
  process.exit(process.env.CI ? 1 : 0);
}

const folder = mkdtempSync(join(tmpdir(), 'qkscope-soak-'));
const outDir = options.dist ?? join(folder, 'dist');
if (options.dist === undefined) await build({ logLevel: 'warn', build: { outDir } });
const server = await preview({ build: { outDir }, preview: { port: 0, host: 'localhost' } });
const url = server.resolvedUrls.local[0];
const { files, layers } = smallLlama(folder);
const starts = Number(options.starts);
const failures = [];
let slowest = 0;

/** null, or what the status line said when patience ran out. */
async function startOnce(isEarly) {
  const browser = await puppeteer.launch({ browser: 'firefox', executablePath: firefox, headless: true });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    const timeout = 1000 * Number(options.patience);
    const input = await page.waitForSelector('input[type=file]', { timeout });
    const status = () => page.evaluate(() => document.querySelector('footer')?.innerText ?? '');
    const scored = (text) =>
      page.waitForFunction(
        (wanted) => {
          const said = document.querySelector('footer')?.innerText ?? '';
          return said.includes(wanted) && /\d m?s\s*$/.test(said);
        },
        { timeout },
        text,
      );
    if (!(await page.evaluate(() => globalThis.crossOriginIsolated))) return 'the page is not isolated';
    if (!isEarly) await scored('×');
    const began = Date.now();
    await input.uploadFile(...files);
    const failed = await scored(`${layers} ×`).then(
      () => null,
      async () => (await status()).replaceAll('\n', ' '),
    );
    slowest = Math.max(slowest, Date.now() - began);
    return failed;
  } catch (error) {
    return String(error);
  } finally {
    await browser.close();
  }
}

try {
  for (let at = 0; at < starts; at++) {
    const failed = await startOnce(at % 2 === 0);
    if (failed !== null) {
      failures.push(failed);
      console.log(`start ${at + 1}: no map. ${failed}`);
    }
    if ((at + 1) % 10 === 0) console.log(`${at + 1 - failures.length} maps of ${at + 1} starts`);
  }
} finally {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
const maps = starts - failures.length;
console.log(
  `Firefox, fresh starts on the isolated page with a file of 8.5 MB: ${maps} maps of ${starts}; the slowest took ${(slowest / 1000).toFixed(1)} s.`,
);
process.exitCode = failures.length === 0 ? 0 : 1;
