import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { expectDone, openModel, openPage, pickFiles, setFaults, setHub } from './page.ts';
import { chooseOneHead, engine, openDetails, withoutLimit } from './timingForm.ts';

test('Cancel while an engine starts ends the timing at once, and the late engine isn’t used', async ({
  page,
}) => {
  let isAsked = false;
  // Its file never comes.
  await page.context().route(/ort-wasm[^/]*\.wasm/, () => {
    isAsked = true;
  });
  await openPage(page);
  await chooseOneHead(page, ['ort-wasm']);
  await page.getByRole('button', { name: 'Time the methods' }).click();
  await expect(page.getByText('starting the engines')).toBeVisible();
  await expect.poll(() => isAsked).toBe(true);
  await page.getByRole('tabpanel').getByRole('button', { name: 'Cancel' }).press('Enter');
  await expect(page.getByRole('progressbar')).toBeHidden();
  await expect(page.getByRole('button', { name: 'Time the methods' })).toBeFocused();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await engine(page, 'ort-wasm').uncheck();
  await engine(page, 'wasm, 1 thread').check();
  await page.getByRole('button', { name: 'Time the methods' }).click();
  const times = page.getByRole('region', { name: 'Times' });
  await expect(times.getByRole('rowheader', { name: 'trace' })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('progressbar')).toBeHidden({ timeout: 60_000 });
  await expect(times.getByText('wasm, 1 thread')).toBeVisible();
  await expect(times.getByText('ort-wasm')).toHaveCount(0);
});

test('timing is unavailable while a model is scored, and the page says when scoring disturbs it', async ({
  page,
}) => {
  await setFaults({ slowMs: 60 });
  await openPage(page);
  await setHub(page);
  await chooseOneHead(page, ['reference']);
  await withoutLimit(page);
  const panel = page.getByRole('tabpanel');
  const start = page.getByRole('button', { name: 'Time the methods' });
  // Made-up weights are nobody's: their comparison goes on when a model is opened.
  await page.getByRole('checkbox', { name: 'one layer' }).check();
  await start.click();
  await expect(panel.getByRole('progressbar')).toBeVisible();
  await openModel(page, 'google-bert/bert-large-uncased');
  await page.getByRole('tab', { name: 'Timing' }).click();
  await expect(
    panel.getByText(
      /The page is scoring a model meanwhile: these times come out longer than they would alone/,
    ),
  ).toBeVisible();
  await panel.getByRole('button', { name: 'Cancel' }).click();
  await expect(panel.getByRole('progressbar')).toBeHidden({ timeout: 60_000 });
  await expect(panel.getByText('Available once the page has finished scoring a model').first()).toBeVisible();
  await expect(start).toBeDisabled();
  await expect(start).toHaveAccessibleDescription(
    /Available once the page has finished scoring a model: both at once would slow/,
  );
  await expect(page.getByRole('button', { name: 'Run the sweep' })).toBeDisabled();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(
    page.getByText(/Stopped (before the first layer|after \d+ of 24 layers)|Not opened: google-bert/),
  ).toBeVisible();
  await expect(start).toBeEnabled();
  await expect(page.getByRole('button', { name: 'Run the sweep' })).toBeEnabled();
  await setFaults();
});

test('timing a model ends when the model is closed, and the page says so', async ({ page }) => {
  await openPage(page);
  await openDetails(page);
  await withoutLimit(page);
  await engine(page, 'reference').check();
  await page.getByRole('button', { name: 'Time the methods' }).click();
  await expect(page.getByRole('progressbar')).toBeVisible();
  await pickFiles(
    page,
    ['model.safetensors', 'config.json'].map((file) => join('tests/fixtures/oracle/bert-f32', file)),
  );
  await expect(page.getByText('The comparison was stopped, since its model was closed')).toBeVisible();
  await expectDone(page);
  await expect(page.getByRole('button', { name: 'Time the methods' })).toBeEnabled();
});
