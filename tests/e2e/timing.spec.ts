import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator, type Page } from '@playwright/test';
import { reportToMarkdown } from '../../src/core/benchmark/reportMarkdown.ts';
import { sweepToMarkdown } from '../../src/core/benchmark/sweepMarkdown.ts';
import type { SweepReport } from '../../src/core/benchmark/sweepReport.ts';
import { notebookForShape } from '../../src/core/notebook/notebookTimes.ts';
import type { BenchmarkReport } from '../../src/core/result/benchmarkReport.ts';
import { expectDone, loadPage, openPage, pickFiles, resultOf } from './page.ts';
import { test } from './sharedTest.ts';
import { chooseMadeUp, chooseOneHead, engine, openDetails, withoutLimit } from './timingForm.ts';

test.use({ keepsPage: true });

async function copy(page: Page, within: Locator, button: string): Promise<string> {
  await within.getByRole('button', { name: button }).click();
  await expect(within.getByRole('button', { name: 'Copied' })).toBeVisible();
  await expect(within.getByRole('button', { name: 'Copied' })).toBeHidden();
  return page.evaluate(() => navigator.clipboard.readText());
}

test('the timing of a model gives every row seven runs and an r that agrees', async ({ page }) => {
  // Two engines by five methods, seven runs each: its rows come at the end.
  test.slow();
  await openPage(page);
  await pickFiles(
    page,
    ['model.safetensors', 'config.json'].map((file) => join('tests/fixtures/oracle/bert-f32', file)),
  );
  await expectDone(page);
  await openDetails(page);
  await withoutLimit(page);
  await page.getByRole('checkbox', { name: 'all layers' }).check();
  await engine(page, 'reference').check();
  await engine(page, 'ort-wasm').uncheck();
  await page.getByLabel('layer', { exact: true }).fill('1');
  await page.getByLabel('head', { exact: true }).fill('2');
  await page.getByRole('button', { name: 'Time the methods' }).click();
  await expect(page.getByRole('button', { name: 'Run the sweep' })).toBeDisabled();
  await expect(page.getByText('Available once the page has finished running the comparison')).toBeVisible();
  const table = page.getByRole('table').filter({ hasText: 'norm' });
  await expect(table.getByRole('row').filter({ hasText: 'trace-heads' }).first()).toBeVisible({
    timeout: 200_000,
  });
  await expect(page.getByRole('progressbar')).toBeHidden({ timeout: 80_000 });
  const { timing } = await resultOf(page);
  expect(timing!.rows.length).toBeGreaterThanOrEqual(6);
  for (const row of timing!.rows) {
    expect(row.runsMs).toHaveLength(7);
    expect(row.maxAbsDeltaR!).toBeLessThanOrEqual(2e-6);
  }
  expect(timing).toMatchObject({ layer: 1, head: 2, where: { runtime: 'browser' } });
  await expect(page.getByText('Layer 1; head scope: head 2.')).toBeVisible();
  const heads = timing!.rows.filter(({ method, scope }) => method === 'trace-loop' && scope === 'layer');
  expect(heads.every(({ calls }) => calls === 4)).toBe(true);
});

test('the page responds while a made-up BERT-large layer is timed, and Cancel ends the timing', async ({
  page,
}) => {
  await openPage(page);
  await openDetails(page);
  await chooseMadeUp(page);
  await withoutLimit(page);
  await engine(page, 'reference').check();
  await page.getByRole('button', { name: 'Time the methods' }).click();
  await expect(page.getByRole('progressbar')).toBeVisible();
  // A run that lasts: what follows is done while it goes on.
  await expect(page.getByRole('progressbar')).toHaveAttribute('aria-valuetext', /^\d+ of \d+/, {
    timeout: 60_000,
  });
  await page.getByRole('radio', { name: 'r', exact: true }).check({ force: true });
  await expect(page.getByRole('progressbar')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('progressbar')).toBeHidden();
  // Ended by Cancel, not by itself.
  await expect(page.getByText(/^Cancelled(: fewer runs| before the first run)/).first()).toBeVisible();
});

