import { expect, type Page } from '@playwright/test';
import { manyHeads } from '../../scripts/largeCheckpoints.js';
import {
  chooseByKeys,
  expectDone,
  grid,
  measure,
  measureButton,
  menuNamed,
  openMenu,
  openPage,
  openTab,
  pickFiles,
  resultOf,
} from './page.ts';
import { test } from './sharedTest.ts';

test.use({ keepsPage: true });

/** 126 layers of 128 heads, whose cells are too small for values. */
async function openLarge(page: Page, folder: string): Promise<void> {
  if (page.url() !== 'about:blank') {
    // The test before left it open.
    await page.keyboard.press('Escape');
    return;
  }
  await openPage(page);
  await pickFiles(page, manyHeads(folder).files);
  await expectDone(page);
  await expect(page.getByText('126 × 128 heads', { exact: false }).first()).toBeVisible();
}

const map = (page: Page) => grid(page, 'model');
const cell = (page: Page) => map(page).getByRole('gridcell');

/** Where the ring of the pinned head is, and where the cells are, px of the window. */
async function pinnedRing(page: Page) {
  const box = (await page.locator('.heatmap-box').boundingBox())!;
  const ring = (await page.locator('.ring-pinned').boundingBox())!;
  return { box, ring };
}

test('the map’s cursor stays where it was after the head panel, Escape and Tab', async ({ page }, info) => {
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

  // What is measured can be stopped, and gone on with.
  await measure(page, 'directionality');
  await page.getByRole('button', { name: 'Cancel measuring' }).press('Enter');
  await expect(page.getByRole('button', { name: 'Cancel measuring' })).toHaveCount(0);
  await expect(menuNamed(page, 'Measure')).toBeFocused();
  await openMenu(page, 'Measure');
  await expect(measureButton(page, 'directionality')).toBeEnabled();
});

test('a zoomed map scrolls to the head that is pinned from elsewhere', async ({ page }, info) => {
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

  // Two fingers spread, or a touchpad's pinch: what is between them stays there.
  const box = (await page.locator('.heatmap-box').boundingBox())!;
  await page.mouse.move(box.x + box.width / 3, box.y + box.height / 2);
  // The middle of a cell: it is 3 px wide.
  const one = (await page.locator('.ring-hover').boundingBox())!;
  const [x, y] = [one.x + one.width / 2, one.y + one.height / 2];
  const under = async () => {
    await page.mouse.move(x, y + 40);
    await page.mouse.move(x, y);
    return (await cell(page).textContent())!;
  };
  const cdp = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', apart?: number) =>
    cdp.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: apart === undefined ? [] : [-1, 1].map((side) => ({ x: x + (side * apart) / 2, y })),
    });
  const pinched = await under();
  await touch('touchStart', 40);
  for (const apart of [80, 120, 160]) await touch('touchMove', apart);
  await touch('touchEnd');
  await expect(out).toBeEnabled();
  expect(await under()).toBe(pinched);
  await map(page).press('0');
  await expect(out).toBeDisabled();
  await page.mouse.move(x, y);
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -400);
  await page.keyboard.up('Control');
  await expect(out).toBeEnabled();
  expect(await under()).toBe(pinched);
});

test('the table sorts by keyboard, agrees with the JSON export and holds only the lines near the view', async ({
  page,
}, info) => {
  await openLarge(page, info.outputPath());
  const { stacks } = await resultOf(page);
  const { layers } = stacks[0]!;
  const s = (layer: number, head: number) => layers[layer]!.heads[head]!.s!;
  await openTab(page, 'Table');
  const table = page.getByRole('table', { name: /^s of every head/ });
  await expect(table).toHaveAttribute('aria-rowcount', '127');
  const names = table.getByRole('rowheader');
  expect(await names.count()).toBeLessThan(60);
  await expect(names.first()).toHaveText('L0');

  // Of 16,129 cells less than 5,000, wherever the view is; those at the right end come with their places.
  const cells = page.locator('.data-table :is(td, th)');
  expect(await cells.count()).toBeLessThan(5000);
  const region = page.getByRole('region', { name: /^s of every head/ });
  await expect(table).toHaveAttribute('aria-colcount', '129');
  await region.scrollIntoViewIfNeeded();
  await region.evaluate((element) => element.scrollTo({ left: element.scrollWidth }));
  const last = table.getByRole('columnheader', { name: 'H127', exact: true });
  await expect(last).toHaveAttribute('aria-colindex', '129');
  await expect(last).toBeInViewport();
  expect(await cells.count()).toBeLessThan(5000);
  await expect(table.getByRole('row', { name: /^L1 / }).getByRole('cell').last()).toHaveText(
    s(1, 127).toFixed(4).replace('-', '−'),
  );
  await region.evaluate((element) => element.scrollTo({ left: 0 }));

  // By one head: the highest first, then the lowest, then as the model numbers them.
  const order = layers.map(({ layer }) => layer).sort((a, b) => s(b, 3) - s(a, 3));
  const header = table.getByRole('columnheader', { name: 'H3', exact: true });
  await header.getByRole('button').press('Enter');
  await expect(header).toHaveAttribute('aria-sort', 'descending');
  await expect(names.first()).toHaveText(`L${order[0]}`);
  await expect(names.nth(20)).toHaveText(`L${order[20]}`);
  await expect(
    table
      .getByRole('row', { name: new RegExp(`^L${order[0]} `) })
      .getByRole('cell')
      .nth(3),
  ).toHaveText(s(order[0]!, 3).toFixed(4).replace('-', '−'));
  await header.getByRole('button').press('Enter');
  await expect(header).toHaveAttribute('aria-sort', 'ascending');
  await expect(names.first()).toHaveText(`L${order[125]}`);
  await header.getByRole('button').press('Enter');
  await expect(names.first()).toHaveText('L0');

  // Its end comes into view by keys.
  await region.focus();
  await page.keyboard.press('End');
  await expect(names.last()).toHaveText('L125');
  await expect(names.last()).toBeInViewport();

  // All metrics, a line a head: from the most symmetric one on.
  await chooseByKeys(page.getByRole('combobox', { name: 'values' }), 'all');
  const all = page.getByRole('table', { name: /all metrics/ });
  await expect(all).toHaveAttribute('aria-rowcount', String(126 * 128 + 1));
  const column = all.getByRole('columnheader', { name: 's', exact: true });
  await column.getByRole('button').press('Enter');
  const best = layers
    .flatMap(({ layer, heads }) => heads.map(({ head, s }) => ({ name: `L${layer}H${head}`, s: s! })))
    .sort((a, b) => b.s - a.s)[0]!;
  const first = all.getByRole('row').nth(1);
  await expect(first.getByRole('rowheader')).toHaveText(best.name);
  await expect(first.getByRole('cell').first()).toHaveText(best.s.toFixed(4));
  await first.getByRole('button', { name: best.name }).press('Enter');
  await expect(page.getByRole('heading', { name: best.name, exact: true })).toBeVisible();

  // The map says a head as one would read it out.
  await page.getByRole('radio', { name: 's', exact: true }).press('ArrowRight');
  await map(page).press('Control+Home');
  for (let down = 0; down < 5; down++) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await expect(cell(page)).toHaveText(`layer 5, head 1, r ${((1 + s(5, 1)) / 2).toFixed(2)}`);
  await expect(cell(page)).toHaveAttribute('aria-colindex', '2');
  await expect(map(page)).toHaveAttribute('aria-activedescendant', (await cell(page).getAttribute('id'))!);
});
