// `npm run measure:first-paint`: how long after navigation the sample's map is painted, in a browser that knows nothing of the page
// yet: with a processor a quarter as fast, and over a line of 1.6 Mbit/s with 150 ms. Medians, with their spread.
//   --runs N (5)
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { browserArguments } from './browserArguments.js';
import { findOrInstallBrowser } from './findBrowser.js';
import { measurePage } from './measuredPage.js';
import { createLine } from './network/line.ts';

const { values: options } = parseArgs({ options: { runs: { type: 'string', default: '5' } } });
const CASES = [
  { name: 'a processor a quarter as fast', slowdown: 4, bound: 1000 },
  { name: '1.6 Mbit/s, 150 ms', line: [150, 1.6e6], bound: 3000 },
];

/**
 * In the page, before its own scripts: notes when anything is painted first, and that the cells of both maps were laid out for that
 * frame, ms after navigation. On a busy machine the page's own maps may have taken the place of the first ones before the first look.
 */
function watch() {
  const lastCell = () => {
    const maps = document.querySelectorAll('.first-cells, canvas.map-cells');
    return maps.length === 2 ? (maps[1].lastElementChild ?? maps[1]) : null;
  };
  const look = () => {
    const { width, bottom } = lastCell()?.getBoundingClientRect() ?? { width: 0, bottom: 0 };
    if (width > 20 && bottom <= innerHeight) window.cellsLaidOut = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  new PerformanceObserver((list) => {
    const [entry] = list.getEntriesByName('first-contentful-paint');
    if (entry !== undefined) window.painted = entry.startTime;
  }).observe({ type: 'paint', buffered: true });
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
    // Without the page that a new window loads for the popup of its address bar, two seconds of a core.
    args: browserArguments,
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
    await page.waitForFunction(() => window.painted !== undefined && window.cellsLaidOut !== undefined);
    const { painted, cellsLaidOut } = await page.evaluate(() => ({
      painted: window.painted,
      cellsLaidOut: window.cellsLaidOut,
    }));
    if (cellsLaidOut > painted) throw new Error('Something was painted before the maps were.');
    return painted;
  } finally {
    await browser.close();
    line?.close();
  }
}
