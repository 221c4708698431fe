// `npm run measure:gallery`: opens a made-up sweep in the built page, and prints how long it takes until models are shown, and how
// long the page is busy while the gallery is scrolled, panned, enlarged and pointed at.
//   --models N    models in the Parquet file (10,000), of 10 × 10 heads each
//   --folder N    models of a folder of JSON files, as `qkscope sweep` writes it (10,000)
// Of the folder, memory too: what the page's process takes above the idle page, at most and once all is read. (Linux only.)
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from '@playwright/test';
import { createParquetFile } from '../src/cli/parquet.ts';
import { madeUpResult } from './collection/generateModels.ts';
import { measurePage } from './measuredPage.js';
import { rendererBytes } from './memory/rendererMemory.js';

const { values: options } = parseArgs({
  options: { models: { type: 'string', default: '10000' }, folder: { type: 'string', default: '10000' } },
});
const [MODELS, FILES] = [Number(options.models), Number(options.folder)];
/** What the browser calls a long task, and until when models must be shown, ms. */
const [LONG_MS, SHOWN_MS] = [50, 2000];

/** What the page's process may take for the folder: a million heads are 20 MB, twice while a part is joined. */
const FOLDER_BYTES = 256e6;
const mb = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;

/** What measurePage hands on. */
interface MeasuredPage {
  readonly folder: string;
  open(engine: string, before?: () => void): Promise<{ page: Page; close: () => Promise<void> }>;
}

interface Watched extends Window {
  longTasks: { startTime: number; duration: number }[];
}

/** In the page, before its own scripts: long tasks, and when files were chosen, by whichever input. */
function watch() {
  const markChoice = () => performance.mark('opened');
  const { click } = HTMLInputElement.prototype;
  HTMLInputElement.prototype.click = function () {
    this.addEventListener('change', markChoice, { capture: true, once: true });
    click.call(this);
  };
  const tasks: Watched['longTasks'] = [];
  (window as unknown as Watched).longTasks = tasks;
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) tasks.push({ startTime, duration });
  }).observe({ type: 'longtask' });
}

const nowIn = (page: Page) => page.evaluate(() => performance.now());

/** Runs something in the page and prints the long tasks meanwhile. */
async function timed(page: Page, name: string, mustHaveNone: boolean, act: () => Promise<void>) {
  const from = await nowIn(page);
  await act();
  await page.waitForTimeout(300);
  const tasks = await page.evaluate((at) => {
    // What the browser does before it hands the files over isn't the page's.
    const [opened] = performance.getEntriesByName('opened');
    const since = Math.max(at, opened?.startTime ?? 0);
    return (window as unknown as Watched).longTasks.filter(({ startTime }) => startTime >= since);
  }, from);
  const longest = Math.max(0, ...tasks.map(({ duration }) => duration));
  const isWithin = tasks.length === 0 ? ': within' : mustHaveNone ? ': OVER' : '';
  if (mustHaveNone && tasks.length > 0) process.exitCode = 1;
  console.log(
    `${name}: ${tasks.length} tasks over ${LONG_MS} ms, the longest ${longest.toFixed(0)} ms${isWithin}`,
  );
}

async function openIn(page: Page, choose: () => Promise<void>, what: string, models: number) {
  const shown = page
    .getByRole('listbox', { name: /^Models/ })
    .getByRole('option')
    .first();
  await choose();
  await shown.waitFor({ timeout: 60_000 });
  const first = await page.evaluate(
    () => performance.now() - performance.getEntriesByName('opened')[0]!.startTime,
  );
  await page.getByText(`${models.toLocaleString('en')} models,`).waitFor({ timeout: 600_000 });
  await page.waitForFunction(
    () => !/% read/.test(document.querySelector('.collection-head')?.textContent ?? ''),
    null,
    {
      timeout: 600_000,
    },
  );
  const all = await page.evaluate(
    () => performance.now() - performance.getEntriesByName('opened')[0]!.startTime,
  );
  if (first > SHOWN_MS) process.exitCode = 1;
  console.log(
    `${what}: first models after ${first.toFixed(0)} ms${first > SHOWN_MS ? ': OVER' : ': within'}, all ${models} after ${all.toFixed(0)} ms`,
  );
}

