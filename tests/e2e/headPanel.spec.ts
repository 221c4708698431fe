import { readFileSync, writeFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';
import { decodeMatrix } from '../../src/core/weights/decode.ts';
import { formatMagnitude, formatScore, formatSignificant } from '../../src/figures/format.ts';
import { explicitM, normByDefinition } from '../support/explicitM.ts';
import { singularValuesByJacobi } from '../support/jacobi.ts';
import { fixture } from '../support/localFiles.ts';
import { caseFiles } from '../support/oracle.ts';
import { gaussian } from '../support/random.ts';
import { readLayers } from '../support/readLayers.ts';
import { f32, safetensorsBytes } from '../support/safetensorsBytes.ts';
import { chooseEngine, expectDone, loadPage, openPage, pickFiles } from './page.ts';
import { test } from './sharedTest.ts';

test.use({ keepsPage: true });

const PLACE = { layer: 1, head: 2 };

/** Opens a checkpoint and pins a head, by keys alone from the map on. */
async function pinHead(page: Page, name: string): Promise<void> {
  await openPage(page);
  await pickFiles(
    page,
    ['model.safetensors', 'config.json'].map((file) => fixture('oracle', name, file)),
  );
  await expectDone(page);
  await page.getByRole('grid').focus();
  await page.keyboard.press('Home');
  for (let layer = 0; layer < PLACE.layer; layer++) await page.keyboard.press('ArrowDown');
  for (let head = 0; head < PLACE.head; head++) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(panel(page).getByRole('heading', { name: /^L1H2/ })).toBeVisible();
}

const panel = (page: Page) => page.getByRole('complementary', { name: 'Head' });
const section = (page: Page, title: string) =>
  panel(page).getByRole('button', { name: new RegExp(`^.?\\s*${title}`) });

async function openSection(page: Page, title: string): Promise<void> {
  const button = section(page, title);
  if ((await button.getAttribute('aria-expanded')) === 'false') await button.press('Enter');
  await expect(button).toHaveAttribute('aria-expanded', 'true');
}

interface SavedDetail {
  readonly norm: number;
  readonly traceM: number;
  readonly r: number;
  readonly s: number;
  readonly eigenvalues: readonly { readonly re: number; readonly im: number }[];
  readonly singularValues: readonly number[];
  readonly effectiveRank: number;
  readonly stableRank: number;
  readonly directionality: number | null;
  readonly pValue: { readonly p: number; readonly draws: number; readonly atLeast: number };
  readonly partners: { readonly heads: number; readonly normalised: readonly number[] };
  readonly tensors: readonly { readonly name: string; readonly begin: number; readonly end: number }[];
}

/** What "Download detail" saves, once the last part is there. */
async function savedDetail(page: Page): Promise<SavedDetail> {
  await openSection(page, 'Transpose partners');
  await expect(panel(page).getByRole('grid', { name: /^Pairs of heads/ })).toBeVisible();
  const download = page.waitForEvent('download');
  await panel(page).getByRole('button', { name: 'Download detail' }).press('Enter');
  return JSON.parse(readFileSync(await (await download).path(), 'utf8')) as SavedDetail;
}

/** The sheet that "Copy values" copies: a header and one line a model. */
async function copiedValues(page: Page): Promise<readonly string[][]> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await panel(page).getByRole('button', { name: 'Copy values' }).press('Enter');
  await expect(panel(page).getByText('Copied')).toBeVisible();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  return text
    .trim()
    .split('\n')
    .map((line) => line.split('\t'));
}

/** The number at the right of a name in the panel's lists and tables. */
const beside = (page: Page, name: string) =>
  panel(page)
    .getByRole('row', { name: new RegExp(`^${name} `) })
    .getByRole('cell');

