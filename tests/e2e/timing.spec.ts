import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { expectDone, openPage, pickFiles, resultOf } from './page.ts';

test('the timing comparison: rows, speed-ups, and numbers that follow from the JSON’s raw runs', async ({
  page,
}) => {
  await openPage(page);
  await pickFiles(
    page,
    ['model.safetensors', 'config.json'].map((file) => join('tests/fixtures/oracle/bert-f32', file)),
  );
  await expectDone(page);
  await page.getByLabel('layer', { exact: true }).fill('1');
  await page.getByLabel('head', { exact: true }).fill('2');
  await page.getByRole('button', { name: 'Time the methods' }).click();
  await expect(page.getByRole('button', { name: 'Run the sweep' })).toBeDisabled();
  await expect(page.getByText('Wait: the comparison is running')).toBeVisible();
  const table = page.getByRole('table').filter({ hasText: 'norm' });
  await expect(table.getByRole('row').filter({ hasText: 'trace-heads' }).first()).toBeVisible({
    timeout: 80_000,
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

test('a synthetic BERT-large layer: the page stays responsive, and Cancel works at once', async ({
  page,
}) => {
  await openPage(page);
  await page.getByRole('tab', { name: 'Timing' }).click();
  await page.getByRole('radio', { name: /made up/i }).check({ force: true });
  await page.getByRole('button', { name: 'Time the methods' }).click();
  await expect(page.getByRole('progressbar')).toBeVisible();
  await page.waitForTimeout(3000);
  const began = Date.now();
  await page.getByRole('radio', { name: 'r', exact: true }).check({ force: true });
  expect(Date.now() - began).toBeLessThan(1000);
  const stopped = Date.now();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('progressbar')).toBeHidden();
  // A second on a machine of its own; one dispatch on a software GPU can’t be interrupted.
  expect(Date.now() - stopped).toBeLessThan(5000);
});

test('the sweep over d and dh, by keyboard: exponents, ratios and a figure to take away', async ({
  page,
}) => {
  await openPage(page);
  await page.getByRole('tab', { name: 'Timing' }).click();
  const sweep = page.getByRole('region', { name: 'Sweep over d and dh' });
  await sweep.getByLabel('Engine').selectOption('wasm-one-thread');
  await sweep.getByRole('radio', { name: 'quick' }).check({ force: true });
  await sweep.getByRole('button', { name: 'Run the sweep' }).press('Enter');
  await expect(page.getByRole('button', { name: 'Time the methods' })).toBeDisabled();
  await expect(page.getByText('Wait: the sweep is running')).toBeVisible();
  const exponents = sweep.getByRole('table', { name: /Exponents/ });
  await expect(exponents.getByRole('row')).toHaveCount(5, { timeout: 60_000 });
  await expect(sweep.getByRole('table', { name: /How many times faster/ }).getByRole('row')).toHaveCount(9);
  await expect(sweep.getByText(/the operations are equal at dh/)).toBeVisible();
  await sweep.getByText('Export the sweep').click();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    sweep.getByRole('button', { name: 'Download SVG' }).click(),
  ]);
  expect(file.suggestedFilename()).toBe('qkscope-sweep.svg');
});

test('a shape whose layers are too many in all: one head is timed, beside the notebook’s time, and all fail by name', async ({
  page,
}) => {
  await openPage(page);
  await page.getByRole('tab', { name: 'Timing' }).click();
  await page.getByRole('radio', { name: /made up/i }).check({ force: true });
  await page.getByLabel('like').selectOption('Llama-2-7b');
  await page.getByRole('checkbox', { name: 'one layer' }).uncheck();
  for (const engine of ['webgpu', 'ort-wasm', 'reference'])
    await page.getByRole('checkbox', { name: engine }).first().uncheck();
  await page.getByRole('button', { name: 'Time the methods' }).click();
  await expect(page.getByText(/\(all\) failed on wasm.*would take 4\.0 GiB/)).toBeVisible({
    timeout: 80_000,
  });
  const times = page.getByRole('region', { name: 'Times' });
  await expect(times.getByRole('columnheader', { name: 'notebook’s machine and weights' })).toBeVisible();
  await expect(times.getByText('123 ms ± 5.00 ms').first()).toBeVisible();
});
