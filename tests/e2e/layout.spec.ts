import { expect, type Page } from '@playwright/test';
import { fixture } from '../support/localFiles.ts';
import {
  enterModel,
  expectDone,
  grid,
  openMenu,
  openModel,
  openPage,
  pickFiles,
  setFaults,
  setHub,
} from './page.ts';
import { test } from './sharedTest.ts';

test.use({ keepsPage: true });

const topOf = (page: Page, selector: string) =>
  page
    .locator(selector)
    .first()
    .evaluate((each) => Math.round(each.getBoundingClientRect().top + window.scrollY));

test.beforeEach(() => setFaults());

test('the page never scrolls sideways at any width, whichever panel or menu is open', async ({ page }) => {
  await page.setViewportSize({ width: 1920, height: 1000 });
  await openPage(page);
  for (const tab of ['Training', 'Compare', 'Distribution', 'Scatter', 'Table']) {
    await page.setViewportSize({ width: 1920, height: 1000 });
    await page.getByRole('tab', { name: tab, exact: true }).click();
    await expect(page.getByRole('tabpanel')).not.toBeEmpty();
    if (tab === 'Distribution') await page.getByText(/Table of all \d+ models/).click();
    for (const width of [1280, 1024, 390, 360]) {
      await page.setViewportSize({ width, height: 800 });
      await expect
        .poll(() => page.evaluate(() => document.documentElement.scrollWidth), {
          message: `${tab}, ${width}`,
        })
        .toBe(width);
    }
  }
  for (const width of [640, 360]) {
    await page.setViewportSize({ width, height: 800 });
    for (const menu of ['View', 'raw weights', 'Measure', 'Compare']) {
      await openMenu(page, menu);
      await expect(page.locator('.menu[open] > .menu-box > *').first()).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `${menu}, ${width}`).toBe(
        width,
      );
      await page.keyboard.press('Escape');
    }
  }
});

test('two maps start at the same height, however their titles wrap', async ({ page }) => {
  await openPage(page);
  await setHub(page);
  await openModel(page, 'test/pythia@step1000');
  await expectDone(page);
  await openMenu(page, /^Compare/);
  await page.getByRole('combobox', { name: 'Compared with' }).fill('test/pythia');
  await page.keyboard.press('Enter');
  await expectDone(page, 2);
  for (const width of [1440, 1100, 960]) {
    await page.setViewportSize({ width, height: 900 });
    await expect
      .poll(async () => {
        const boxes = await page
          .locator('.maps [role=grid]')
          .evaluateAll((grids) => grids.map((each) => Math.round(each.getBoundingClientRect().top)));
        return boxes.length === 2 && boxes[0] === boxes[1];
      })
      .toBe(true);
  }
});

test('nothing below the map moves from its first bytes to its last cell', async ({ page }) => {
  await openPage(page);
  await setHub(page);
  await setFaults({ slowMs: 40 });
  await openModel(page, 'gpt2');
  await expect(grid(page, 'openai-community/gpt2')).toBeVisible();
  await expect(page.getByRole('progressbar')).toBeVisible();
  const before = await topOf(page, '[role=tablist]');
  await setFaults();
  await expectDone(page);
  await expect(page.getByRole('progressbar')).toHaveCount(0);
  // What the model has to say of itself stands under its map: a line, for the name that the hub has changed.
  expect(Math.abs((await topOf(page, '[role=tablist]')) - before)).toBeLessThanOrEqual(40);
  expect(await topOf(page, '.maps [role=grid]')).toBeLessThan(before);
});

test('the name of a missing model and the reason stand above the maps that stay', async ({ page }) => {
  await openPage(page);
  await setHub(page);
  await enterModel(page, 'test/none');
  await expect(page.getByRole('alert')).toContainText('test/none');
  await expect(grid(page, 'sample/masked')).toBeVisible();
  expect(await topOf(page, '[role=alert]')).toBeLessThan(await topOf(page, '.maps'));
  await expect(page.getByRole('img', { name: /^Legend/ })).toBeVisible();
});

test('the reason stands under the name of a missing model that was opened beside a map', async ({ page }) => {
  await openPage(page);
  await setHub(page);
  await openModel(page, 'test/llama-gqa');
  await expectDone(page);
  await openMenu(page, /^Compare/);
  await page.getByRole('combobox', { name: 'Compared with' }).fill('test/none');
  await page.keyboard.press('Enter');
  const alert = page.getByRole('alert');
  await expect(alert).toBeVisible();
  const box = (await alert.boundingBox())!;
  const name = (await page.getByRole('heading', { name: 'test/none' }).boundingBox())!;
  // The other map's caption has a line for who told its heads, and both columns start level below it.
  expect(box.y - name.y).toBeLessThan(90);
  expect(box.x).toBeGreaterThan((await grid(page, 'test/llama-gqa').boundingBox())!.x);
  await expect(page.getByRole('img', { name: /^Legend/ })).toBeVisible();
});

