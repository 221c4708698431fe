import { writeFileSync } from 'node:fs';
import { expect, type Locator, type Page } from '@playwright/test';
import type { AnalysisResult } from '../../src/core/result/result.ts';
import { gaussian } from '../support/random.ts';
import { f32, safetensorsBytes } from '../support/safetensorsBytes.ts';
import { dropFiles } from './drop.ts';
import {
  chooseByKeys,
  chooseFiles,
  downloadFrom,
  expectDone,
  grid,
  openModel,
  openPage,
  openTab,
  resultOf,
  setFaults,
  setHub,
} from './page.ts';
import { test } from './sharedTest.ts';

test.use({ keepsPage: true });

/** What a figure reads out of the bar or dot that the keys are on. */
function readout(figure: Locator): Locator {
  return figure.getByRole('option');
}

async function results(page: Page): Promise<AnalysisResult[]> {
  const { bytes } = await downloadFrom(page, 'Download JSON');
  await page.keyboard.press('Escape');
  return JSON.parse(bytes.toString('utf8')) as AnalysisResult[];
}

test('the distribution’s bars and layers are read by keyboard and point to their heads in the maps', async ({
  page,
}) => {
  await openPage(page);
  await openTab(page, 'Distribution');
  const bars = page.getByRole('listbox', { name: /^Histogram of s/ });
  await expect(readout(bars)).toContainText(/\d+ of 16 heads in the band of random orientations/);
  await bars.focus();
  let heads = 0;
  let last = '';
  for (;;) {
    await page.keyboard.press('ArrowRight');
    const text = (await readout(bars).textContent()) ?? '';
    if (text === last) break;
    last = text;
    const counts = /masked (\d+) heads?, sample\/causal (\d+) heads?$/.exec(text)!.slice(1).map(Number) as [
      number,
      number,
    ];
    heads += counts[0] + counts[1];
    if (counts[0] + counts[1] === 1) continue;
    for (const [at, title] of ['sample/masked', 'sample/causal'].entries()) {
      const frames = await page.getByRole('region', { name: title }).first().locator('.marked-line').all();
      const path = frames[0] === undefined ? '' : ((await frames[0].getAttribute('d')) ?? '');
      expect(path.split('M').length - 1).toBe(counts[at]);
    }
  }
  expect(heads).toBe(32);

  const layers = page.getByRole('listbox', { name: /^s layer by layer/ });
  await layers.focus();
  await expect(page.locator('.marked-line')).toHaveCount(0);
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(readout(layers)).toHaveText(/^sample\/masked L1H\d: s −?0\.\d{4}$/);
  const name = /L1H\d/.exec((await readout(layers).textContent())!)![0];
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Unpin' })).toBeHidden();
});

test('the scatter shows the exported values of two metrics, with Spearman’s ρ', async ({ page }) => {
  await openPage(page);
  const [masked] = await results(page);
  const rows = masked!.stacks[0]!.layers.flatMap(({ layer, heads }) =>
    heads.map((head) => ({ layer, ...head })),
  );
  await openTab(page, 'Scatter');
  await chooseByKeys(page.getByRole('combobox', { name: /^x/ }), 'r');
  await chooseByKeys(page.getByRole('combobox', { name: /^y/ }), 'norm');
  const dots = page.getByRole('listbox', { name: /^Heads by r and norm/ });
  // No two values are alike here, so the formula without ties holds.
  const rank = (value: (row: (typeof rows)[number]) => number) => {
    const order = rows.map(value).sort((a, b) => a - b);
    return rows.map((row) => order.indexOf(value(row)));
  };
  const [p, q] = [rank(({ r }) => r!), rank(({ norm }) => norm!)];
  const squares = p.reduce((sum, at, index) => sum + (at - q[index]!) ** 2, 0);
  const rho = 1 - (6 * squares) / (16 ** 3 - 16);
  await expect(readout(dots)).toContainText(
    `sample/masked: Spearman’s ρ ${rho.toFixed(3).replace('-', '−')} over 16 heads`,
  );
  await dots.focus();
  const seen = new Set<string>();
  for (let step = 0; step < 32; step++) {
    await page.keyboard.press('ArrowRight');
    const text = (await readout(dots).textContent())!;
    seen.add(text);
    const match = /^sample\/masked L(\d+)H(\d+): r ([\d.]+), norm ([\d.]+)$/.exec(text);
    if (match === null) continue;
    const row = rows.find(({ layer, head }) => layer === Number(match[1]) && head === Number(match[2]))!;
    expect(match[3]).toBe(row.r!.toFixed(4));
    expect(Math.abs(Number(match[4]) - row.norm!) / row.norm!).toBeLessThan(5e-4);
  }
  expect(seen.size).toBe(32);
  await page.keyboard.press('Enter');
  const name = /L\d+H\d+/.exec((await readout(dots).textContent())!)![0];
  await expect(page.getByRole('heading', { name })).toBeVisible();
});

