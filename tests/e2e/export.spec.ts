import { readFileSync } from 'node:fs';
import { expect } from '@playwright/test';
import { downloadFrom, grid, openExport, openPage } from './page.ts';
import { test } from './sharedTest.ts';

test.use({ keepsPage: true });

test('the exports hold the figure and what is needed to cite it', async ({ page }) => {
  await openPage(page);
  const png = await downloadFrom(page, 'Download PNG');
  expect(png.bytes.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
  expect(png.bytes.readUInt32BE(16)).toBeGreaterThan(1000);
  const svg = (await downloadFrom(page, 'Download SVG')).bytes.toString('utf8');
  for (const text of [
    'sample/masked',
    'sample/causal',
    '‖(M+Mᵀ)/2‖²',
    'QKScope',
    'Raw weights',
    'arXiv:2502.10927',
  ])
    expect(svg).toContain(text);
  const json = JSON.parse((await downloadFrom(page, 'Download JSON')).bytes.toString('utf8')) as {
    schema: string;
  }[];
  expect(json.map(({ schema }) => schema)).toEqual(['qkscope/result', 'qkscope/result']);
  const csv = (await downloadFrom(page, 'Download CSV')).bytes.toString('utf8');
  expect(csv.trim().split('\n')).toHaveLength(1 + 2 * 16);
});

test('the picture is copied as a PNG of the size that was chosen', async ({ page }) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await openPage(page);
  const { bytes } = await downloadFrom(page, 'Download PNG');
  await openExport(page);
  await page.getByRole('button', { name: 'Copy picture' }).press('Enter');
  await expect(page.getByText('The picture is copied.')).toBeVisible();
  const size = await page.evaluate(async () => {
    const [item] = await navigator.clipboard.read();
    const picture = await createImageBitmap(await item!.getType('image/png'));
    return [picture.width, picture.height];
  });
  expect(size).toEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]);
});

/** The picture in the file, without the result's text. */
const drawn = (svg: Buffer) => svg.toString('utf8').replace(/<metadata>.*<\/metadata>/s, '');

test('the figure is set in its dialog with the keys: title, parts, width and rings', async ({ page }) => {
  await openPage(page);
  await grid(page, 'sample/masked').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  const ringed = drawn((await downloadFrom(page, 'Download SVG')).bytes);
  // Letters are shapes, and the texts their labels.
  expect(ringed).not.toContain('<text');
  for (const text of ['"0.347"', '"pinned"', '"random weights, ±2 s.d.', '"(a) sample/masked"'])
    expect(ringed).toContain(`aria-label=${text}`);

  const dialog = await openExport(page);
  const preview = dialog.getByRole('img', { name: /^Preview: sample\/masked/ });
  await expect(preview).toBeVisible();
  await dialog.getByLabel('title (a)').fill('Bidirectional');
  for (const part of ['Values in the cells', 'Rings round pinned and compared heads'])
    await dialog.getByRole('checkbox', { name: part }).press('Space');
  await dialog.getByRole('radio', { name: '1 column' }).press('Space');
  await dialog.getByRole('radio', { name: 'text', exact: true }).press('Space');
  await expect(dialog.getByRole('img', { name: /^Preview: Bidirectional/ })).toBeVisible();
  await expect(dialog.getByText(/^3\.3 × /)).toBeVisible();
  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Download SVG' }).press('Enter');
  const file = readFileSync(await (await download).path());
  const plain = drawn(file);
  expect(plain).toContain('>(a) Bidirectional</text>');
  expect(plain).toContain('<title>Bidirectional, 4 × 4 heads');
  expect(plain).toContain('width="3.3in"');
  expect(plain).not.toContain('>0.347</text>');
  expect(plain).not.toContain('>pinned</text>');
  // The model is cited whatever the title says, and the data are those of the page.
  expect(plain).toContain('sample/masked');
  expect(file.toString('utf8')).toContain('"schema": "qkscope/result"');

  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('button', { name: 'Export', exact: true })).toBeFocused();
  await page.reload();
  const again = await openExport(page);
  await expect(again.getByRole('radio', { name: '1 column' })).toBeChecked();
  await expect(again.getByRole('checkbox', { name: 'Values in the cells' })).not.toBeChecked();
  await expect(again.getByLabel('title (a)')).toHaveValue('sample/masked');
});

test('a line of Markdown holds the medians and a link to the view', async ({ page }) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await openPage(page);
  const dialog = await openExport(page);
  await dialog.getByRole('button', { name: 'Copy Markdown' }).press('Enter');
  await expect(dialog.getByText(/^Copied\./)).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
    /^sample\/masked: median s 0\.\d+ over 16 heads .*; sample\/causal: median s .* · raw weights.*QKScope.*\n$/,
  );
});
