import { readFileSync } from 'node:fs';
import { expect } from '@playwright/test';
import type { AnalysisResult } from '../../src/core/result/result.ts';
import { downloadFrom, grid, openPage } from './page.ts';
import { test } from './sharedTest.ts';

test('the first load shows both sample models side by side with the scores of their training record', async ({
  page,
}) => {
  await openPage(page);
  const { bytes } = await downloadFrom(page, 'Download JSON');
  const results = JSON.parse(bytes.toString('utf8')) as AnalysisResult[];
  const { runs } = JSON.parse(readFileSync('public/sample/training.json', 'utf8')) as {
    runs: { kind: string; bundled: boolean; steps: { r: number[][] }[] }[];
  };
  expect(results.map(({ model }) => model.id)).toEqual(['sample/masked', 'sample/causal']);
  for (const [at, kind] of ['masked', 'causal'].entries()) {
    const want = runs.find((run) => run.kind === kind && run.bundled)!.steps.at(-1)!.r;
    expect(results[at]!.stacks[0]!.layers.map(({ heads }) => heads.length)).toEqual(
      want.map((heads) => heads.length),
    );
    results[at]!.stacks[0]!.layers.forEach(({ heads }, layer) => {
      heads.forEach(({ head, r }) => {
        expect(Math.abs(r! - want[layer]![head]!)).toBeLessThanOrEqual(2e-6);
      });
    });
  }
  await expect(page.getByRole('tab', { name: 'Training' })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('table')).toContainText('causal');
});

test('both sample models beat the bigram model on held-out text', () => {
  const { runs, baselines } = JSON.parse(readFileSync('public/sample/training.json', 'utf8')) as {
    runs: { steps: { heldOutLoss: number }[] }[];
    baselines: { bigram: number };
  };
  expect(runs.length).toBeGreaterThanOrEqual(2);
  for (const { steps } of runs) expect(steps.at(-1)!.heldOutLoss).toBeLessThan(baselines.bigram);
});

test('the sample is read by keyboard: its heads are pinned and unpinned, and r and s switch', async ({
  page,
}) => {
  await openPage(page);
  const map = grid(page, 'sample/masked');
  await map.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await expect(map.getByRole('gridcell')).toHaveText(/layer 1, head 1, s 0\.\d+/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'L1H1' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Unpin' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Unpin' })).toBeHidden();
  await page.getByRole('radio', { name: 's', exact: true }).press('ArrowRight');
  await expect(page.getByRole('radio', { name: 'r', exact: true })).toBeChecked();
  await map.focus();
  await page.keyboard.press('ArrowRight');
  await expect(map.getByRole('gridcell')).toHaveText(/, r 0\.\d+/);
});