async function chooseFile(page: Page, file: string) {
  const input = page.locator('input[type=file]').first();
  await input.evaluate((element) =>
    element.addEventListener('change', () => performance.mark('opened'), { capture: true, once: true }),
  );
  await input.setInputFiles(file);
}

async function chooseFolder(page: Page, folder: string) {
  await page.getByRole('combobox', { name: 'Model' }).focus();
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'a folder…' }).click(),
  ]);
  await chooser.setFiles(folder);
}

/** The folder that a sweep leaves. */
function writeSweep(results: string, models: number) {
  mkdirSync(results);
  for (let index = 0; index < models; index++) {
    const result = madeUpResult(index);
    const { id, sha } = result.model;
    writeFileSync(join(results, `${id.replace('/', '--')}@${sha}.json`), JSON.stringify(result));
  }
  writeFileSync(join(results, 'sweep.settings.json'), '{}');
}

await measurePage(async ({ folder, open }: MeasuredPage) => {
  const parquet = createParquetFile();
  for (let index = 0; index < MODELS; index++) parquet.add([madeUpResult(index)]);
  const file = join(folder, 'heads.parquet');
  writeFileSync(file, parquet.finish());
  const results = join(folder, 'results');
  writeSweep(results, FILES);

  const { page, close } = await open('wasm', watch);
  await timed(page, 'opening', false, () =>
    openIn(page, () => chooseFile(page, file), `Parquet of ${MODELS} models`, MODELS),
  );
  const tiles = page.getByRole('listbox', { name: /^Models/ });
  const box = (await tiles.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await timed(page, 'scrolling the maps', true, async () => {
    for (let step = 0; step < 60; step++) {
      await page.mouse.wheel(0, step < 40 ? 240 : 20_000);
      await page.waitForTimeout(16);
    }
  });
  await timed(page, 'searching', false, () => page.getByLabel('Search models').pressSequentially('bert-12'));
  await page.getByLabel('Search models').fill('');
  for (const layout of ['Models', 'Heads']) {
    await timed(page, `${layout}: first drawn`, false, async () => {
      await page.getByRole('radio', { name: layout, exact: true }).check({ force: true });
      await page.waitForTimeout(1500);
    });
    const plot = (await page.locator('.plot-points').boundingBox())!;
    const at = (x: number, y: number) => page.mouse.move(plot.x + plot.width * x, plot.y + plot.height * y);
    await timed(page, `${layout}: pointing`, true, async () => {
      for (let step = 0; step < 200; step++) {
        await at(0.1 + ((step * 37) % 80) / 100, 0.1 + ((step * 53) % 80) / 100);
        await page.waitForTimeout(8);
      }
    });
    await timed(page, `${layout}: enlarging and panning`, true, async () => {
      await at(0.5, 0.5);
      for (let step = 0; step < 10; step++) {
        await page.mouse.wheel(0, -100);
        await page.waitForTimeout(16);
      }
      await page.mouse.down();
      for (let step = 0; step < 60; step++) {
        await at(0.5 + 0.3 * Math.sin(step / 6), 0.5 + 0.3 * Math.cos(step / 7));
        await page.waitForTimeout(16);
      }
      await page.mouse.up();
      await page.waitForTimeout(500);
    });
  }
  await close();

  const { page: other, close: closeOther } = await open('wasm', watch);
  const idle = rendererBytes();
  let peak = idle;
  const timer = setInterval(() => {
    peak = Math.max(peak, rendererBytes());
  }, 50);
  await timed(other, 'opening', false, () =>
    openIn(other, () => chooseFolder(other, results), `a folder of ${FILES} JSON files`, FILES),
  );
  clearInterval(timer);
  await (await other.context().newCDPSession(other)).send('HeapProfiler.collectGarbage');
  await other.waitForTimeout(500);
  const [most, kept] = [peak - idle, rendererBytes() - idle];
  if (most > FOLDER_BYTES) process.exitCode = 1;
  console.log(
    `memory above the idle page's ${mb(idle)}: ${mb(most)} at most (bound ${mb(FOLDER_BYTES)}: ${most > FOLDER_BYTES ? 'OVER' : 'within'}), ${mb(kept)} kept`,
  );
  await closeOther();
});
