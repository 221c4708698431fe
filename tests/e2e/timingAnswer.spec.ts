import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { reportToMarkdown } from '../../src/core/benchmark/reportMarkdown.ts';
import type { BenchmarkReport, BenchmarkRow } from '../../src/core/result/benchmarkReport.ts';
import { openPage, openTab } from './page.ts';
import { test } from './sharedTest.ts';
import { chooseOneHead, openDetails } from './timingForm.ts';

test.use({ keepsPage: true });

/** What is waited for, once it takes long, is a status too. */
const answer = (page: Page) => page.getByRole('tabpanel').locator('p[role=status]');
const details = (page: Page) => page.locator('.timing-details');

async function copied(page: Page, button: string): Promise<string> {
  await page.getByRole('tabpanel').getByRole('button', { name: button }).press('Enter');
  await expect(page.getByRole('tabpanel').getByRole('button', { name: 'Copied' })).toBeVisible();
  await expect(page.getByRole('tabpanel').getByRole('button', { name: 'Copied' })).toBeHidden();
  return page.evaluate(() => navigator.clipboard.readText());
}

/** The middle of the runs' times of one call, ms. */
function medianMs({ runsMs, runLoops, loops }: BenchmarkRow): number {
  const calls = runsMs.map((ms, run) => ms / (runLoops?.[run] ?? loops)).toSorted((a, b) => a - b);
  return (calls[Math.floor((calls.length - 1) / 2)]! + calls[Math.ceil((calls.length - 1) / 2)]!) / 2;
}

test('one button gives a sentence by the keyboard, whose number is the ratio of the medians in the report', async ({
  page,
}) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await openPage(page);
  await openTab(page, 'Timing');
  const start = page.getByRole('button', { name: 'Time the methods' });
  await expect(page.getByRole('tabpanel').getByRole('button')).toHaveCount(1);
  await expect(details(page)).not.toHaveAttribute('open');
  await expect(start).toHaveAccessibleDescription(
    /Times norm and trace on one head and one layer of sample\/masked, on wasm and ort-wasm: about \d+\ss, at most 30\ss\./,
  );
  await expect(answer(page)).toBeEmpty();
  await start.press('Enter');
  await expect(page.getByRole('progressbar')).toBeVisible();
  await expect(answer(page)).toHaveText(/^On this machine .* one head of this model/, { timeout: 60_000 });
  await expect(page.getByRole('progressbar')).toBeHidden();

  const json = await copied(page, 'Copy as JSON');
  const report = JSON.parse(json) as BenchmarkReport;
  const rowOf = (method: string) =>
    report.rows.find((row) => row.engine === 'wasm' && row.scope === 'head' && row.method === method)!;
  const ratio = medianMs(rowOf('norm')) / medianMs(rowOf('trace'));
  const sentence = (await answer(page).textContent())!;
  expect(sentence).toMatch(/\(wasm, \d+ threads?\)\.$/);
  const said = sentence.match(/([\d.]+) × (faster|slower)/);
  if (said === null) expect(sentence).toContain('take about as long');
  else {
    const shown = Number(said[1]);
    expect(Math.abs(shown - (said[2] === 'faster' ? ratio : 1 / ratio))).toBeLessThanOrEqual(
      shown < 10 ? 0.05 + 1e-9 : 0.5 + 1e-9,
    );
  }
  expect(report.rows.every(({ engine }) => engine !== 'reference')).toBe(true);
  expect(new Set(report.rows.map(({ scope }) => scope)).has('all')).toBe(false);
  const figure = page.getByRole('tabpanel').getByRole('img', { name: /^Time per head, norm against trace/ });
  await expect(figure).toBeVisible();
  await expect(figure).toHaveAccessibleName(/wasm, \d+ threads?: norm .*, trace .* times/);
  expect(await copied(page, 'Copy as Markdown')).toBe(reportToMarkdown(report, null));
});

test('Details stays as it was left, and its table has six columns, or all when asked', async ({ page }) => {
  await openPage(page);
  await chooseOneHead(page, ['wasm, 1 thread']);
  await page.getByRole('button', { name: 'Time the methods' }).click();
  await expect(answer(page)).toHaveText(/one head of made-up weights of BERT-large’s shape/, {
    timeout: 60_000,
  });
  // The notebook printed a pair for this head.
  await expect(
    page.getByRole('img', { name: /notebook’s machine: norm 3.78 ms, trace 593 µs/ }),
  ).toBeVisible();
  const times = page.getByRole('region', { name: 'Times' });
  const headers = times.getByRole('columnheader');
  await expect(headers).toHaveText(['engine', 'method', 'scope', 'median', 'spread', 'speed-up']);
  await expect(times.getByRole('rowheader')).toHaveText(['wasm, 1 thread', 'norm', 'trace']);
  await page.getByRole('checkbox', { name: 'all columns' }).press('Space');
  await expect(headers.filter({ hasText: 'max |Δr|' })).toBeVisible();
  expect(await headers.count()).toBeGreaterThan(15);

  const { violations } = await new AxeBuilder({ page }).include('.timing').analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  for (const width of [390, 820, 1280, 1920]) {
    await page.setViewportSize({ width, height: 900 });
    const overflow = () =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await expect.poll(overflow).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: 1440, height: 900 });

  await openTab(page, 'Scatter');
  await openTab(page, 'Timing');
  await expect(details(page)).toHaveAttribute('open');
  await page.reload();
  await openTab(page, 'Timing');
  await expect(details(page)).toHaveAttribute('open');
  await page.getByText('Details', { exact: true }).press('Enter');
  await expect(details(page)).not.toHaveAttribute('open');
  await page.reload();
  await openTab(page, 'Timing');
  await expect(page.getByRole('button', { name: 'Time the methods' })).toBeVisible();
  await expect(details(page)).not.toHaveAttribute('open');
});

test('what was left out to keep the limit is named, and an invalid entry is shown where it stands', async ({
  page,
}) => {
  await openPage(page);
  await openDetails(page);
  await page.getByRole('radio', { name: /made up/i }).check({ force: true });
  await page.getByLabel('like').selectOption('Llama-2-7b');
  await page.getByRole('checkbox', { name: 'all layers' }).check();
  const heads = page.getByLabel('heads', { exact: true });
  await heads.fill('');
  await page.getByText('Details', { exact: true }).press('Enter');
  await expect(details(page)).not.toHaveAttribute('open');
  await page.getByRole('button', { name: 'Time the methods' }).press('Enter');
  await expect(details(page)).toHaveAttribute('open');
  await expect(heads).toBeFocused();
  await heads.fill('32');
  // As many heads for keys: the shape holds together.
  await page.getByLabel('layers', { exact: true }).fill('2');
  await page.getByRole('button', { name: 'Time the methods' }).press('Enter');
  await expect(answer(page)).toHaveText(/made-up weights of Llama-2-7b’s shape/, { timeout: 80_000 });
  await expect(page.getByText(/^Left out to keep it short: .*all layers/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Time all of it' })).toBeEnabled();
});