test('the sweep over d and dh runs by keyboard and gives exponents, ratios and a figure to export', async ({
  page,
}) => {
  await openPage(page);
  await openDetails(page);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const sweep = page.getByRole('region', { name: 'Sweep over d and dh' });
  // The engine that scores the models, since WebGPU is a software adapter here.
  await expect(sweep.getByLabel('Engine')).toHaveValue('wasm');
  await expect(sweep.getByLabel('Engine')).toHaveAccessibleDescription(/our own kernels.*scores the models/);
  await sweep.getByLabel('Engine').selectOption('wasm-one-thread');
  await expect(sweep.getByLabel('Engine')).toHaveAccessibleDescription('the same on one thread');
  await sweep.getByRole('radio', { name: 'quick' }).check({ force: true });
  await sweep.getByRole('button', { name: 'Run the sweep' }).press('Enter');
  await expect(page.getByRole('button', { name: 'Time the methods' })).toBeDisabled();
  await expect(page.getByText('Available once the page has finished running the sweep')).toBeVisible();
  const exponents = sweep.getByRole('table', { name: /Exponents/ });
  await expect(exponents.getByRole('row')).toHaveCount(5, { timeout: 60_000 });
  await expect(exponents).toHaveAccessibleDescription(/± is the standard error of the slope/);
  const ratios = sweep.getByRole('table', { name: /How many times faster/ });
  await expect(ratios.getByRole('row')).toHaveCount(9);
  await expect(ratios.getByRole('columnheader', { name: 'lowest to highest' })).toBeVisible();
  await expect(ratios.getByRole('row').nth(1).getByRole('cell').last()).toHaveText(/^[\d.]+–[\d.]+×$/);
  await expect(sweep.getByText(/the operations are equal at dh/)).toBeVisible();
  await expect(
    sweep.getByText(/Noise check: d 512, dh 32 .* was timed twice: norm .* % apart; trace/),
  ).toBeVisible();
  const copied = await copy(page, sweep, 'Copy as JSON');
  const report = JSON.parse(copied) as SweepReport;
  expect(report).toMatchObject({
    dtype: 'F32',
    seed: 1,
    app: { version: expect.any(String) },
    cores: expect.any(Number),
  });
  expect(Date.parse(report.createdAt!)).toBeGreaterThan(Date.now() - 120_000);
  const markdown = await copy(page, sweep, 'Copy as Markdown');
  expect(markdown).toBe(sweepToMarkdown(report));
  expect(markdown).toContain(`Made: ${report.createdAt}`);
  await sweep.getByText('Export the sweep').click();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    sweep.getByRole('button', { name: 'Download SVG' }).click(),
  ]);
  expect(file.suggestedFilename()).toBe('qkscope-sweep.svg');
});

test('one head of a shape that is too large in all is timed, and the failure of all layers is named', async ({
  page,
}) => {
  await openPage(page);
  await openDetails(page);
  await chooseMadeUp(page);
  await withoutLimit(page);
  await page.getByLabel('like').selectOption('Llama-2-7b');
  await page.getByRole('checkbox', { name: 'one layer' }).uncheck();
  await page.getByRole('checkbox', { name: 'all layers' }).check();
  await engine(page, 'ort-wasm').uncheck();
  await page.getByRole('button', { name: 'Time the methods' }).click();
  await expect(page.getByText(/\(all\) failed on wasm.*would take 4\.0 GiB/)).toBeVisible({
    timeout: 80_000,
  });
  const times = page.getByRole('region', { name: 'Times' });
  await page.getByRole('checkbox', { name: 'all columns' }).check();
  await expect(times.getByRole('columnheader', { name: 'notebook’s machine and weights' })).toBeVisible();
  await expect(times.getByText('123 ms ± 5.00 ms').first()).toBeVisible();
});

