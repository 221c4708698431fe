import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect } from '@playwright/test';
import { madeUpResult } from '../../scripts/collection/generateModels.ts';
import { createParquetFile } from '../../src/cli/parquet.ts';
import { test } from './sharedTest.ts';

const MODELS = Array.from({ length: 60 }, (_, index) => madeUpResult(index, 4, 6));

test('a sweep’s Parquet file opens as a gallery, and its models as maps', async ({ page }) => {
  const parquet = createParquetFile();
  parquet.add(MODELS);
  await page.goto('/');
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles({ name: 'heads.parquet', mimeType: '', buffer: Buffer.from(parquet.finish()) });
  const list = page.getByRole('listbox', { name: /^Models/ });
  await expect(page.getByRole('status').filter({ hasText: '60 models, 1,440 heads' })).toBeVisible();
  await expect(list.getByRole('option').first()).toBeVisible();

  // One click from a small map to the map, and Back.
  const { id } = MODELS[17]!.model;
  await page.getByLabel('Search models').fill(id);
  await list.getByRole('option', { name: new RegExp(id) }).click();
  await expect(page.getByRole('grid', { name: new RegExp(id) })).toBeVisible();
  await page.goBack();
  await expect(list.getByRole('option')).toHaveCount(1);

  // The list beside the points is operated by keys; Escape leads from the map to the gallery, and from it to the maps.
  await page.getByLabel('Search models').fill('');
  await page.getByRole('radio', { name: 'Models', exact: true }).check({ force: true });
  await expect(page.getByRole('figure', { name: /^Median .* over parameters/ })).toBeVisible();
  await list.focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('grid').first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(list).toBeVisible();
  await page.getByRole('radio', { name: 'Heads', exact: true }).check({ force: true });
  await expect(page.getByRole('figure', { name: /^Heads of 60 models/ })).toBeVisible();
  await list.focus();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('grid').first()).toBeVisible();

  // A folder of results is chosen by a button, for those who can't drag it.
  const folder = mkdtempSync(join(tmpdir(), 'qkscope-results-'));
  for (const [at, model] of MODELS.slice(0, 5).entries())
    writeFileSync(join(folder, `${at}.json`), JSON.stringify(model));
  await page.getByRole('combobox', { name: 'Model' }).focus();
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'a folder…' }).click(),
  ]);
  await chooser.setFiles(folder);
  await expect(page.getByRole('heading', { name: basename(folder) })).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: '5 models, 120 heads' })).toBeVisible();

  // What isn't shown is listed in a box that keys can scroll.
  writeFileSync(join(folder, '9.json'), '{');
  await page.getByRole('combobox', { name: 'Model' }).focus();
  const [again] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'a folder…' }).click(),
  ]);
  await again.setFiles(folder);
  await page.getByText('1 file or model isn’t shown').press('Enter');
  const problems = page.getByRole('region', { name: 'What isn’t shown, and why' });
  await problems.focus();
  await expect(problems).toBeFocused();
  await expect(problems).toContainText('9.json');

  // A result that was written anew meanwhile: the gallery says so, and its notice goes at a button, the keys staying here.
  writeFileSync(join(folder, '0.json'), '{}');
  await list.getByRole('option', { name: new RegExp(MODELS[0]!.model.id) }).click();
  const gallery = page.getByRole('region', { name: `Collection ${basename(folder)}` });
  const notice = gallery.getByRole('alert').filter({ hasText: '0.json couldn’t be read.' });
  await expect(notice).toContainText('Choose it again.');
  await notice.getByRole('button', { name: 'Dismiss' }).press('Enter');
  await expect(notice).toHaveCount(0);
  await expect(gallery).toBeFocused();
  await list.getByRole('option', { name: new RegExp(MODELS[1]!.model.id) }).click();
  await expect(page.getByRole('grid', { name: new RegExp(MODELS[1]!.model.id) })).toBeVisible();
});
