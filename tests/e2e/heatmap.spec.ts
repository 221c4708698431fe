import { expect, type Locator, type Page } from '@playwright/test';
import type { AnalysisResult } from '../../src/core/result/result.ts';
import { fixture } from '../support/localFiles.ts';
import {
  chooseByKeys,
  downloadFrom,
  expectDone,
  grid,
  loadPage,
  openMenu,
  openPage,
  pickFiles,
} from './page.ts';
import { test } from './sharedTest.ts';

test.use({ keepsPage: true });

async function sampleOf(page: Page): Promise<AnalysisResult[]> {
  return JSON.parse((await downloadFrom(page, 'Download JSON')).bytes.toString('utf8')) as AnalysisResult[];
}

/** One of a group's choices, by its arrow keys alone. */
async function choose(group: Locator, name: string): Promise<void> {
  const wanted = group.getByRole('radio', { name, exact: true });
  await group.getByRole('radio', { checked: true }).focus();
  for (let step = 0; step < 8 && !(await wanted.isChecked()); step++)
    await group.getByRole('radio', { checked: true }).press('ArrowRight');
  await expect(wanted).toBeChecked();
}

const map = (page: Page) => grid(page, 'sample/masked');
const cell = (page: Page) => map(page).getByRole('gridcell');

test('the map is read by keyboard, a head is pinned and unpinned, and its values are copied in full precision', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openPage(page);
  const [masked, causal] = await sampleOf(page);
  const headOf = (result: AnalysisResult | undefined, layer: number, head: number) =>
    result!.stacks[0]!.layers[layer]!.heads[head]!;
  await map(page).focus();
  await page.keyboard.press('ArrowDown');
  await expect(cell(page)).toHaveText(/^layer 0, head 0, s −?0\.\d\d$/);
  for (const [key, place] of [
    ['ArrowDown', 'layer 1, head 0'],
    ['End', 'layer 1, head 3'],
    ['ArrowLeft', 'layer 1, head 2'],
    [']', 'layer 2, head 2'],
    ['[', 'layer 1, head 2'],
    ['PageDown', 'layer 3, head 2'],
    ['Control+Home', 'layer 0, head 0'],
    ['Control+End', 'layer 3, head 3'],
    ['PageUp', 'layer 0, head 3'],
  ] as const) {
    await page.keyboard.press(key);
    await expect(cell(page)).toHaveText(new RegExp(`^${place}, s `));
  }
  const { s } = headOf(masked, 0, 3);
  await expect(cell(page)).toHaveText(`layer 0, head 3, s ${s!.toFixed(2).replace('-', '−')}`);

  await page.keyboard.press('c');
  await expect(page.getByText('L0H3 copied', { exact: false })).toBeAttached();
  const lines = (await page.evaluate(() => navigator.clipboard.readText())).trim().split('\n');
  const columns = lines[0]!.split('\t');
  for (const [at, result] of [masked, causal].entries()) {
    const values = lines[at + 1]!.split('\t');
    const head = headOf(result, 0, 3);
    expect(values[columns.indexOf('r')]).toBe(String(head.r));
    expect(values[columns.indexOf('s')]).toBe(String(head.s));
    expect(values[columns.indexOf('norm')]).toBe(String(head.norm));
  }

  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'L0H3' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Unpin' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Unpin' })).toBeHidden();
  await expect(map(page)).toBeFocused();
});

test('the jump box accepts every way to name a head, refuses other text and keeps its keys to itself', async ({
  page,
}) => {
  await openPage(page);
  for (const [text, name] of [
    ['L2H1', 'L2H1'],
    ['3.1', 'L3H1'],
    ['1-2', 'L1H2'],
    ['layer 0 head 3', 'L0H3'],
    ['a2.h2', 'L2H2'],
  ] as const) {
    await page.keyboard.press('/');
    await expect(page.getByRole('textbox', { name: 'jump' })).toBeFocused();
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name, exact: true })).toBeVisible();
    await expect(map(page)).toBeFocused();
  }
  await page.keyboard.press('/');
  await page.keyboard.type('L9H9 s?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeHidden();
  await page.keyboard.press('Enter');
  const box = page.getByRole('textbox', { name: 'jump' });
  expect(await box.evaluate((element: HTMLInputElement) => element.validity.customError)).toBe(true);
  await expect(page.getByRole('heading', { name: 'L2H2', exact: true })).toBeVisible();
});