for (const name of ['gpt2-f32', 'llama-gqa-bf16'])
  test(`the pinned head of ${name} shows the values of M formed in float64`, async ({ page }) => {
    await pinHead(page, name);
    const detail = await savedDetail(page);
    const [header, values, ...more] = await copiedValues(page);
    expect(header!.slice(0, 3)).toEqual(['model', 'layer', 'head']);
    expect(more).toEqual([]);
    const weights = (await readLayers(caseFiles(name))).find(({ layer }) => layer === PLACE.layer)!;
    const all = weights.q.map((_, head) => explicitM(weights, [head]));
    const m = all[PLACE.head]!;
    const norm = normByDefinition(m);
    const traceOfProduct = (x: readonly Float64Array[], y: readonly Float64Array[]) =>
      x.reduce((sum, row, i) => sum + row.reduce((inner, value, j) => inner + value * y[j]![i]!, 0), 0);
    const near = (value: number, want: number, size = Math.abs(want)) =>
      expect(Math.abs(value - want)).toBeLessThanOrEqual(1e-9 * size);

    near(detail.norm, norm);
    near(detail.s, traceOfProduct(m, m) / norm ** 2, 1);
    // The page's engine computes in float32.
    const s = Number(values![header!.indexOf('s')]);
    expect(Math.abs(s - traceOfProduct(m, m) / norm ** 2)).toBeLessThanOrEqual(2e-6);
    near(
      detail.traceM,
      m.reduce((sum, row, i) => sum + row[i]!, 0),
      norm,
    );
    near(
      detail.eigenvalues.reduce((sum, { re }) => sum + re, 0),
      detail.traceM,
      norm,
    );
    near(
      detail.eigenvalues.reduce((sum, { re, im }) => sum + re * re - im * im, 0),
      traceOfProduct(m, m),
      norm ** 2,
    );
    const sigma = singularValuesByJacobi(m).slice(0, weights.dHead);
    expect(detail.singularValues).toHaveLength(weights.dHead);
    detail.singularValues.forEach((value, at) => {
      expect(Math.abs(value - sigma[at]!)).toBeLessThanOrEqual(1e-7 * sigma[0]!);
    });
    const total = sigma.reduce((sum, value) => sum + value, 0);
    const entropy = sigma.reduce((sum, value) => sum - (value / total) * Math.log(value / total || 1), 0);
    expect(Math.abs(detail.effectiveRank - Math.exp(entropy))).toBeLessThanOrEqual(1e-5);
    near(detail.stableRank, norm ** 2 / sigma[0]! ** 2);
    for (let g = 0; g < all.length; g++)
      for (let h = 0; h < all.length; h++) {
        const want =
          traceOfProduct(all[g]!, all[h]!) / (normByDefinition(all[g]!) * normByDefinition(all[h]!));
        expect(Math.abs(detail.partners.normalised[g * all.length + h]! - want)).toBeLessThanOrEqual(2e-6);
      }

    // What is shown is what was saved, rounded.
    await expect(beside(page, '‖M‖')).toHaveText(formatMagnitude(norm, 4));
    await expect(beside(page, 's')).toHaveText(formatScore(detail.s));
    await expect(section(page, 'Energy')).toContainText(`${formatScore(detail.r)} symmetric`);
    await expect(section(page, 'Eigenvalues')).toContainText(`tr M ${formatMagnitude(detail.traceM)}`);
    await expect(section(page, 'Singular values')).toContainText(
      `effective rank ${formatSignificant(detail.effectiveRank)} of ${weights.dHead}`,
    );
    await expect(section(page, 'Against chance')).toContainText(
      `p ${detail.pValue.atLeast === 0 ? '≤ ' : ''}${formatMagnitude(detail.pValue.p, 2)}`,
    );
    await openSection(page, 'Against chance');
    const { atLeast, draws } = detail.pValue;
    await expect(panel(page)).toContainText(`${atLeast} of ${draws} random orientations`);
    expect(detail.tensors).toHaveLength(2);
    for (const { begin, end } of detail.tensors)
      await expect(panel(page)).toContainText(
        `bytes ${begin.toLocaleString('en')} … ${end.toLocaleString('en')}`,
      );
    await expect(
      panel(page).getByRole('img', {
        name: new RegExp(
          `${weights.dHead} singular values .* effective rank ${formatSignificant(detail.effectiveRank)}`,
        ),
      }),
    ).toBeVisible();
  });

