import { readFileSync } from 'node:fs';
import { expect } from '@playwright/test';
import type { AnalysisResult } from '../../src/core/result/result.ts';
import {
  downloadFrom,
  grid,
  measure,
  measureButton,
  menuNamed,
  openMenu,
  openPage,
  openTab,
} from './page.ts';
import { test } from './sharedTest.ts';

test.use({ keepsPage: true });

/** Whole layers by the oracle's method: M summed over the heads, formed, in float64. */
function wholeLayer(heads: readonly { q: Float64Array; k: Float64Array }[], d: number, dh: number) {
  const m = new Float64Array(d * d);
  for (const { q, k } of heads)
    for (let i = 0; i < d; i++)
      for (let j = 0; j < d; j++) for (let c = 0; c < dh; c++) m[i * d + j]! += q[c * d + i]! * k[c * d + j]!;
  let [symmetric, all] = [0, 0];
  const [rows, columns] = [new Float64Array(d), new Float64Array(d)];
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) {
      const value = m[i * d + j]!;
      symmetric += ((value + m[j * d + i]!) / 2) ** 2;
      all += value * value;
      rows[i]! += value * value;
      columns[j]! += value * value;
    }
  const excess = (squares: Float64Array) => {
    const norms = [...squares].map(Math.sqrt);
    const mean = norms.reduce((sum, norm) => sum + norm, 0) / d;
    const sd = Math.sqrt(norms.reduce((sum, norm) => sum + (norm - mean) ** 2, 0) / (d - 1));
    return norms.reduce((sum, norm) => sum + Math.max(0, norm - mean - 2 * sd), 0);
  };
  const [row, column] = [excess(rows), excess(columns)];
  return { r: symmetric / all, directionality: (column - row) / (column + row) };
}

/** A tensor of a safetensors file of F16, row-major. */
function tensorsOf(path: string) {
  const file = readFileSync(path);
  const size = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.subarray(8, 8 + size).toString('utf8')) as Record<
    string,
    { dtype: string; data_offsets: [number, number] }
  >;
  const half = (bits: number) => {
    const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
    const sign = bits & 0x8000 ? -1 : 1;
    return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  };
  return (name: string) => {
    const { dtype, data_offsets } = header[name]!;
    expect(dtype).toBe('F16');
    const bytes = file.subarray(8 + size + data_offsets[0], 8 + size + data_offsets[1]);
    return Float64Array.from({ length: bytes.length / 2 }, (_, i) => half(bytes.readUInt16LE(2 * i)));
  };
}

test('whole layers and directionality are measured on request and agree with M formed in float64', async ({
  page,
}) => {
  await openPage(page);
  const map = grid(page, 'sample/masked');
  const topOf = () => map.evaluate((each) => each.getBoundingClientRect().top + window.scrollY);
  const before = await topOf();
  for (const what of ['whole layers', 'directionality'] as const) {
    await measure(page, what);
    // Nothing left to measure once both models are.
    await expect(page.getByRole('button', { name: 'Cancel measuring' })).toHaveCount(0);
    // The keys stay where they were.
    await expect(menuNamed(page, 'Measure')).toBeFocused();
    await openMenu(page, 'Measure');
    await expect(measureButton(page, what)).toBeDisabled();
    await page.keyboard.press('Escape');
    expect(await topOf()).toBe(before);
  }
  const results = JSON.parse(
    (await downloadFrom(page, 'Download JSON')).bytes.toString('utf8'),
  ) as AnalysisResult[];
  for (const [at, name] of ['masked', 'causal'].entries()) {
    const { dModel: d, dHead: dh, heads: count } = results[at]!.shape;
    const tensor = tensorsOf(`public/sample/${name}/model.safetensors`);
    expect(results[at]!.stacks[0]!.layers.map(({ heads }) => heads.length)).toEqual([4, 4, 4, 4]);
    for (const { layer, score, directionality, heads, tensors } of results[at]!.stacks[0]!.layers) {
      const [q, k] = tensors.map((use) => tensor(use.name));
      const split = Array.from({ length: count }, (_, head) => ({
        q: q!.subarray(head * dh * d, (head + 1) * dh * d),
        k: k!.subarray(head * dh * d, (head + 1) * dh * d),
      }));
      const want = wholeLayer(split, d, dh);
      expect(Math.abs(score!.r! - want.r), `${name}, layer ${layer}`).toBeLessThanOrEqual(2e-6);
      expect(Math.abs(directionality! - want.directionality)).toBeLessThanOrEqual(2e-4);
      for (const { head, directionality: own } of heads)
        expect(Math.abs(own! - wholeLayer([split[head]!], d, dh).directionality)).toBeLessThanOrEqual(2e-4);
    }
  }
  // The table's last column is the whole layer's, rounded.
  await openTab(page, 'Table');
  const table = page.getByRole('table', { name: /^s of every head of sample\/masked/ });
  await expect(table.getByRole('columnheader', { name: 'whole layer' })).toBeVisible();
  const shown = await table.getByRole('row', { name: /^L0/ }).getByRole('cell').last().textContent();
  const { s } = results[0]!.stacks[0]!.layers[0]!.score!;
  expect(shown).toBe(s!.toFixed(4).replace('-', '−'));
  const csv = (await downloadFrom(page, 'Download CSV')).bytes.toString('utf8').trim().split('\n');
  const column = csv[0]!.split(',').indexOf('layer_r');
  expect(csv[1]!.split(',')[column]).toBe(String(results[0]!.stacks[0]!.layers[0]!.score!.r));
});