test('the version at the foot covers no word of the status line, and on a phone the progress is read whole', async ({
  page,
}) => {
  await openPage(page);
  await setHub(page);
  await openModel(page, 'test/series');
  await expectDone(page);
  const covers = () =>
    page.locator('.frame-status').evaluate((foot) => {
      const version = foot.querySelector('.about-open')!.getBoundingClientRect();
      const words = [...foot.querySelectorAll('.status > *')].map((each) => each.getBoundingClientRect());
      return words.some(
        ({ right, bottom, left, top }) =>
          right > version.left && left < version.right && bottom > version.top && top < version.bottom,
      );
    });
  for (const width of [1440, 1360, 1280, 1100, 820, 390]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await covers(), `${width}`).toBe(false);
  }

  await setFaults({ slowMs: 40 });
  await openModel(page, 'gpt2');
  const words = page.locator('.progress-text > *').first();
  await expect(words).toHaveText(/^reading \d.* of 85\.1 MB$/);
  expect(await words.evaluate((each) => each.scrollWidth - each.clientWidth)).toBe(0);
  await setFaults();
  await expectDone(page);
});

test('the side lists and the palette follow the metric of the map', async ({ page }) => {
  await openPage(page);
  const side = page.getByRole('complementary', { name: 'Head' });
  const colours = page.getByRole('combobox', { name: 'colours' });
  await expect(side.getByRole('heading', { name: 'Most symmetric' })).toHaveCount(2);
  await openMenu(page, 'View');
  await expect(colours).toHaveValue('RdBu');
  await page.getByRole('radio', { name: '‖M‖', exact: true }).first().check({ force: true });
  await expect(side.getByRole('heading', { name: 'Highest ‖M‖' })).toHaveCount(2);
  await openMenu(page, 'View');
  await expect(colours).toBeDisabled();
  await expect(colours).toHaveValue('cividis');
  const shown = (
    await side.locator('.extremes').first().getByRole('list').first().getByRole('button').allInnerTexts()
  ).map((text) => Number(text.split(/\s+/)[1]));
  expect(shown).toEqual([...shown].sort((a, b) => b - a));
  // The highest one is the one that the map has there.
  const head = /^L(\d)H(\d)/.exec(
    await side.locator('.extremes').first().getByRole('button').first().innerText(),
  )!;
  const map = grid(page, 'sample/masked');
  await map.focus();
  await page.keyboard.press('Control+Home');
  for (let row = 0; row < Number(head[1]); row++) await page.keyboard.press('ArrowDown');
  for (let column = 0; column < Number(head[2]); column++) await page.keyboard.press('ArrowRight');
  await expect(map.getByRole('gridcell')).toHaveText(
    `layer ${head[1]}, head ${head[2]}, norm ${shown[0]!.toPrecision(3)}`,
  );
});

test('the jump box is emptied when another model opens', async ({ page }) => {
  await openPage(page);
  const box = page.getByRole('textbox', { name: 'jump' });
  await box.fill('L9H9');
  await box.press('Enter');
  await expect(box).toHaveValue('L9H9');
  await pickFiles(page, [
    fixture('oracle', 'gpt2-f32', 'model.safetensors'),
    fixture('oracle', 'gpt2-f32', 'config.json'),
  ]);
  await expectDone(page);
  await expect(box).toHaveValue('');
  expect(await box.evaluate((element: HTMLInputElement) => element.validity.customError)).toBe(false);
});

test('the ranking stays under the pointer; a narrow window shows what is pinned; forced colours keep what is chosen apart', async ({
  page,
}) => {
  await openPage(page);
  const side = page.getByRole('complementary');
  const ranking = side.getByText('Most symmetric').first();
  const place = await ranking.boundingBox();
  const map = grid(page, 'sample/masked');
  await map.hover({ position: { x: 80, y: 80 } });
  await expect(side.getByRole('heading', { name: 'L0H0' })).toBeVisible();
  expect(await ranking.boundingBox()).toEqual(place);
  await page.mouse.move(0, 0);

  await page.emulateMedia({ forcedColors: 'active' });
  const colour = (selector: string, property: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((each, name) => getComputedStyle(each).getPropertyValue(name), property);
  for (const [chosen, other, property] of [
    ['.tab[aria-selected=true]', '.tab[aria-selected=false]', 'border-bottom-color'],
    ['.segment input:checked + span', '.segment input:not(:checked) + span', 'background-color'],
    ['.model:first-child .swatch', '.model:nth-child(2) .swatch', 'background-color'],
  ] as const)
    expect(await colour(chosen, property), chosen).not.toBe(await colour(other, property));
  await page.emulateMedia({ forcedColors: 'none' });

  await page.setViewportSize({ width: 390, height: 844 });
  await map.click({ position: { x: 60, y: 60 } });
  const strip = page.getByRole('region', { name: 'Tapped head' });
  await expect(strip).toContainText(/L0H0 · s .*rank \d+ of 16/);
  await expect(strip).toBeInViewport();
  await strip.getByRole('button', { name: 'Details' }).click();
  await expect(page.locator('#head-panel')).toBeFocused();
  await expect(side.getByRole('heading', { name: 'L0H0' })).toBeInViewport();
});
