// `npm run measure:grid`: opens a generated model of 126 layers × 128 heads in the built page and prints how long the page is
// busy while its cells fill (long tasks), how long a hover takes until its tip is on the screen, and how panning goes.
//   --engine NAME   wasm (default), webgpu, ort-wasm or reference
//   --moves N       hovers to time (300)
import { parseArgs } from 'node:util';
import { manyHeads } from './largeCheckpoints.js';
import { measurePage, openFiles } from './measuredPage.js';

const { values: options } = parseArgs({
  options: { engine: { type: 'string', default: 'wasm' }, moves: { type: 'string', default: '300' } },
});
/** A frame, and what the browser calls a long task, ms. */
const [FRAME_MS, LONG_MS] = [16, 50];

/** In the page, before its own scripts: records long tasks, and what each pointer move takes. */
function watch() {
  window.longTasks = [];
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) window.longTasks.push({ startTime, duration });
  }).observe({ type: 'longtask' });
  window.hovers = [];
  let waiting = null;
  // In the capturing phase of the window: before any handler of the page.
  window.addEventListener(
    'pointermove',
    (event) => {
      waiting = { at: event.timeStamp, before: document.querySelector('.tip')?.textContent };
    },
    { capture: true },
  );
  new MutationObserver(() => {
    const tip = document.querySelector('.tip')?.textContent;
    if (waiting === null || tip === undefined || tip === waiting.before) return;
    const { at } = waiting;
    waiting = null;
    const inDom = performance.now() - at;
    // A message posted from an animation frame arrives after that frame was painted.
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => window.hovers.push({ inDom, painted: performance.now() - at });
      port2.postMessage(null);
    });
  }).observe(document, { subtree: true, childList: true, characterData: true });
}

const ms = (value) => `${value.toFixed(1)} ms`;
const sorted = (values) => [...values].sort((a, b) => a - b);
const median = (values) => sorted(values)[Math.floor(values.length / 2)] ?? Number.NaN;
const worst = (values) => sorted(values).at(-1) ?? 0;

/** One line, and a failing exit code where a bound is missed. */
function report(name, text, isWithin) {
  console.log(`${name}: ${text}${isWithin === undefined ? '' : isWithin ? ': within' : ': OVER'}`);
  if (isWithin === false) process.exitCode = 1;
}

/** What must have none says so; the rest is told. */
function reportTasks(name, tasks, mustHaveNone = false) {
  const durations = tasks.map(({ duration }) => duration);
  const text = `${durations.length} long tasks over ${LONG_MS} ms, the longest ${ms(worst(durations))}`;
  report(name, text, mustHaveNone ? durations.length === 0 : undefined);
}

await measurePage(async ({ folder, open }) => {
  const model = manyHeads(folder);
  const { page } = await open(options.engine, watch);

  const from = await page.evaluate(() => performance.now());
  const since = (start) =>
    page.evaluate((at) => window.longTasks.filter(({ startTime }) => startTime >= at), start);
  await openFiles(page, model);
  const grid = page.getByRole('grid', { name: /many|model/ }).first();
  await page.waitForTimeout(500);
  reportTasks(`${model.name}, cells filling`, await since(from), true);
  console.log(`  ${await page.getByRole('contentinfo').textContent()}`);

  const box = await grid.boundingBox();
  await page.evaluate(() => window.hovers.splice(0));
  const hoverFrom = await page.evaluate(() => performance.now());
  // Across the map in odd steps, so that no two moves are alike; each waits for its frame.
  for (let move = 0; move < Number(options.moves); move++) {
    const [x, y] = [80 + ((move * 37) % 380), 60 + ((move * 53) % 380)];
    await page.mouse.move(box.x + x, box.y + y);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 10))));
  }
  const hovers = await page.evaluate(() => window.hovers);
  const [inDom, painted] = [hovers.map((hover) => hover.inDom), hovers.map((hover) => hover.painted)];
  report(
    'hover to tip, written',
    `median ${ms(median(inDom))}, worst ${ms(worst(inDom))} of ${hovers.length}`,
    hovers.length > 0 && median(inDom) < FRAME_MS,
  );
  report(
    'hover to tip, painted',
    `median ${ms(median(painted))}, worst ${ms(worst(painted))}; the wait for the screen's next frame is in it`,
  );
  reportTasks('hovering', await since(hoverFrom));

  const panFrom = await page.evaluate(() => performance.now());
  await grid.focus();
  for (let step = 0; step < 3; step++) await page.keyboard.press('+');
  await page.waitForTimeout(300);
  await page.evaluate(() => {
    window.frames_ = [];
    let last = performance.now();
    const tick = (now) => {
      window.frames_.push(now - last);
      last = now;
      window.ticking = requestAnimationFrame(tick);
    };
    window.ticking = requestAnimationFrame(tick);
  });
  await page.mouse.move(box.x + 200, box.y + 200);
  for (let step = 0; step < 60; step++) {
    await page.mouse.wheel(step % 2 === 0 ? 40 : 0, 30);
    await page.waitForTimeout(16);
  }
  const frames = await page.evaluate(() => {
    cancelAnimationFrame(window.ticking);
    return window.frames_.slice(1);
  });
  report(
    'panning',
    `frames of ${ms(median(frames))} in the median, the worst ${ms(worst(frames))}`,
    median(frames) < 2 * FRAME_MS,
  );
  reportTasks('zooming and panning', await since(panFrom));
});