test('the head panel’s matrices and pairs are read by keyboard, and its sections stay as they were left', async ({
  page,
}) => {
  await pinHead(page, 'gpt2-f32');
  await openSection(page, 'A, B and C');
  const m = (await readLayers(caseFiles('gpt2-f32'))).find(({ layer }) => layer === PLACE.layer)!;
  const [q, k] = [m.q[PLACE.head]!, m.k[PLACE.head]!].map(decodeMatrix) as [Float64Array, Float64Array];
  const cell = (x: Float64Array, y: Float64Array, row: number, column: number) => {
    let sum = 0;
    for (let i = 0; i < m.dModel; i++) sum += x[i * m.dHead + row]! * y[i * m.dHead + column]!;
    return formatMagnitude(sum);
  };
  const matrix = panel(page).getByRole('grid', { name: /^C = Wkᵀ Wq/ });
  await matrix.focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
  await expect(matrix.getByRole('gridcell')).toHaveText(`C[1, 1] = ${cell(k, q, 1, 1)}`);
  await page.keyboard.press('End');
  await expect(matrix.getByRole('gridcell')).toHaveText(
    `C[1, ${m.dHead - 1}] = ${cell(k, q, 1, m.dHead - 1)}`,
  );
  await panel(page).getByRole('radio', { name: 'A = Wqᵀ Wq' }).press('Space');
  const other = panel(page).getByRole('grid', { name: /^A = Wqᵀ Wq/ });
  await other.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await expect(other.getByRole('gridcell')).toHaveText(`A[0, 1] = ${cell(q, q, 0, 1)}`);

  await openSection(page, 'Transpose partners');
  const pairs = panel(page).getByRole('grid', { name: /^Pairs of heads/ });
  await pairs.focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
  await expect(pairs.getByRole('gridcell')).toHaveText(/^L1H2 with L1H1: −?0\.\d{4}$/);
  await page.keyboard.press('Enter');
  await expect(panel(page).getByRole('heading', { name: 'L1H1' })).toBeVisible();

  await section(page, 'Energy').press('Enter');
  await expect(section(page, 'Energy')).toHaveAttribute('aria-expanded', 'false');
  await loadPage(page);
  await page.getByRole('grid').first().focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect(section(page, 'Energy')).toHaveAttribute('aria-expanded', 'false');
  await expect(section(page, 'A, B and C')).toHaveAttribute('aria-expanded', 'true');
});

test('nothing moves when a head’s detail arrives or another head is pinned', async ({ page }) => {
  await pinHead(page, 'gpt2-f32');
  for (const title of ['Energy', 'Against chance', 'A, B and C', 'Transpose partners'])
    await openSection(page, title);
  await savedDetail(page);
  const tops = () =>
    panel(page)
      .getByRole('button', { expanded: true })
      // From the panel's heading on: page and panel scroll.
      .evaluateAll((buttons) => {
        const heading = document.querySelector('.head-title')!.getBoundingClientRect().top;
        return buttons.map((button) => Math.round(button.getBoundingClientRect().top - heading));
      });
  const settled = await tops();
  expect(settled).toHaveLength(7);
  await page.getByRole('grid').first().focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect(panel(page).getByRole('heading', { name: 'L0H2' })).toBeVisible();
  // At once, while the detail is on its way …
  expect(await tops()).toEqual(settled);
  await expect(panel(page).getByRole('grid', { name: /^Pairs of heads/ })).toBeVisible();
  // … and when it is there.
  expect(await tops()).toEqual(settled);
});

test('the pinned head’s details of both models stand one under the other', async ({ page }) => {
  await openPage(page);
  await page.getByRole('grid').first().focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect(panel(page).getByRole('img', { name: /^Eigenvalues of M/ })).toHaveCount(2);
  await expect(panel(page).getByRole('img', { name: /^Singular values of M/ })).toHaveCount(2);
});

test('slow pairs of heads are computed on request, with progress and Cancel', async ({ page }, info) => {
  const [d, heads] = [512, 25];
  const tensors = ['q', 'k'].map((name, seed) => ({
    name: `model.layers.0.self_attn.${name}_proj.weight`,
    dtype: 'F32',
    shape: [heads * 64, d],
    data: f32(Array.from({ length: heads * 64 * d }, gaussian(seed))),
  }));
  const config = { model_type: 'llama', num_attention_heads: heads, hidden_size: d, head_dim: 64 };
  const files = ['model.safetensors', 'config.json'].map((name) => info.outputPath(name));
  writeFileSync(files[0]!, safetensorsBytes(tensors));
  writeFileSync(files[1]!, JSON.stringify(config));
  await openPage(page);
  await chooseEngine(page, 'reference');
  await pickFiles(page, files);
  await expectDone(page);
  await page.getByRole('grid').first().focus();
  for (const key of ['Home', 'Enter']) await page.keyboard.press(key);
  await openSection(page, 'Transpose partners');
  const pairs = panel(page).getByRole('grid', { name: /^Pairs of heads/ });
  await expect(pairs).toBeVisible({ timeout: 60_000 });
  await pairs.focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
  await expect(pairs.getByRole('gridcell')).toHaveText(/^L0H1 with itself, s: −?0\.\d{4}$/);
  await page.keyboard.press('ArrowRight');
  await expect(pairs.getByRole('gridcell')).toHaveText('L0H1 with L0H2: not computed');
  const compute = panel(page).getByRole('button', { name: 'Compute all pairs' });
  await compute.press('Enter');
  await expect(panel(page).getByRole('progressbar', { name: 'all pairs of the layer' })).toBeVisible();
  await panel(page).getByRole('button', { name: 'Cancel' }).press('Enter');
  await expect(compute).toBeVisible();
  await expect(panel(page).getByRole('progressbar')).toHaveCount(0);
});
