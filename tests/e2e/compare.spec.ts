import { readFileSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import type { AnalysisResult } from '../../src/core/result/result.ts';
import { headOf } from '../support/fixtureHub/checkpoints.ts';
import { ratioByDefinition } from '../support/layerWeights.ts';
import { dropFiles } from './drop.ts';
import {
  downloadFrom,
  expectDone,
  grid,
  openMenu,
  openModel,
  openPage,
  openTab,
  setFaults,
  setHub,
} from './page.ts';
import { test } from './sharedTest.ts';

test.use({ keepsPage: true });

test.beforeEach(async ({ page }) => {
  await setFaults();
  await openPage(page);
  await setHub(page);
});

const scoresOf = ({ stacks }: AnalysisResult) =>
  stacks[0]!.layers.flatMap(({ layer, heads }) => heads.map(({ head, s }) => ({ layer, head, s: s! })));

const numberIn = (text: string) => Number(text.replaceAll('−', '-'));

/** Goes to an element with Tab alone, forwards, as far as it takes. */
async function tabTo(page: Page, isThere: () => Promise<boolean>): Promise<void> {
  for (let step = 0; step < 120; step++) {
    if (await isThere()) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('Tab never got there.');
}

const isFocused = (page: Page, name: RegExp) => () =>
  page.evaluate((source) => {
    const focused = document.activeElement;
    const text = focused?.getAttribute('aria-label') ?? focused?.textContent ?? '';
    return new RegExp(source).test(text);
  }, name.source);

async function expectNoSeriousFaults(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

/** Opens the second model with the keyboard alone. */
async function openBeside(page: Page, id: string): Promise<void> {
  await tabTo(page, isFocused(page, /^Compare$/));
  await page.keyboard.press('Enter');
  const input = page.getByRole('combobox', { name: 'Compared with' });
  await expect(input).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(input).toBeFocused();
  await page.keyboard.type(id);
  await page.keyboard.press('Enter');
}

/** Spearman's ρ as the text book has it: Pearson's formula on ranks that are counted. */
function rhoByCounting(x: readonly number[], y: readonly number[]): number {
  const ranks = (values: readonly number[]) =>
    values.map((value) => {
      const below = values.filter((other) => other < value).length;
      const equal = values.filter((other) => other === value).length;
      return below + (equal + 1) / 2;
    });
  const [p, q] = [ranks(x), ranks(y)];
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mp, mq] = [mean(p), mean(q)];
  const sum = (of: (at: number) => number) => p.reduce((total, _, at) => total + of(at), 0);
  return (
    sum((at) => (p[at]! - mp) * (q[at]! - mq)) /
    Math.sqrt(sum((at) => (p[at]! - mp) ** 2) * sum((at) => (q[at]! - mq) ** 2))
  );
}

test('two revisions are compared by keyboard, and the difference map agrees with both JSON exports', async ({
  page,
}) => {
  await openModel(page, 'test/pythia@step1000');
  await expectDone(page);
  await openBeside(page, 'test/pythia@step0');
  await expectDone(page, 2);
  const { bytes } = await downloadFrom(page, 'Download JSON');
  const results = JSON.parse(bytes.toString('utf8')) as AnalysisResult[];
  expect(results.map(({ model }) => model.revision)).toEqual(['step1000', 'step0']);
  const [a, b] = results.map(scoresOf) as [ReturnType<typeof scoresOf>, ReturnType<typeof scoresOf>];

  // Its panel was opened with the second model.
  await expect(page.getByRole('tab', { name: 'Compare' })).toHaveAttribute('aria-selected', 'true');
  const map = grid(page, 'step0) − test/pythia');
  await expect(map).toBeVisible();
  await map.focus();
  await page.keyboard.press('Control+Home');
  for (const [at, { layer, head, s }] of a.entries()) {
    if (layer > 0) break;
    const difference = b[at]!.s - s;
    const spoken = difference
      .toFixed(2)
      .replace('-', '−')
      .replace(/^−(0\.00)$/, '$1');
    await expect(map.getByRole('gridcell')).toHaveText(
      `layer ${layer}, head ${head}, difference of s ${spoken}`,
    );
    await page.keyboard.press('ArrowRight');
  }

  // The list, and the table twin: every value is the JSONs', rounded.
  const biggest = a
    .map(({ layer, head, s }, at) => ({ name: `L${layer}H${head}`, a: s, b: b[at]!.s }))
    .sort((p, q) => Math.abs(q.b - q.a) - Math.abs(p.b - p.a));
  const rows = page.getByRole('table', { name: /differ most/ }).getByRole('row');
  for (const [at, head] of biggest.slice(0, 3).entries()) {
    const cells = rows.nth(at + 1).getByRole('cell');
    await expect(rows.nth(at + 1).getByRole('rowheader')).toHaveText(head.name);
    const shown = (await cells.allInnerTexts()).map(numberIn);
    expect(shown).toEqual([head.a, head.b, head.b - head.a].map((value) => Number(value.toFixed(4))));
  }
  const rho = rhoByCounting(
    a.map(({ s }) => s),
    b.map(({ s }) => s),
  );
  const scatter = page.getByRole('listbox', { name: /in both models/ });
  await expect(scatter).toContainText(`ρ ${rho.toFixed(3).replace('-', '−')} over 12 heads`);

  // A head of the list is pinned with the keys, in all maps.
  await rows.nth(1).getByRole('button').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: biggest[0]!.name })).toBeVisible();
  await expectNoSeriousFaults(page);

  // On a phone the note on the untrained one keeps the page's margins.
  await page.setViewportSize({ width: 360, height: 800 });
  const note = (await page.locator('.null-banner').boundingBox())!;
  expect(note.x).toBe(12);
  expect(note.x + note.width).toBeLessThanOrEqual(348);
  await page.setViewportSize({ width: 1440, height: 900 });

  await openMenu(page, /^Compare/);
  await page.getByRole('button', { name: 'Swap A and B' }).press('Enter');
  await expect(rows.nth(1).getByRole('cell').nth(2)).toHaveText(
    (biggest[0]!.a - biggest[0]!.b).toFixed(4).replace('-', '−'),
  );
  await page.getByRole('button', { name: /^Close test\/pythia.*step1000/ }).focus();
  await page.keyboard.press('Enter');
  await expectDone(page);
  await expect(page.getByRole('tab', { name: 'Compare' })).toBeHidden();
});

