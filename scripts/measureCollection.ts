// `npm run measure:gallery`: opens a made-up sweep in the built page, and prints how long it takes until models are shown, and how
// long the page is busy while the gallery is scrolled, panned, enlarged and pointed at.
//   --models N    models in the Parquet file (10,000), of 10 × 10 heads each
//   --folder N    models of a folder of JSON files (1,000)
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from '@playwright/test';
import { createParquetFile } from '../src/cli/parquet.ts';
import { madeUpResult } from './collection/generateModels.ts';
import { measurePage } from './measuredPage.js';

const { values: options } = parseArgs({
  options: { models: { type: 'string', default: '10000' }, folder: { type: 'string', default: '1000' } },
});
const [MODELS, FILES] = [Number(options.models), Number(options.folder)];
/** What the browser calls a long task, and until when models must be shown, ms. */
const [LONG_MS, SHOWN_MS] = [50, 2000];

/** What measurePage hands on. */
interface MeasuredPage {
  readonly folder: string;
  open(engine: string, before?: () => void): Promise<{ page: Page; close: () => Promise<void> }>;
}

interface Watched extends Window {
  longTasks: { startTime: number; duration: number }[];
}

/** In the page, before its own scripts. */
function watch() {
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
  const tasks = await page.evaluate(
    (at) => (window as unknown as Watched).longTasks.filter(({ startTime }) => startTime >= at),
    from,
  );
  const longest = Math.max(0, ...tasks.map(({ duration }) => duration));
  const isWithin = tasks.length === 0 ? ': within' : mustHaveNone ? ': OVER' : '';
  if (mustHaveNone && tasks.length > 0) process.exitCode = 1;
  console.log(
    `${name}: ${tasks.length} tasks over ${LONG_MS} ms, the longest ${longest.toFixed(0)} ms${isWithin}`,
  );
}

async function openIn(page: Page, files: string | string[], what: string, models: number) {
  const input = page.locator('input[type=file]').first();
  const shown = page
    .getByRole('listbox', { name: /^Models/ })
    .getByRole('option')
    .first();
  await input.evaluate((element) =>
    element.addEventListener('change', () => performance.mark('opened'), { capture: true, once: true }),
  );
  await input.setInputFiles(files);
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

await measurePage(async ({ folder, open }: MeasuredPage) => {
  const parquet = createParquetFile();
  for (let index = 0; index < MODELS; index++) parquet.add([madeUpResult(index)]);
  const file = join(folder, 'heads.parquet');
  writeFileSync(file, parquet.finish());
  const results = join(folder, 'results');
  mkdirSync(results);
  for (let index = 0; index < FILES; index++)
    writeFileSync(join(results, `${index}.json`), JSON.stringify(madeUpResult(index)));

  const { page, close } = await open('wasm', watch);
  await timed(page, 'opening', false, () => openIn(page, file, `Parquet of ${MODELS} models`, MODELS));
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

  const folderPage = await open('wasm', watch);
  const files = Array.from({ length: FILES }, (_, index) => join(results, `${index}.json`));
  await openIn(folderPage.page, files, `a folder of ${FILES} JSON files`, FILES);
  await folderPage.close();
});
