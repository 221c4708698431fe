// `npm run measure:first-paint`: how long after navigation the sample's map is painted, in a browser that knows nothing of the page
// yet: with a processor a quarter as fast, and over a line of 1.6 Mbit/s with 150 ms. Medians, with their spread.
//   --runs N (5)
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { findOrInstallBrowser } from './findBrowser.js';
import { measurePage } from './measuredPage.js';
import { createLine } from './network/line.ts';

const { values: options } = parseArgs({ options: { runs: { type: 'string', default: '5' } } });
const CASES = [
  { name: 'a processor a quarter as fast', slowdown: 4, bound: 1000 },
  { name: '1.6 Mbit/s, 150 ms', line: [150, 1.6e6], bound: 3000 },
];

/** In the page, before its own scripts: notes when the first map's cells are on the screen, ms after navigation. */
function watch() {
  const isDrawn = () => {
    const canvas = document.querySelector('[role=grid] canvas, canvas[role=grid]');
    if (canvas === null || canvas.width === 0) return false;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const colours = new Set();
    for (let at = 0; at < data.length; at += 4 * 97)
      if (data[at + 3] === 255) colours.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
    // Cells of many colours, not the ground alone.
    return colours.size > 8;
  };
  const look = () => {
    if (!isDrawn()) return requestAnimationFrame(look);
    // A message posted from an animation frame arrives after that frame was painted.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      window.mapPaintedAt = performance.now();
    };
    port2.postMessage(null);
  };
  requestAnimationFrame(look);
}

const ms = (value) => `${value.toFixed(0)} ms`;

await measurePage(async ({ address }) => {
  const times = CASES.map(() => []);
  for (let run = 0; run < Number(options.runs); run++)
    for (const [at, { slowdown, line }] of CASES.entries())
      times[at].push(await paintedAt(address, slowdown, line));
  for (const [at, { name, bound }] of CASES.entries()) {
    const sorted = times[at].toSorted((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)];
    console.log(
      `${name}: the sample's map is painted ${ms(median)} after navigation (${ms(sorted[0])} to ${ms(sorted.at(-1))}); at most ${ms(bound)}: ${median <= bound ? 'within' : 'OVER'}`,
    );
    if (median > bound) process.exitCode = 1;
  }
});

async function paintedAt(address, slowdown, speed) {
  const browser = await chromium.launch({
    executablePath: findOrInstallBrowser(),
    args: ['--enable-unsafe-webgpu'],
  });
  const line = speed === undefined ? null : createLine(...speed);
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, serviceWorkers: 'block' });
    await page.addInitScript(watch);
    const client = await page.context().newCDPSession(page);
    if (slowdown !== undefined) await client.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
    const url = new URL(address);
    if (line !== null) url.port = await line.to(Number(url.port));
    await page.goto(url.href);
    await page.waitForFunction(() => window.mapPaintedAt !== undefined);
    return await page.evaluate(() => window.mapPaintedAt);
  } finally {
    await browser.close();
    line?.close();
  }
}