test('models of different shapes stand side by side, and their heads are never paired', async ({ page }) => {
  await openModel(page, 'test/llama-gqa');
  await expectDone(page);
  await openBeside(page, 'test/pythia');
  await expectDone(page, 2);
  await openTab(page, 'Compare');
  await expect(page.getByText(/4 × 8 heads.*3 × 4 heads.*can’t be paired/)).toBeVisible();
  await expect(page.getByRole('grid')).toHaveCount(2);
});

test('a repository’s training steps are scored as a series and stepped through by keyboard', async ({
  page,
}) => {
  await openModel(page, 'test/pythia');
  await expectDone(page);
  await openTab(page, 'Training');
  await expect(page.getByRole('combobox', { name: 'series' })).toContainText('step… (3)');
  await expect(page.getByText(/Reads about .*: 3 × /)).toBeVisible();
  await page.getByRole('button', { name: 'Score 3 revisions' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('3 of 3 scored.')).toBeVisible();
  const slider = page.getByRole('slider', { name: 'checkpoint on the map' });
  await slider.focus();
  for (const [key, revision, mix] of [
    ['Home', 'step0', 0],
    ['ArrowRight', 'step1000', 0.3],
    ['ArrowRight', 'step3000', 0.6],
  ] as const) {
    await page.keyboard.press(key);
    await expect(slider).toHaveAttribute('aria-valuetext', revision);
    await expect(grid(page, `(${revision})`)).toBeVisible();
    const { bytes } = await downloadFrom(page, 'Download JSON');
    const result = JSON.parse(bytes.toString('utf8')) as AnalysisResult;
    expect(result.model.revision).toBe(revision);
    const { q, k } = headOf({ d: 64, dh: 16, mix }, 2, 3);
    const { r } = result.stacks[0]!.layers[2]!.heads[3]!;
    expect(Math.abs(r! - ratioByDefinition(q, k, 64, 16))).toBeLessThanOrEqual(2e-6);
    await slider.focus();
  }
  await expectNoSeriousFaults(page);
  // Its scores are kept: a second time nothing is read.
  await page.getByRole('button', { name: 'Another series' }).press('Enter');
  await expect(page.getByText(/3 of them are saved in this browser\. Nothing is read\./)).toBeVisible();
});

test('the page asks which checkpoints of a dropped folder to open and scores them in turn', async ({
  page,
}) => {
  const oracle = 'tests/fixtures/oracle/bert-f32';
  const files = ['checkpoint-1000', 'checkpoint-500'].map((name) => ({
    name: `run/${name}/model.safetensors`,
    path: `${oracle}/model.safetensors`,
  }));
  await dropFiles(page, [...files, { name: 'run/config.json', path: `${oracle}/config.json` }]);
  const dialog = page.getByRole('dialog', { name: '2 checkpoints in run' });
  await expect(dialog).toBeVisible();
  await expectNoSeriousFaults(page);
  await dialog.getByRole('button', { name: 'Score all 2' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('2 of 2 scored.')).toBeVisible();
  await page.getByRole('slider', { name: 'checkpoint on the map' }).focus();
  await page.keyboard.press('Home');
  await expect(grid(page, 'checkpoint-500')).toBeVisible();
  const { bytes } = await downloadFrom(page, 'Download JSON');
  const result = JSON.parse(bytes.toString('utf8')) as AnalysisResult;
  const expected = JSON.parse(readFileSync(`${oracle}/expected.json`, 'utf8')) as {
    stacks: { layers: { r: number[] }[] }[];
  };
  const rows = expected.stacks[0]!.layers;
  expect(result.stacks[0]!.layers.map(({ heads }) => heads.length)).toEqual(rows.map(({ r }) => r.length));
  result.stacks[0]!.layers.forEach(({ heads }, layer) => {
    heads.forEach(({ head, r }) => {
      expect(Math.abs(r! - rows[layer]!.r[head]!)).toBeLessThanOrEqual(2e-6);
    });
  });
});

test('a series stays when the convention changes and is scored again on request', async ({ page }) => {
  const oracle = 'tests/fixtures/oracle/bert-f32';
  const files = ['checkpoint-1000', 'checkpoint-500'].map((name) => ({
    name: `run/${name}/model.safetensors`,
    path: `${oracle}/model.safetensors`,
  }));
  await dropFiles(page, [...files, { name: 'run/config.json', path: `${oracle}/config.json` }]);
  await page.getByRole('button', { name: 'Score all 2' }).press('Enter');
  await expect(page.getByText('2 of 2 scored.')).toBeVisible();
  await page.locator('.convention summary').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('checkbox', { name: 'LayerNorm gain' }).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Escape');
  // The one that is open is scored with its model; the other one waits to be asked for.
  await expect(page.getByText(/^1 of 2 scored\. 1 .*need scoring again/)).toBeVisible();
  await page.getByText('The curves in numbers').press('Enter');
  await expect(page.getByRole('row', { name: /checkpoint-500 needs scoring again/ })).toHaveCount(1);
  await page.getByRole('button', { name: 'Score the 1 again' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('2 of 2 scored.')).toBeVisible();
  await page.getByText('Export the curves', { exact: true }).press('Enter');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download JSON' }).press('Enter');
  const results = JSON.parse(readFileSync(await (await download).path(), 'utf8')) as AnalysisResult[];
  expect(results.map(({ convention }) => convention.text)).toEqual(
    Array(2).fill(expect.stringContaining('LayerNorm gain folded')),
  );
});

test('the slider still sets a map after the other sample model is closed', async ({ page }) => {
  const slider = page.getByRole('slider', { name: 'checkpoint on the map' });
  await expect(slider).toHaveAttribute('aria-valuetext', 'as opened');
  await slider.focus();
  await page.keyboard.press('ArrowLeft');
  // The last point, too, can be chosen while the map shows what was opened.
  await expect(slider).not.toHaveAttribute('aria-valuetext', 'as opened');
  const last = await slider.getAttribute('max');
  await expect(slider).toHaveValue(last!);
  await page.keyboard.press('Home');
  await page.getByRole('button', { name: /^Close sample\/causal/ }).focus();
  await page.keyboard.press('Enter');
  await expect(grid(page, 'sample/masked (step 0)')).toBeVisible();
  await slider.focus();
  await page.keyboard.press('End');
  await expect(grid(page, 'sample/masked:')).toBeVisible();
  await page.keyboard.press('Home');
  await expect(grid(page, 'sample/masked (step 0)')).toBeVisible();
});

test('the slider sets both sample maps to the recorded training steps, and the page says they were recorded', async ({
  page,
}) => {
  const slider = page.getByRole('slider', { name: 'checkpoint on the map' });
  await slider.focus();
  await page.keyboard.press('Home');
  await expect(grid(page, 'sample/masked (step 0)')).toBeVisible();
  await expect(grid(page, 'sample/causal (step 0)')).toBeVisible();
  await expect(page.getByText(/as the sample’s training run recorded it/).first()).toBeVisible();
  await page.keyboard.press('End');
  await expectDone(page, 0);
  await expect(grid(page, 'sample/masked:')).toBeVisible();
});
