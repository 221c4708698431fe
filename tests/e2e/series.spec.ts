import { readFileSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import type { AnalysisResult } from '../../src/core/result/result.ts';
import { COPIED_STEPS, JUMP_STEP, SERIES_STEPS } from '../support/fixtureHub/seriesRepo.ts';
import { dropFiles } from './drop.ts';
import { expectDone, HUB, openModel, openPage, openTab, setFaults, setHub } from './page.ts';
import { test } from './sharedTest.ts';

test.beforeEach(async ({ page }) => {
  await setFaults();
  await openPage(page);
});

const FLAGGED = [...COPIED_STEPS, JUMP_STEP].sort((a, b) => a - b);

async function scoreSeries(page: Page): Promise<void> {
  await setHub(page);
  await openModel(page, 'test/series');
  await expectDone(page);
  await openTab(page, 'Training');
  await page.getByRole('button', { name: 'Score 12 revisions' }).press('Enter');
  await expect(page.getByText('12 of 12 scored.')).toBeVisible();
}

async function exported(page: Page, button: string): Promise<string> {
  await page.getByText('Export the curves', { exact: true }).press('Enter');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).press('Enter');
  return readFileSync(await (await download).path(), 'utf8');
}

test('copies of main and a lone jump are marked and left out of summaries, and the exports and the report name them', async ({
  page,
  context,
}, info) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await scoreSeries(page);
  await expect(page.getByText(/The files of all 12 were compared/)).toBeVisible();
  const heights = await page
    .locator('.series-tools :is(.segmented-row, summary):visible')
    .evaluateAll((controls) => controls.map((each) => each.getBoundingClientRect().height));
  expect(heights).toEqual([32, 32]);
  const warning = page.getByRole('status').filter({ hasText: '4 of 12' });
  await expect(warning).toContainText(
    '4 of 12 hold main’s very files: step1000, step4000, step5000 and step8000. step11000 holds them too, as the last step may.',
  );
  await expect(warning).toContainText('step9000 is a lone jump');
  // Summaries: without them, and with them where the user wants it.
  await expect(page.getByText(/^Median s of 7 of 12 points: .* at step0, .* at step11000;/)).toBeVisible();
  await page.getByRole('checkbox', { name: 'Include them' }).press('Space');
  await expect(page.getByText(/^Median s of 12 points:/)).toBeVisible();
  await page.getByRole('checkbox', { name: 'Include them' }).press('Space');
  // For who can't see the hatching: the figure's text, the slider's, the table.
  await expect(
    page.getByRole('img', { name: /Marked: step1000 holds main’s files;.*step9000 a lone jump/ }),
  ).toBeVisible();
  const slider = page.getByRole('slider', { name: 'checkpoint on the map' });
  await slider.press('Home');
  await slider.press('ArrowRight');
  await expect(slider).toHaveAttribute('aria-valuetext', 'step1000: holds main’s files');
  await page.getByText('The curves in numbers').press('Enter');
  for (const [name, text] of [
    ['step1000', 'holds main’s files'],
    ['step9000', 'a lone jump'],
    ['step11000', 'holds main’s files, as the last step may'],
  ] as const)
    await expect(page.getByRole('row', { name: new RegExp(`^${name} .*${text}$`) })).toHaveCount(1);
  await page.screenshot({ path: info.outputPath('series.png'), fullPage: true });
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
  // Exports.
  const results = JSON.parse(await exported(page, 'Download JSON')) as (AnalysisResult & {
    series: { label: string; step: number; sameAs: string[]; flag: string | null };
  })[];
  expect(results.map(({ series }) => [series.step, series.flag])).toEqual(
    SERIES_STEPS.map((step) => [
      step,
      COPIED_STEPS.includes(step) ? 'main-files' : step === JUMP_STEP ? 'jump' : null,
    ]),
  );
  expect(results.at(-1)?.series.sameAs[0]).toBe('main');
  const [head, ...lines] = (await exported(page, 'Download CSV')).trim().split('\n');
  expect(head?.split(',').slice(0, 6)).toEqual(['model', 'checkpoint', 'step', 'sha', 'sameAs', 'flag']);
  const flagged = lines.map((line) => line.split(',')).filter((cells) => cells[5] !== '');
  expect([...new Set(flagged.map((cells) => Number(cells[2])))]).toEqual(FLAGGED);
  // The report.
  await page.getByRole('button', { name: 'Copy a report for the repository' }).press('Enter');
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  const report = await page.evaluate(() => navigator.clipboard.readText());
  expect(report).toContain('weights: test/series');
  for (const step of COPIED_STEPS) expect(report).toContain(`| \`step${step}\` |`);
  expect(report).toContain(`curl -s '${HUB}/api/models/test/series/tree/`);
});

test('copies can be found before any weight is read and left unread', async ({ page }) => {
  await setHub(page);
  await openModel(page, 'test/series');
  await expectDone(page);
  await openTab(page, 'Training');
  await page.getByRole('button', { name: 'Compare their files first' }).press('Enter');
  await expect(page.getByText(/4 of 12 hold main’s very files/)).toBeVisible();
  await expect(page.getByText(/Reads about .*: 8 × /)).toBeVisible();
  await page.getByRole('checkbox', { name: /Don’t read the 4/ }).press('Space');
  await expect(page.getByRole('button', { name: 'Score 12 revisions' })).toBeVisible();
  await page.getByRole('checkbox', { name: /Don’t read the 4/ }).press('Space');
  await page.getByRole('button', { name: 'Score 8 revisions' }).press('Enter');
  await expect(page.getByText('8 of 8 scored.')).toBeVisible();
  await expect(page.getByText(/^Median s of 7 of 8 points/)).toBeVisible();
});

test('a series whose files can’t be listed is drawn, and equal scores still reveal its copies', async ({
  page,
}) => {
  await page.route(/\/api\/models\/test\/series\/tree\//, (route) =>
    route.fulfill({ status: 403, headers: { 'Access-Control-Allow-Origin': '*' }, body: '' }),
  );
  await scoreSeries(page);
  await expect(page.getByText(/couldn’t be checked: The hub refuses access/)).toBeVisible();
  await expect(
    page.getByText(/step1000, step4000, step5000, step8000 and step11000 have exactly the same scores/),
  ).toBeVisible();
  await page.unroute(/\/api\/models\/test\/series\/tree\//);
  await page.getByRole('button', { name: 'Check again' }).press('Enter');
  await expect(page.getByText(/The files of all 12 were compared/)).toBeVisible();
});

test('copies within a folder of checkpoints are found by the bytes that are read', async ({ page }) => {
  const oracle = 'tests/fixtures/oracle';
  const files = ['checkpoint-500', 'checkpoint-1000', 'checkpoint-1500'].map((name) => ({
    name: `run/${name}/model.safetensors`,
    path: `${oracle}/bert-f32/model.safetensors`,
  }));
  await dropFiles(page, [...files, { name: 'run/config.json', path: `${oracle}/bert-f32/config.json` }]);
  await page.getByRole('button', { name: 'Score all 3' }).press('Enter');
  await expect(page.getByText('3 of 3 scored.')).toBeVisible();
  await expect(
    page.getByText(
      'checkpoint-500, checkpoint-1000 and checkpoint-1500 hold the same files: at most one of them can be its own.',
    ),
  ).toBeVisible();
  await expect(page.getByRole('button', { name: /Copy a report/ })).toHaveCount(0);
});