test('every engine and method is described, and few are timed by default: no software adapter, nothing slow', async ({
  page,
}) => {
  await openPage(page);
  await openDetails(page);
  const said = {
    webgpu: /our own kernels on the GPU, by WebGPU · .*emulated on the CPU, so not a GPU timing/,
    wasm: /our own kernels on the CPU, on all cores · .* · scores the models/,
    'wasm, 1 thread': /the same on one thread/,
    'ort-webgpu': /onnxruntime-web on the GPU, for comparison; loads 27 MB/,
    'ort-wasm': /onnxruntime-web on the CPU, for comparison/,
    reference: /plain float64 JavaScript, slow: what the others are checked against/,
  };
  for (const [name, words] of Object.entries(said)) {
    await expect(engine(page, name)).toHaveAccessibleDescription(words);
    await expect(engine(page, name)).toBeChecked({ checked: name === 'wasm' || name === 'ort-wasm' });
  }
  const methods = page.getByRole('region', { name: 'Methods' });
  for (const words of [/forms M = .* one head a call/, /never M; one head alone/, /all heads of a layer/])
    await expect(methods.getByRole('definition').filter({ hasText: words })).toBeVisible();
  await expect(methods.getByRole('term')).toHaveText([
    'norm',
    'trace',
    'trace-heads',
    'trace-loop',
    'trace-full',
  ]);
  await expect(methods.getByText('not timed in the chosen scope')).toHaveCount(0);
  await expect(page.getByRole('checkbox', { name: 'all layers' })).not.toBeChecked();
  await page.getByRole('checkbox', { name: 'one layer' }).uncheck();
  await expect(methods.getByText('not timed in the chosen scope')).toHaveCount(3);
});

test('a copied timing report names its time, version, machine and weights', async ({ page }) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  // What was timed and swept before stands in the panel, too.
  await loadPage(page);
  await chooseOneHead(page, ['wasm, 1 thread']);
  const panel = page.locator('.timing');
  const times = page.getByRole('region', { name: 'Times' });
  const began = new Date().toISOString();
  await page.getByRole('button', { name: 'Time the methods' }).click();
  await expect(page.getByRole('progressbar')).toBeVisible();
  await expect(page.getByRole('progressbar')).toBeHidden({ timeout: 60_000 });
  const report = JSON.parse(await copy(page, panel, 'Copy as JSON')) as BenchmarkReport;
  expect(report).toMatchObject({
    app: { version: expect.any(String) },
    cores: await page.evaluate(() => navigator.hardwareConcurrency),
    where: { runtime: 'browser', name: expect.stringMatching(/Chrom/) },
    dtype: 'F32',
    seed: 1,
    device: { 'wasm, 1 thread': expect.stringContaining('WebAssembly') },
  });
  expect(report.createdAt! > began).toBe(true);
  const markdown = await copy(page, panel, 'Copy as Markdown');
  expect(markdown).toBe(reportToMarkdown(report, notebookForShape(report.shape)));
  expect(markdown).toContain(`Made: ${report.createdAt}; QKScope`);
  expect(markdown).toMatch(/standard deviation \(n − 1\) of the 7 runs’.*IQR: their third quartile/);
  await expect(panel.getByText(`Made: ${report.createdAt}`)).toBeVisible();
  await page.getByRole('checkbox', { name: 'all columns' }).check();
  await expect(times.getByRole('table')).toHaveAccessibleDescription(/± standard deviation .* 7 runs’/);
  const { violations } = await new AxeBuilder({ page }).include('.timing').analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  // Near the front, in sight on a phone too.
  const heads = await times.getByRole('columnheader').allTextContents();
  expect(heads.slice(0, 5)).toEqual(['method', 'scope', 'per head', 'speed-up', 'max |Δr|']);
  for (const width of [390, 1024, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    for (const name of ['speed-up', 'max |Δr|']) {
      const box = (await times.getByRole('columnheader', { name }).boundingBox())!;
      const around = (await times.boundingBox())!;
      expect(box.x).toBeGreaterThanOrEqual(around.x);
      expect(box.x + box.width).toBeLessThanOrEqual(around.x + around.width + 1);
    }
  }
  await page.setViewportSize({ width: 390, height: 900 });
  await expect(page.getByText('more columns →').first()).toBeVisible();
  await times.evaluate((box) => box.scrollTo(box.scrollWidth, 0));
  await expect(page.getByText('more columns →').first()).toBeHidden();
  const method = (await times.getByRole('rowheader', { name: 'norm' }).boundingBox())!;
  expect(method.x).toBeCloseTo((await times.boundingBox())!.x, 0);
});
