import { expect, test } from '@playwright/test';
import { downloadFrom, openPage } from './page.ts';

test('the exports hold the figure and what is needed to cite it', async ({ page }) => {
  await openPage(page);
  const png = await downloadFrom(page, 'Download PNG');
  expect(png.bytes.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
  expect(png.bytes.readUInt32BE(16)).toBeGreaterThan(1000);
  const svg = (await downloadFrom(page, 'Download SVG')).bytes.toString('utf8');
  for (const text of ['sample/masked', 'sample/causal', '‖(M+Mᵀ)/2‖²', 'QKScope', 'Raw weights'])
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
  await page.getByRole('banner').getByText('Export', { exact: true }).press('Enter');
  await page.getByRole('button', { name: 'Copy picture' }).press('Enter');
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  const size = await page.evaluate(async () => {
    const [item] = await navigator.clipboard.read();
    const picture = await createImageBitmap(await item!.getType('image/png'));
    return [picture.width, picture.height];
  });
  expect(size).toEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]);
});
