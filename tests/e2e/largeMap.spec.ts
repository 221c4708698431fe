import { expect, type Page, test } from '@playwright/test';
import { manyHeads } from '../../scripts/largeCheckpoints.js';
import { expectDone, grid, openPage, pickFiles } from './page.ts';

/** 126 layers of 128 heads, whose cells are too small for values. */
async function openLarge(page: Page, folder: string): Promise<void> {
  await openPage(page);
  await pickFiles(page, manyHeads(folder).files);
  await expect(page.getByText('126 × 128 heads', { exact: false }).first()).toBeVisible();
  await expectDone(page);
}

const map = (page: Page) => grid(page, 'model');
const cell = (page: Page) => map(page).getByRole('gridcell');

/** Where the ring of the pinned head is, and where the cells are, px of the window. */
async function pinnedRing(page: Page) {
  const box = (await page.locator('.heatmap-box').boundingBox())!;
  const ring = (await page.locator('.ring-pinned').boundingBox())!;
  return { box, ring };
}

test('keys keep their place: back from the panel, after Escape, and after Tab', async ({ page }, info) => {
  await openLarge(page, info.outputPath());
  await map(page).focus();
  const place = /^layer 2, head 80,/;
  for (const key of ['Control+Home', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
  for (let right = 0; right < 80; right++) await page.keyboard.press('ArrowRight');
  await expect(cell(page)).toHaveText(place);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'L2H80', exact: true })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(map(page)).toBeFocused();
  await expect(cell(page)).toHaveText(place);
  await page.keyboard.press('ArrowRight');
  await expect(cell(page)).toHaveText(/^layer 2, head 81,/);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await expect(map(page)).not.toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await expect(map(page)).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(cell(page)).toHaveText(place);
});

test('zoomed by keys and buttons, the map shows what is pinned from elsewhere', async ({ page }, info) => {
  await openLarge(page, info.outputPath());
  const zoom = page.getByRole('group', { name: /^Zoom of/ });
  const [out, fit] = [
    zoom.getByRole('button', { name: 'Zoom out' }),
    zoom.getByRole('button', { name: 'fit' }),
  ];
  await expect(out).toBeDisabled();
  const legend = page.getByRole('img', { name: /^Legend/ });
  const topOf = () => legend.evaluate((each) => each.getBoundingClientRect().top + window.scrollY);
  const before = await topOf();
  await map(page).focus();
  await page.keyboard.press('Control+Home');
  for (let step = 0; step < 4; step++) await page.keyboard.press('+');
  await zoom.getByRole('button', { name: 'Zoom in' }).press('Enter');
  await expect(out).toBeEnabled();
  // The room stays what it was.
  expect(await topOf()).toBeCloseTo(before, 0);
  await expect(page.locator('.heatmap-box')).toHaveAttribute('data-scrolls', 'true');

  for (const head of ['L120H100', 'L0H127', 'L125H0']) {
    await page.keyboard.press('/');
    await page.keyboard.type(head);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: head, exact: true })).toBeVisible();
    const { box, ring } = await pinnedRing(page);
    expect(ring.x).toBeGreaterThanOrEqual(box.x);
    expect(ring.y).toBeGreaterThanOrEqual(box.y);
    expect(ring.x + ring.width).toBeLessThanOrEqual(box.x + box.width);
    expect(ring.y + ring.height).toBeLessThanOrEqual(box.y + box.height);
  }
  // The arrows go on from there, and the map follows them.
  await page.keyboard.press('Control+Home');
  await expect(page.locator('.ring-pinned')).toHaveCount(0);
  await expect(page.locator('.ring-hover')).toBeVisible();

  await page.keyboard.press('0');
  await expect(fit).toBeDisabled();
  await expect(page.locator('.heatmap-box')).toHaveAttribute('data-scrolls', 'false');
});