test('a dropped CSV becomes a metric of map, table, scatter and exports, and a bad one is refused with its line', async ({
  page,
}, info) => {
  await openPage(page);
  const drop = async (name: string, text: string) => {
    const path = info.outputPath(name);
    writeFileSync(path, text);
    await dropFiles(page, [{ name, path }]);
  };
  const values = Array.from({ length: 16 }, (_, at) => Math.sin(at) / 3);
  const lines = values.map(
    (value, at) => `${Math.floor(at / 4)};${at % 4};${String(value).replace('.', ',')}`,
  );
  await drop('induction.csv', `\ufefflayer;head;induction\r\n${lines.join('\r\n')}\r\n9;0;1\r\n`);
  const note = page.getByRole('list', { name: 'Your scores' });
  await expect(note).toContainText('induction: 16 of 16 heads; L9H0 left out: not heads of this map.');
  await expect(page.getByRole('radio', { name: 'induction' })).toBeChecked();
  const map = grid(page, 'sample/masked');
  await map.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await expect(map.getByRole('gridcell')).toHaveText(/layer 0, head 1, induction 0\.28/);
  await page.keyboard.press('Escape');

  const [masked] = await results(page);
  const entries = masked!.own?.find(({ name }) => name === 'induction')?.entries ?? [];
  expect(entries.slice(0, 16).map(({ value }) => value)).toEqual(values);
  const csv = (await downloadFrom(page, 'Download CSV')).bytes.toString('utf8').split('\n');
  await page.keyboard.press('Escape');
  // Counted from the end: columns before it hold texts with commas.
  const header = csv[0]!.split(',');
  const column = header.indexOf('induction') - header.length;
  expect(csv.slice(1, 17).map((line) => Number(line.split(',').at(column)))).toEqual(values);

  await openTab(page, 'Table');
  await expect(page.getByRole('table').first()).toContainText('0.2805');
  await openTab(page, 'Scatter');
  await chooseByKeys(page.getByRole('combobox', { name: /^y/ }), 'own:induction');
  await expect(readout(page.getByRole('listbox', { name: /^Heads by/ }))).toContainText(
    /masked: Spearman’s ρ .* over 16/,
  );

  await drop('bad.csv', 'head,score\nL0H0,1\nL0H1,high\n');
  await expect(page.getByRole('alert')).toContainText('bad.csv, line 3');
  await expect(note).toContainText('induction.csv');
  await note.getByRole('button', { name: 'Remove induction.csv' }).press('Enter');
  await expect(note).toBeHidden();
  await expect(page.getByRole('radio', { name: 's', exact: true })).toBeChecked();
});

