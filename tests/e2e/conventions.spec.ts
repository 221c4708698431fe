import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { explicitRatios, halfPairs, rotaryFrequencies } from '../support/explicitLlama.ts';
import { fixture } from '../support/localFiles.ts';
import { readTensors } from '../support/readTensors.ts';
import {
  chooseEngine,
  downloadFrom,
  expectDone,
  openPage,
  pickFiles,
  ratios,
  resultOf,
  untilStatusChanges,
} from './page.ts';
import { test } from './sharedTest.ts';

test.use({ keepsPage: true });

const CASE = 'llama-gqa-bf16';
const LAYERS = [0, 1, 2];

/** r of every head with M written out in float64, from the file's own numbers. */
function expected(choice: { offset?: number; isFolded?: boolean }): number[] {
  const tensors = readTensors(CASE);
  return LAYERS.flatMap((layer) => {
    const of = (name: string) => tensors.get(`model.layers.${layer}.${name}.weight`)!;
    return explicitRatios(
      of('self_attn.q_proj'),
      of('self_attn.k_proj'),
      { heads: 8, kvHeads: 2 },
      {
        offset: choice.offset ?? 0,
        pairs: halfPairs(8),
        frequencies: rotaryFrequencies(8),
        ...(choice.isFolded ? { gamma: of('input_layernorm').values } : {}),
      },
    );
  });
}

function expectRatios(got: readonly (number | null)[], want: readonly number[]): void {
  expect(got).toHaveLength(want.length);
  // The engine of the page computes in float32.
  for (const [at, r] of want.entries()) expect(Math.abs(got[at]! - r)).toBeLessThan(2e-6);
}

async function openCase(page: Page, name: string): Promise<void> {
  await openPage(page);
  await chooseEngine(page, 'wasm');
  await pickFiles(page, [
    fixture('oracle', name, 'model.safetensors'),
    fixture('oracle', name, 'config.json'),
  ]);
  await expectDone(page);
}

/** By keys alone: the menu, its slider and its switches. */
async function openMenu(page: Page): Promise<void> {
  const summary = page.getByText(/^(raw|LayerNorm γ|RoPE Δ)/).first();
  await summary.focus();
  await page.keyboard.press('Enter');
}

test('a RoPE offset gives the values of M = Wq R_Δ Wkᵀ, and every export names it', async ({ page }) => {
  await openCase(page, CASE);
  const status = page.getByRole('contentinfo');
  await expect(status).toContainText('raw weights, no bias, no LayerNorm, no RoPE');
  expectRatios(ratios(await resultOf(page)), expected({}));

  await openMenu(page);
  const slider = page.getByRole('slider', { name: 'RoPE offset Δ' });
  await slider.focus();
  for (let step = 0; step < 6; step++) await page.keyboard.press('ArrowLeft');
  await expect(slider).toHaveAttribute('aria-valuetext', '−8: the key 8 positions before the query');
  await page.keyboard.press('Escape');
  const text = 'RoPE at Δ = −8 (M = Wq R_Δ Wkᵀ, the key 8 positions before the query)';
  await expect(status).toContainText(text);
  await expectDone(page);

  const result = await resultOf(page);
  expect(result.convention).toMatchObject({
    name: 'custom',
    ropeOffset: -8,
    layerNorm: false,
    qkNorm: false,
  });
  expectRatios(ratios(result), expected({ offset: -8 }));
  // The pinned head's curve passes through the value that the map shows.
  await page.getByRole('grid').first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Over the RoPE offset' }).press('Enter');
  const place = await page.locator('.head-title h2').innerText();
  const [, layer, head] = /^L(\d+)H(\d+)/.exec(place)!.map(Number);
  const shown = result.stacks[0]!.layers[layer!]!.heads[head!]!.r!.toFixed(4);
  const curve = new RegExp(`r over the RoPE offset.*${shown.replace('.', '\\.')} at Δ −8, in force`);
  await expect(page.getByRole('img', { name: curve })).toBeVisible();
  const svg = (await downloadFrom(page, 'Download SVG')).bytes.toString('utf8');
  expect(svg).toContain('RoPE at Δ = −8');
  const csv = (await downloadFrom(page, 'Download CSV')).bytes.toString('utf8').trim().split('\n');
  expect(csv[0]!.split(',')).toContain('convention');
  expect(csv.length).toBe(1 + ratios(result).length);
  for (const line of csv.slice(1)) expect(line).toContain('RoPE at Δ = −8');
});

test('a switch folds the LayerNorm gain in and takes it out again', async ({ page }) => {
  await openCase(page, CASE);
  await openMenu(page);
  const box = page.getByRole('checkbox', { name: 'LayerNorm gain' });
  await untilStatusChanges(page, () => box.press('Space'));
  await page.keyboard.press('Escape');
  const status = page.getByRole('contentinfo');
  await expect(status).toContainText('LayerNorm gain folded into Wq and Wk');
  await expectDone(page);
  expectRatios(ratios(await resultOf(page)), expected({ isFolded: true }));
  await openMenu(page);
  const back = page.getByRole('button', { name: 'Back to raw' });
  await untilStatusChanges(page, () => back.press('Enter'));
  await expect(status).toContainText('raw weights');
  await expectDone(page);
  expectRatios(ratios(await resultOf(page)), expected({}));
});

test('a convention that the model lacks is disabled, with the reason', async ({ page }) => {
  await openCase(page, 'bert-f32');
  await openMenu(page);
  await expect(page.getByRole('checkbox', { name: 'QK-norm gain' })).toBeDisabled();
  await expect(page.getByText('This model has no norm of queries and keys.')).toBeVisible();
  await expect(page.getByRole('slider', { name: 'RoPE offset Δ' })).toBeDisabled();
  await expect(page.getByText(/its queries and keys aren’t rotated/)).toBeVisible();
  await expect(page.getByRole('checkbox', { name: 'LayerNorm gain' })).toBeEnabled();
  const { violations } = await new AxeBuilder({ page }).include('.convention').analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
});
