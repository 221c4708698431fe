import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { dropFiles } from './drop.ts';
import { expectDone, grid, openModel, openPage, setFaults, setHub } from './page.ts';
import { test } from './sharedTest.ts';

test.use({ keepsPage: true });

const BROKEN = '09-missing-2-bytes.safetensors';
const WITHOUT_CONFIG = join('tests/fixtures/oracle', 'bert-f32', 'model.safetensors');

/** The sample's two maps, with all their heads and the head that was looked at. */
async function expectSample(page: Page): Promise<void> {
  for (const name of ['sample/masked', 'sample/causal']) await expect(grid(page, name).first()).toBeVisible();
  await expectDone(page, 2);
  await expect(page.locator('#head-panel')).toContainText('head 0');
}

async function openSample(page: Page): Promise<void> {
  await openPage(page);
  await grid(page, 'sample/masked').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect(page.locator('#head-panel')).toContainText('head 0');
}

test('a broken file leaves the earlier maps, and its card offers Try again and Dismiss', async ({ page }) => {
  await openSample(page);
  await dropFiles(page, [{ name: BROKEN, path: join('tests/fixtures/malformed', BROKEN) }]);
  const alert = page.getByRole('alert');
  await expect(alert).toContainText(`${BROKEN} is cut off`);
  await expectSample(page);
  await alert.getByRole('button', { name: 'Try again' }).press('Enter');
  await expect(alert).toContainText(`${BROKEN} is cut off`);
  await expectSample(page);
  await alert.getByRole('button', { name: 'Dismiss' }).press('Enter');
  await expect(alert).toHaveCount(0);
  await expect(grid(page, 'sample/masked')).toBeFocused();
  await expectSample(page);
});

test('a question closed without an answer leaves the earlier maps and can be asked again', async ({
  page,
}) => {
  await openSample(page);
  await dropFiles(page, [{ name: 'model.safetensors', path: WITHOUT_CONFIG }]);
  const dialog = page.getByRole('dialog', { name: /How many heads/ });
  await expect(dialog).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expectSample(page);
  await page.getByText('Not opened: model.safetensors.').waitFor();
  await page.getByRole('button', { name: 'Try again' }).press('Enter');
  await dialog.getByRole('radio', { name: /^4 heads of 16/ }).press('Space');
  await dialog.getByRole('button', { name: 'Score with this split' }).press('Enter');
  await expect(grid(page, 'model.safetensors')).toBeVisible();
  await expectDone(page, 1);
  await expect(page.getByText('Not opened')).toHaveCount(0);
});

test('Cancel before the first map brings the earlier maps back; tried again, the model is listed among the recent ones', async ({
  page,
}) => {
  await setFaults();
  await openSample(page);
  await setHub(page);
  await setFaults({ slowMs: 1500 });
  await openModel(page, 'test/llama-gqa');
  await page.getByRole('button', { name: 'Cancel', exact: true }).press('Enter');
  await expectSample(page);
  await expect(page.getByText('Not opened: test/llama-gqa.')).toBeVisible();
  await setFaults();
  await expect(page.getByRole('button', { name: 'Try again' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(grid(page, 'test/llama-gqa')).toBeVisible();
  await expectDone(page, 1);

  // It is listed under the empty input from now on.
  await page.getByRole('combobox', { name: 'Model' }).fill('');
  await page.getByRole('button', { name: 'sample', exact: true }).click();
  await expectDone(page, 2);
  await page.getByRole('combobox', { name: 'Model' }).focus();
  await page.getByRole('link', { name: /^test\/llama-gqa/ }).click();
  await expect(grid(page, 'test/llama-gqa')).toBeVisible();
});