test('a JSON that names heads opens as scores, and any other JSON does not', async ({ page }, info) => {
  await openPage(page);
  const path = info.outputPath('scores.json');
  writeFileSync(path, '{"previous token": {"L0H0": 0.5, "L3H3": -1}}');
  await chooseFiles(page, [path]);
  const note = page.getByRole('list', { name: 'Your scores' });
  await expect(note).toContainText('previous token: 2 of 16 heads; no value for L0H1, L0H2, L0H3 … (14).');
  await note.getByRole('button', { name: 'Apply to sample/causal instead' }).press('Enter');
  await expect(page.getByRole('region', { name: 'sample/causal' }).first()).toContainText('scores.json');
  writeFileSync(path, '{"model_type": "bert"}');
  await dropFiles(page, [{ name: 'config.json', path }]);
  await expect(page.getByRole('alert')).toBeVisible();
});

test('the page calls an untrained model consistent with random initialisation, and not the sample', async ({
  page,
}, info) => {
  await openPage(page);
  const banner = page.getByRole('note').filter({ hasText: /random initialisation/ });
  await expect(banner).toHaveCount(0);
  const random = gaussian(42);
  const [layers, d] = [4, 96];
  const tensors = Array.from({ length: layers }, (_, layer) =>
    ['query', 'key'].map((part) => ({
      name: `bert.encoder.layer.${layer}.attention.self.${part}.weight`,
      dtype: 'F32',
      shape: [d, d],
      data: f32(Array.from({ length: d * d }, random)),
    })),
  ).flat();
  const config = { model_type: 'bert', hidden_size: d, num_hidden_layers: layers, num_attention_heads: 12 };
  const files = ['model.safetensors', 'config.json'].map((name) => ({ name, path: info.outputPath(name) }));
  writeFileSync(files[0]!.path, safetensorsBytes(tensors));
  writeFileSync(files[1]!.path, JSON.stringify(config));
  await dropFiles(page, files);
  await expectDone(page);
  await expect(banner).toContainText('Consistent with random initialisation.');
  const { shape, stacks } = await resultOf(page);
  const z = stacks[0]!.layers.flatMap(({ heads }) =>
    heads.map(({ s }) => ((s! - 1 / shape.dModel) * shape.dModel) / Math.SQRT2),
  );
  const mean = z.reduce((sum, value) => sum + value, 0) / z.length;
  await expect(banner).toContainText(`48 heads: mean z ${mean.toFixed(2).replace('-', '−')} `);
});

test('the published scores stand beside the open model’s and are read by keyboard and as a table', async ({
  page,
}) => {
  await setFaults();
  await openPage(page);
  await setHub(page);
  await openModel(page, 'roneneldan/TinyStories-8M');
  await expectDone(page);
  await openTab(page, 'Distribution');
  const place = page.getByRole('region', { name: 'Among the paper’s published models' });
  await expect(place).toContainText('The paper published a median of −0.028 for this model.');
  await expect(place).toContainText('To place it, measure whole layers');
  await place.getByRole('button', { name: 'Measure whole layers' }).press('Enter');
  // The button stays, with the focus, when there is nothing left for it to do.
  await expect(place.getByRole('button', { name: 'Whole layers are measured' })).toBeFocused();
  // The fixture's weights aren't the published model's, and that is said.
  await expect(place).toContainText(
    /layer by layer the scores measured here differ by up to 0\.\d+: these are other weights/,
  );
  const model = await resultOf(page);
  await page.keyboard.press('Escape');
  const layers = model.stacks[0]!.layers.map(({ score }) => score!.s!).sort((a, b) => a - b);
  const median = (layers[3]! + layers[4]!) / 2;
  await expect(place).toContainText(`Median s over whole layers ${median.toFixed(3).replace('-', '−')}`);
  const dots = place.getByRole('listbox');
  await dots.focus();
  await page.keyboard.press('Home');
  await expect(readout(dots)).toHaveText(/, encoder: median s 0\.\d{3}, quartiles/);
  await page.keyboard.press('ArrowDown');
  await expect(readout(dots)).toHaveText(/, decoder: median s −?0\.\d{3}, quartiles/);
  await place.getByText(/Table of all \d+ models/).press('Enter');
  await expect(place.getByRole('row', { name: /Meta-Llama-3-8B decoder/ }).first()).toContainText(
    /trained weights were never loaded|wrong key heads/,
  );
});