test('a sorted map is read in its order, and the export names that order', async ({ page }) => {
  await openPage(page);
  const [masked] = await sampleOf(page);
  const layer = masked!.stacks[0]!.layers[2]!;
  const best = [...layer.heads].sort((a, b) => b.s! - a.s!)[0]!;
  await openMenu(page, 'View');
  const sort = page.getByRole('combobox', { name: 'sort' });
  const { layers } = masked!.stacks[0]!;
  const mean = (head: number) => layers.reduce((sum, { heads }) => sum + heads[head]!.s!, 0);
  const middle = (row: number) => {
    const values = layers[row]!.heads.map(({ s }) => s!).sort((a, b) => a - b);
    return values[1]! + values[2]!;
  };
  const first = (by: (at: number) => number) => [0, 1, 2, 3].sort((a, b) => by(b) - by(a))[0];
  await chooseByKeys(sort, 'heads');
  await map(page).press('Control+Home');
  await expect(cell(page)).toHaveText(new RegExp(`^layer 0, head ${first(mean)}, s `));
  await openMenu(page, 'View');
  await chooseByKeys(sort, 'layers');
  await map(page).press('Control+Home');
  await expect(cell(page)).toHaveText(new RegExp(`^layer ${first(middle)}, head 0, s `));
  await openMenu(page, 'View');
  await chooseByKeys(sort, 'model');
  await map(page).press('s');
  await openMenu(page, 'View');
  await expect(sort).toHaveValue('score');
  await map(page).focus();
  for (const key of ['Home', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
  await expect(cell(page)).toHaveText(new RegExp(`^layer 2, head ${best.head}, s `));
  const svg = (await downloadFrom(page, 'Download SVG')).bytes.toString('utf8');
  expect(svg).toContain('columns are ranks');
});

test('the map’s metric, scale and colours can be chosen, locked and remembered', async ({ page }) => {
  await openPage(page);
  const [masked] = await sampleOf(page);
  const head = masked!.stacks[0]!.layers[0]!.heads[0]!;
  const { dModel } = masked!.shape;
  for (const [radio, words] of [
    ['r', `r ${head.r!.toFixed(2)}`],
    ['z', `z ${(((head.s! - 1 / dModel) * dModel) / Math.SQRT2).toFixed(1)}`],
    ['‖M‖', `norm ${head.norm!.toPrecision(3)}`],
  ] as const) {
    await choose(page.getByRole('group', { name: 'metric' }), radio);
    await map(page).press('Control+Home');
    await expect(cell(page)).toHaveText(`layer 0, head 0, ${words}`);
    await page.keyboard.press('Escape');
  }
  const scale = page.getByRole('group', { name: 'scale' });
  await expect(scale.getByRole('radio', { name: 'full' })).toHaveCount(0);
  await choose(page.getByRole('group', { name: 'metric' }), 's');
  const legend = page.getByRole('img', { name: /^Legend/ });
  await openMenu(page, 'View');
  await expect(legend).toHaveAccessibleName(/from −0\.6 to 0\.6/);
  await choose(scale, '±10 s.d.');
  const ends = [-10, 10].map((z) => ((1 + z * Math.SQRT2) / dModel).toFixed(4).replace('-', '−'));
  await expect(legend).toHaveAccessibleName(new RegExp(`from ${ends[0]} to ${ends[1]}`));
  await choose(scale, 'full');
  await expect(legend).toHaveAccessibleName(/from −1 to 1/);
  // Locked, the ends are those that were shown before.
  await choose(scale, 'auto');
  await scale.getByRole('radio', { name: 'auto' }).press('ArrowLeft');
  await expect(legend).toHaveAccessibleName(/locked from −0\.6 to 0\.6/);

  // Each palette has colours of its own, which the figure that is exported has too; the last one is remembered.
  const colours = page.getByRole('combobox', { name: 'colours' });
  const filled = new Set<string>();
  for (const name of ['cividis', 'PuOr', 'RdBu', 'PuOr']) {
    await openMenu(page, 'View');
    await chooseByKeys(colours, name);
    const svg = (await downloadFrom(page, 'Download SVG')).bytes.toString('utf8');
    filled.add([...new Set(svg.match(/#[0-9a-f]{6}|rgb\([^)]*\)/g))].join(' '));
  }
  expect(filled.size).toBe(3);

  // What is opened next is shown between the same ends, r and s alike.
  await pickFiles(page, [
    fixture('oracle', 'bert-f32', 'model.safetensors'),
    fixture('oracle', 'bert-f32', 'config.json'),
  ]);
  await expectDone(page);
  await expect(legend).toHaveAccessibleName(/locked from −0\.6 to 0\.6/);
  await choose(page.getByRole('group', { name: 'metric' }), 'r');
  await expect(legend).toHaveAccessibleName(/locked from 0\.2 to 0\.8/);
  await loadPage(page);
  await openMenu(page, 'View');
  await expect(colours).toHaveValue('PuOr');
});

test('the key x adds heads to the compared heads, and Remove takes them away', async ({ page }) => {
  await openPage(page);
  await map(page).focus();
  for (const key of ['ArrowDown', 'x', 'ArrowRight', 'x']) await page.keyboard.press(key);
  const list = page.getByRole('region', { name: 'Compared heads' });
  await expect(list.getByRole('listitem')).toHaveCount(2);
  await list.getByRole('button', { name: 'Remove L0H0' }).press('Enter');
  await expect(list.getByRole('listitem')).toHaveCount(1);
  await expect(list).toContainText('L0H1');
});

test('a pointer shows a head on hover, pins and unpins it on click, and compares it with Shift', async ({
  page,
}) => {
  await openPage(page);
  const box = (await map(page).boundingBox())!;
  const at = (x: number, y: number) => ({ x: box.x + x, y: box.y + y });
  const [one, unpin] = [at(90, 65), page.getByRole('button', { name: 'Unpin' })];
  await page.mouse.move(one.x, one.y);
  await expect(cell(page)).toHaveText(/^layer 0, head 0,/);
  await page.mouse.click(one.x, one.y);
  await expect(unpin).toBeVisible();
  await page.mouse.click(one.x, one.y);
  await expect(unpin).toBeHidden();
  await page.mouse.click(one.x, one.y);
  await expect(unpin).toBeVisible();
  await page.locator('body').click({ position: { x: 4, y: 110 } });
  await expect(unpin).toBeHidden();
  await page.keyboard.down('Shift');
  await page.mouse.click(one.x, one.y);
  await page.keyboard.up('Shift');
  await expect(page.getByRole('region', { name: 'Compared heads' })).toContainText('L0H0');
});

test('the strips’ figures of layers and columns, read by keyboard or click, agree with the JSON export', async ({
  page,
}) => {
  await openPage(page);
  const [masked] = await sampleOf(page);
  const { layers } = masked!.stacks[0]!;
  const text = (value: number) => value.toFixed(4).replace('-', '−');
  const middle = (row: number) => {
    const [, low, high] = layers[row]!.heads.map(({ s }) => s!).sort((a, b) => a - b);
    return (low! + high!) / 2;
  };
  const mean = (head: number) => layers.reduce((sum, { heads }) => sum + heads[head]!.s!, 0) / layers.length;
  const region = page.getByRole('region', { name: 'sample/masked' }).first();
  const live = region.locator('[aria-live=polite]').last();
  const tip = region.locator('.tip');
  await map(page).focus();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press(']');
  await expect(live).toContainText(`layer 1: median s ${text(middle(1))}, IQR`);
  await expect(tip).toContainText(`layer 1: median s ${text(middle(1))}`);
  await page.keyboard.press('.');
  await expect(cell(page)).toHaveText(/^layer 1, head 1,/);
  await expect(live).toContainText(`head 1: mean s ${text(mean(1))} over layers`);
  await expect(tip).toHaveText(`head 1: mean s ${text(mean(1))} over layers`);
  await page.keyboard.press(',');
  await expect(live).toContainText(`head 0: mean s ${text(mean(0))} over layers`);
  // An arrow goes back to heads.
  await page.keyboard.press('ArrowDown');
  await expect(live).not.toContainText('mean s');
  await expect(tip).toContainText('L2H0');

  const box = (await map(page).boundingBox())!;
  await page.mouse.click(box.x + 30, box.y + 65);
  await expect(tip).toContainText(`layer 0: median s ${text(middle(0))}`);
});

test('a metric that the sample’s training didn’t record gets a sentence in place of empty axes', async ({
  page,
}) => {
  await openPage(page);
  const curves = page.getByRole('img', { name: /over steps/ });
  await expect(curves.first()).toBeVisible();
  await choose(page.getByRole('group', { name: 'metric' }), '‖M‖');
  await expect(page.getByText('isn’t recorded over these points', { exact: false })).toBeVisible();
  await expect(curves).toHaveCount(0);
});
