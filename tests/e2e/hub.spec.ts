import { expect } from '@playwright/test';
import { headOf } from '../support/fixtureHub/checkpoints.ts';
import type { LogEntry } from '../support/fixtureHub/server.ts';
import { ratioByDefinition } from '../support/layerWeights.ts';
import {
  enterModel,
  expectDone,
  HUB,
  openModel,
  openPage,
  openTab,
  ratios,
  resultOf,
  setFaults,
  setHub,
  splitInto,
} from './page.ts';
import { test } from './sharedTest.ts';

test.use({ keepsPage: true });

test.beforeEach(async ({ page }) => {
  await setFaults();
  await openPage(page);
  await setHub(page);
});

test('a hub id is pinned to its commit, scored with grouped queries and sends no token to the second origin', async ({
  page,
}) => {
  await openModel(page, 'test/llama-gqa');
  await expectDone(page);
  const result = await resultOf(page);
  expect(result.model.sha).toMatch(/^[0-9a-f]{40}$/);
  expect(result.shape).toMatchObject({ layers: 4, heads: 8, kvHeads: 2 });
  const shape = { d: 256, dh: 64 };
  const { q } = headOf(shape, 1, 5);
  const { k } = headOf(shape, 1, 1);
  // The fixture's f16 weights are rounded towards zero; r moves by less than this.
  expect(Math.abs(ratios(result)[8 + 5]! - ratioByDefinition(q, k, shape.d, shape.dh))).toBeLessThan(1e-4);
  const log = (await (await fetch(`${HUB}/__log`)).json()) as LogEntry[];
  expect(log.some(({ server }) => server === 'cdn')).toBe(true);
  expect(log.some(({ authorization }) => authorization)).toBe(false);
  expect(log.some(({ method }) => method === 'HEAD' || method === 'OPTIONS')).toBe(false);
});

test('a model is opened by its URL, by a revision and by its legacy name', async ({ page }) => {
  await openModel(page, 'https://huggingface.co/test/llama-gqa/tree/v2');
  await expectDone(page);
  expect((await resultOf(page)).shape.layers).toBe(2);
  await openModel(page, 'gpt2');
  await expect(page.getByText('gpt2 is now openai-community/gpt2.')).toBeVisible();
  await expectDone(page);
  const result = await resultOf(page);
  expect(result.shape).toMatchObject({ layers: 12, heads: 12, dModel: 768 });
  const { q, k } = headOf({ d: 768, dh: 64 }, 3, 7, 'conv1d');
  expect(Math.abs(ratios(result)[3 * 12 + 7]! - ratioByDefinition(q, k, 768, 64))).toBeLessThanOrEqual(2e-6);
});

test('TinyStories-8M split into 4 heads stands beside the notebook’s scores with the true differences', async ({
  page,
}) => {
  await page.getByRole('button', { name: /TinyStories/ }).press('Enter');
  await expect(page.getByText(/read from refs\/pr\/1/).first()).toBeVisible();
  await expectDone(page);
  await splitInto(page, 4);
  await expect(page.getByText(/chosen by you: 4 × 64/)).toBeVisible();
  await expectDone(page);
  const ours = ratios(await resultOf(page));
  await openTab(page, 'Notebook');
  const row = page.getByRole('row').filter({ hasText: 'L0H0' });
  await expect(row).toContainText('0.51008594');
  // The fixture's weights are not the real ones: the difference must be the true one.
  const difference = ours[0]! - 0.51008594;
  const shown = (await row.getByRole('cell').allInnerTexts()).map((text) =>
    Number(text.replaceAll('−', '-').replace(/[^\d.eE+-]/g, '')),
  );
  expect(shown.some((value) => Math.abs(value - difference) <= Math.abs(difference) * 0.01)).toBe(true);
});

const REFUSALS: readonly (readonly [string, string, object, RegExp])[] = [
  ['a missing or private model', 'test/none', {}, /doesn't exist, or it is private/],
  ['a gated model', 'meta-llama/Llama-2-7b-hf', {}, /gated.*licence.*access token.*drop them here/s],
  ['a wrong revision', 'test/llama-gqa@nope', {}, /revision/],
  ['a .bin that is no checkpoint', 'test/only-bin', {}, /pytorch_model\.bin isn't a PyTorch checkpoint/],
  ['an adapter', 'test/adapter', {}, /LoRA adapter for test\/llama-gqa.*Open test\/llama-gqa/s],
  ['a repository without weights', 'test/no-weights', {}, /no weights on main or refs\/pr\/1/],
  ['text that is no model’s name', 'what is this', {}, /isn't a model's name/],
];

for (const [name, id, faults, words] of REFUSALS) {
  test(`the refusal of ${name} names the cause and the next step`, async ({ page }) => {
    await setFaults(faults);
    await enterModel(page, id);
    await expect(page.getByRole('alert')).toHaveText(words);
  });
}

for (const [name, faults] of [
  ['an expired URL', { expireAfter: 1 }],
  ['two 429s', { tooMany: 2 }],
  ['broken connections', { reset: 2 }],
] as const) {
  test(`a model is scored in full despite ${name}`, async ({ page }) => {
    await setFaults(faults);
    await openModel(page, 'test/llama-gqa');
    await expectDone(page);
    expect(ratios(await resultOf(page)).every((r) => r !== null)).toBe(true);
  });
}

test('Cancel stops the reading and keeps the layers that were scored, and Continue reads the rest', async ({
  page,
}) => {
  await setFaults({ slowMs: 60 });
  await openModel(page, 'google-bert/bert-large-uncased');
  const cancel = page.getByRole('button', { name: 'Cancel' });
  await expect(page.getByRole('progressbar')).toHaveAttribute(
    'aria-valuetext',
    /MB of 202 MB, of a file of 1\.\d+ GB/,
  );
  await expect(page.getByRole('contentinfo')).toContainText(/read (1[6-9]|[2-9]\d|1\d\d)(\.\d)? MB/, {
    timeout: 60_000,
  });
  await cancel.press('Enter');
  await expect(page.getByText(/Stopped after \d+ of 24 layers/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Continue' })).toBeFocused();
  expect(await page.evaluate(() => scrollY)).toBe(0);
  const { stacks } = await resultOf(page);
  expect(stacks[0]!.layers.some(({ heads }) => heads.length === 16)).toBe(true);
  expect(stacks[0]!.layers.some(({ skipped }) => skipped?.code === 'cancelled')).toBe(true);

  await setFaults();
  await page.getByRole('button', { name: 'Continue' }).press('Enter');
  await expectDone(page);
  const whole = (await resultOf(page)).stacks[0]!;
  expect(whole.layers.every(({ heads }) => heads.length === 16)).toBe(true);
  const kept = stacks[0]!.layers.filter(({ heads }) => heads.length === 16);
  for (const { layer, heads } of kept) expect(whole.layers[layer]!.heads).toEqual(heads);
});
