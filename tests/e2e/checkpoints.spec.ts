import { writeFileSync } from 'node:fs';
import { expect } from '@playwright/test';
import { TOKENS } from '../support/fixtureHub/listings.ts';
import { f32, safetensorsBytes } from '../support/safetensorsBytes.ts';
import {
  enterModel,
  expectDone,
  grid,
  HUB,
  loadPage,
  measure,
  measureButton,
  openMenu,
  openModel,
  openPage,
  openSettings,
  pickFiles,
  resultOf,
  setFaults,
  setHub,
  untilStatusChanges,
} from './page.ts';
import { test } from './sharedTest.ts';

test.use({ keepsPage: true });

const ORACLE = 'tests/fixtures/oracle';

test.beforeEach(async ({ page }) => {
  await setFaults();
  await openPage(page);
});

test('a model with three stacks switches between their maps by keyboard and exports all of them', async ({
  page,
}) => {
  await pickFiles(page, [`${ORACLE}/bart-f32/config.json`, `${ORACLE}/bart-f32/model.safetensors`]);
  await expectDone(page);
  await expect(grid(page, 'encoder.self')).toBeVisible();
  await page.getByRole('radio', { name: 'encoder self' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(grid(page, 'decoder.self')).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(grid(page, 'decoder.cross')).toBeVisible();
  await expect(page.getByText(/queries and keys live in two different spaces/)).toBeVisible();
  const { stacks } = await resultOf(page);
  expect(stacks.map(({ name }) => name)).toEqual(['encoder.self', 'decoder.self', 'decoder.cross']);
  // Random orientations tell nothing of cross attention: no z there, with the reason, as there is one elsewhere.
  const z = page.getByRole('group', { name: 'metric' }).getByRole('radio', { name: 'z', exact: true });
  await z.press('Space');
  await expect(z).toBeChecked();
  const cross = grid(page, 'decoder.cross');
  await cross.press('Control+Home');
  await expect(cross.getByRole('gridcell')).toHaveText(/^layer 0, head 0, no value: in cross attention/);
  await page.getByRole('radio', { name: 'decoder cross' }).press('ArrowLeft');
  const self = grid(page, 'decoder.self');
  await self.press('Control+Home');
  await expect(self.getByRole('gridcell')).toHaveText(/^layer 0, head 0, z −?\d/);
});

test('a block that several layers share is shown once, with the layers that use it', async ({ page }) => {
  await pickFiles(page, [`${ORACLE}/albert-f32/config.json`, `${ORACLE}/albert-f32/model.safetensors`]);
  await expectDone(page);
  const { stacks } = await resultOf(page);
  expect(stacks[0]!.layers).toHaveLength(1);
  await grid(page, 'albert-f32').or(page.getByRole('grid')).first().focus();
  for (const key of ['ArrowDown', 'Enter']) await page.keyboard.press(key);
  await expect(page.getByText(/One stored block, used by 4 layers: 0–3/)).toBeVisible();
});

test('quantised weights are marked as such', async ({ page }) => {
  await pickFiles(page, [`${ORACLE}/gguf-llama-gqa-q4_0/model.gguf`]);
  await expectDone(page);
  await expect(page.getByRole('contentinfo')).toContainText('Q4_0, quantised');
  expect((await resultOf(page)).model.quantised).toBe(true);
});

test('the page asks which tensors with unknown names are Q and K, and remembers the answer', async ({
  page,
}, info) => {
  const file = info.outputPath('odd.safetensors');
  const values = Array.from({ length: 48 }, (_, at) => Math.sin(at));
  writeFileSync(
    file,
    safetensorsBytes(
      [0, 1].flatMap((layer) =>
        ['ask', 'tell'].map((role) => ({
          name: `net.${layer}.mixer.${role}`,
          dtype: 'F32',
          shape: [8, 6],
          data: f32(values.map((value) => value + layer + (role === 'ask' ? 0.5 : 0))),
        })),
      ),
    ),
  );
  await pickFiles(page, [file]);
  const dialog = page.getByRole('dialog', { name: 'Which tensors are Q and K?' });
  await expect(dialog).toContainText('No tensor here has a name under which QKScope knows');
  await dialog.getByLabel('Tensor of Q').selectOption('net.{layer}.mixer.ask');
  await dialog.getByLabel('Tensor of K').selectOption('net.{layer}.mixer.tell');
  await expect(dialog.getByRole('button', { name: 'Score these' })).toBeDisabled();
  await dialog.getByRole('combobox', { name: /^heads/ }).selectOption('2');
  await expect(dialog).toContainText('Reads 2 layers of d 6, heads of 4');
  await dialog.getByRole('button', { name: 'Score these' }).press('Enter');
  await expectDone(page);
  expect((await resultOf(page)).shape).toMatchObject({ layers: 2, heads: 2, dModel: 6, dHead: 4 });
  // Again: nothing is asked.
  await pickFiles(page, [`${ORACLE}/bert-f32/config.json`, `${ORACLE}/bert-f32/model.safetensors`]);
  await expectDone(page);
  await pickFiles(page, [file]);
  await expect(grid(page, 'odd.safetensors')).toBeVisible();
  await expectDone(page);
  await expect(page.getByText(/Q and K chosen by you/)).toBeVisible();
  await page.getByRole('button', { name: 'Choose Q and K again' }).press('Enter');
  await expect(dialog).toBeVisible();
});

test.describe('on the hub', () => {
  test.beforeEach(async ({ page }) => setHub(page));

  test('suggestions appear while the user types and are chosen by keyboard', async ({ page }) => {
    const input = page.getByRole('combobox', { name: 'Model' });
    await input.pressSequentially('llama-g');
    await expect(page.getByRole('option', { name: /test\/llama-gqa/ })).toBeVisible();
    await input.press('ArrowDown');
    await expect(page.getByRole('option', { name: /test\/llama-gqa/ })).toHaveAttribute(
      'aria-selected',
      'true',
    );
    await input.press('Enter');
    await expect(grid(page, 'test/llama-gqa')).toBeVisible();
    await expectDone(page);
  });

  test('a gated model opens with a token that is sent to the hub alone and saved nowhere', async ({
    page,
  }) => {
    await enterModel(page, 'test/gated-small');
    const alert = page.getByRole('alert');
    await expect(alert).toContainText('gated');
    await alert.getByLabel('access token').fill(TOKENS.member);
    await alert.getByRole('button', { name: 'Use this token' }).press('Enter');
    await expectDone(page);
    const log = (await (await fetch(`${HUB}/__log`)).json()) as { server: string; authorization: boolean }[];
    expect(log.some(({ server, authorization }) => server === 'hub' && authorization)).toBe(true);
    expect(log.filter(({ server, authorization }) => server === 'cdn' && authorization)).toEqual([]);
    expect(log.some(({ server }) => server === 'cdn')).toBe(true);
    expect(JSON.stringify(await resultOf(page))).not.toContain(TOKENS.member);
    const kept = await page.evaluate(
      () => JSON.stringify({ ...localStorage, ...sessionStorage }) + location.href,
    );
    expect(kept).not.toContain(TOKENS.member);
  });

  test('TinyStories-8M opens from the safetensors on refs/pr/1 or, when chosen, from the pickle on main', async ({
    page,
  }) => {
    await openModel(page, 'roneneldan/TinyStories-8M');
    await expectDone(page);
    await expect(page.getByText(/read from refs\/pr\/1/)).toBeVisible();
    const converted = await resultOf(page);
    expect(converted.model).toMatchObject({ format: 'safetensors', revision: 'refs/pr/1' });
    const weights = page.getByRole('combobox', { name: /^weights/ });
    await untilStatusChanges(page, () => weights.selectOption({ label: 'pytorch_model.bin @ main' }));
    await expectDone(page);
    const pickled = await resultOf(page);
    expect(pickled.model).toMatchObject({
      format: 'pytorch',
      revision: 'main',
      weights: 'pytorch_model.bin',
    });
    expect(pickled.shape).toEqual(converted.shape);
    expect(pickled.stacks[0]!.layers[0]!.heads[0]!.r).not.toBe(converted.stacks[0]!.layers[0]!.heads[0]!.r);
  });

  test('a second visit shows the saved scores and needs no network', async ({ page }) => {
    await openModel(page, 'test/llama-gqa');
    await expectDone(page);
    // What is measured of it is kept, too.
    await measure(page, 'whole layers');
    await expect(page.getByRole('button', { name: 'Cancel measuring' })).toHaveCount(0);
    await openMenu(page, 'Measure');
    await expect(measureButton(page, 'whole layers')).toBeDisabled();
    const first = await resultOf(page);
    expect(first.stacks[0]!.layers.every(({ score }) => typeof score?.r === 'number')).toBe(true);
    await loadPage(page);
    await setFaults({ serverError: 999 });
    await openModel(page, 'test/llama-gqa');
    await expect(page.getByText(/These scores were saved in this browser on/)).toBeVisible();
    await openMenu(page, 'Measure');
    await expect(measureButton(page, 'whole layers')).toBeDisabled();
    expect((await resultOf(page)).stacks).toEqual(first.stacks);
    await setFaults({ mainMovedTo: 'v2' });
    await loadPage(page);
    await openModel(page, 'test/llama-gqa');
    await expect(page.getByText(/main has changed since these scores were made/)).toBeVisible();
    const newer = page.getByRole('button', { name: 'Score the newer one' });
    await untilStatusChanges(page, () => newer.press('Enter'));
    await expectDone(page);
    expect((await resultOf(page)).shape.layers).toBe(2);
    await openSettings(page);
    await expect(page.getByText(/Scores of 2 models from the hub/)).toBeVisible();
    await page.getByRole('button', { name: 'Clear scores' }).press('Enter');
    await expect(page.getByText(/Scores of 0 models from the hub/)).toBeVisible();
  });

  test('weights are saved in the browser on request and can be cleared', async ({ page }) => {
    await openSettings(page);
    await page.getByLabel('Also save the weights that are read').press('Space');
    await page.keyboard.press('Escape');
    await openModel(page, 'test/llama-gqa');
    await expectDone(page);
    await setFaults();
    await openModel(page, 'test/llama-gqa@main');
    const anew = page.getByRole('button', { name: 'Score again' });
    await untilStatusChanges(page, () => anew.press('Enter'));
    await expectDone(page);
    const log = (await (await fetch(`${HUB}/__log`)).json()) as { server: string; bytes: number }[];
    expect(log.filter(({ server }) => server === 'cdn')).toEqual([]);
    await openSettings(page);
    await expect(page.getByText(/^[1-9][\d.]* \w+ of weights/)).toBeVisible();
    await page.getByRole('button', { name: 'Clear weights' }).press('Enter');
    await expect(page.getByText(/^0 B of weights/)).toBeVisible();
  });
});

test.describe('in a page of its own', () => {
  // What a script adds to a page stays.
  test.use({ keepsPage: false });

  test('a page served with a client id lets the user sign in at the hub', async ({ page }) => {
    await page.addInitScript(() => {
      Object.assign(window, { huggingface: { variables: { OAUTH_CLIENT_ID: 'the-page' } } });
    });
    await setHub(page);
    await loadPage(page);
    await openSettings(page);
    // The page leaves for the hub and is loaded anew: what it shows before has nothing of it.
    const back = page.waitForEvent('load');
    await page.getByRole('button', { name: 'Sign in at the hub' }).press('Enter');
    await back;
    await expect(page).toHaveURL(/\/$/);
    await openSettings(page);
    await expect(
      page.getByText('An access token is used for this hub, until the page closes.'),
    ).toBeVisible();
    await page.keyboard.press('Escape');
    await enterModel(page, 'test/gated-small');
    await expectDone(page);
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }) + location.href);
    expect(kept).not.toMatch(/hf_member|oauth|code-/);
  });
});
