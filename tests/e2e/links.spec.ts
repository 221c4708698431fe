import { join } from 'node:path';
import { type Browser, expect, type Page, test } from '@playwright/test';
import { commitOf, type LogEntry } from '../support/fixtureHub/server.ts';
import {
  chooseFiles,
  expectDone,
  grid,
  HUB,
  openExport,
  openModel,
  openPage,
  openTab,
  pickFiles,
  resultOf,
  setFaults,
} from './page.ts';

const MODEL = 'test/llama-gqa';
const COMMIT = commitOf(MODEL, 'main').slice(0, 12);
const files = (name: string) =>
  ['model.safetensors', 'config.json'].map((file) => join('tests/fixtures/oracle', name, file));

/** A page in a browser profile of its own, whose hub is the fixture's. */
async function newProfile(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ baseURL: 'http://localhost:4910' });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await context.addInitScript(
    (hubUrl) => localStorage.setItem('qkscope:settings', JSON.stringify({ hubUrl })),
    HUB,
  );
  return context.newPage();
}

/** Waits until the address says this of the view; it is written a moment after the view has changed. */
async function expectAddress(page: Page, part: string): Promise<void> {
  await expect.poll(() => new URL(page.url()).hash).toContain(part);
}

async function pin(page: Page, title: string, steps: number): Promise<void> {
  await grid(page, title).focus();
  await page.keyboard.press('Home');
  for (let step = 0; step < steps; step++) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
}

async function copyLink(page: Page, button: string): Promise<string> {
  await openExport(page);
  await page.getByRole('button', { name: button, exact: true }).press('Enter');
  await expect(page.getByText(/^Copied\. /)).toBeVisible();
  await page.keyboard.press('Escape');
  return page.evaluate(() => navigator.clipboard.readText());
}

async function scoresOf(page: Page): Promise<(number | null)[]> {
  const { stacks } = await resultOf(page);
  return stacks.flatMap(({ layers }) => layers.flatMap(({ heads }) => heads.map(({ s }) => s)));
}

test('a link with scores shows the same view in another profile, each score within the stated step', async ({
  browser,
}) => {
  const page = await newProfile(browser);
  await page.goto('/');
  await pickFiles(page, files('bert-f32'));
  await expectDone(page, 1);
  await page
    .getByRole('radio', { name: 'r', exact: true })
    .or(page.getByLabel('r', { exact: true }))
    .first()
    .click();
  await pin(page, 'model.safetensors', 2);
  await expectAddress(page, 'sel=L0H2');
  const link = await copyLink(page, 'Copy link with scores');
  await page.keyboard.press('Escape');
  const before = await scoresOf(page);
  expect(link.length).toBeLessThan(400);
  expect(link).toContain('metric=r');

  const other = await newProfile(browser);
  await other.goto(link);
  await expect(grid(other, 'model.safetensors')).toBeVisible();
  await expect(other.locator('.heatmap-origin')).toHaveText('from a link');
  await expect(other.getByText(/each s is within ±0\.0001/)).toBeVisible();
  await expect(other.getByRole('contentinfo')).not.toContainText('()');
  await expect(other.locator('#head-panel')).toContainText('L0H2');
  await expectAddress(other, 'metric=r');
  const after = await scoresOf(other);
  expect(after).toHaveLength(before.length);
  for (const [index, s] of before.entries()) expect(Math.abs(after[index]! - s!)).toBeLessThanOrEqual(1e-4);
});

test('a link to a local file asks for it, takes the same file and tells another one', async ({ browser }) => {
  const page = await newProfile(browser);
  await page.goto('/');
  await pickFiles(page, files('bert-f32'));
  await expectDone(page, 1);
  await pin(page, 'model.safetensors', 1);
  await expectAddress(page, 'sel=L0H1');
  const link = await copyLink(page, 'Copy link');
  expect(new URL(link).hash).toMatch(/^#m=local:[0-9a-f]{16}:model\.safetensors&sel=L0H1$/);

  const other = await newProfile(browser);
  await other.goto(link);
  await expect(other.getByText(/This link is to model\.safetensors.*Drop it to go on/)).toBeVisible();
  // Figures that have nothing to show yet say so to who can't see them.
  await expect(other.getByRole('option', { name: 'nothing to show yet' }).first()).toBeAttached();
  await chooseFiles(other, files('gpt2-f32'));
  await expect(other.getByText(/This isn’t the file/)).toBeVisible();
  await chooseFiles(other, files('bert-f32'));
  await expect(other.getByText(/This is the file/)).toBeVisible();

  const third = await newProfile(browser);
  await third.goto(link);
  await chooseFiles(third, files('bert-f32'));
  await expectDone(third, 1);
  await expect(third.getByText(/This is the file/)).toBeVisible();
  await expect(third.locator('#head-panel')).toContainText('head 1');
  await expect.poll(() => third.url()).toBe(link);
});

test('a link to a model of the hub reads its headers alone until a click that says the bytes', async ({
  browser,
}) => {
  await setFaults();
  const page = await newProfile(browser);
  await page.goto(`/#m=${MODEL}@${COMMIT}&metric=z&sel=L1H3`);
  const read = page.getByRole('button', { name: /^Read \d+(\.\d+)? [kM]B and score$/ });
  await expect(read).toBeVisible();
  await expect(grid(page, MODEL)).toBeVisible();
  await page.waitForLoadState('networkidle');
  const headers = await rangesOfWeights();
  expect(headers.length).toBeGreaterThan(0);
  for (const range of headers) expect(range).toMatch(/^bytes=0-/);
  await read.press('Enter');
  await expectDone(page, 1);
  expect((await rangesOfWeights()).filter((range) => !range.startsWith('bytes=0-'))).not.toEqual([]);
  await expectAddress(page, 'metric=z');
  expect(await page.title()).toContain(MODEL);

  // The pinned head's own bytes are read by then.
  const counts: number[] = [];
  const isStill = async () => {
    counts.push((await rangesOfWeights()).length);
    return counts.at(-1) === counts.at(-2);
  };
  await expect.poll(isStill, { intervals: [1000] }).toBe(true);
  // Scores of this commit are kept: a reload reads nothing of the weights, not for the pinned head either.
  await setFaults();
  await page.reload();
  await expect(page.getByText(/These scores were saved in this browser/)).toBeVisible();
  await page.waitForLoadState('networkidle');
  expect(await rangesOfWeights()).toEqual([]);
});

/** Ranges of weight files that the fixture hub has sent since its log was cleared; headers stand at the start of a file. */
async function rangesOfWeights(): Promise<string[]> {
  const log = (await (await fetch(`${HUB}/__log`)).json()) as LogEntry[];
  return log
    .filter(({ server, method }) => server === 'cdn' && method === 'GET')
    .map(({ range }) => range ?? 'all');
}

test('Back and Forward walk through models, each with its own view', async ({ browser }) => {
  await setFaults();
  const page = await newProfile(browser);
  await openPage(page);
  await openModel(page, MODEL);
  await expectDone(page, 1);
  await openTab(page, 'Table');
  await expectAddress(page, 'panel=table');
  await pickFiles(page, files('bert-f32'));
  await expectDone(page, 1);
  await pin(page, 'model.safetensors', 3);
  await expectAddress(page, 'sel=L0H3');

  await page.goBack();
  await expect(grid(page, MODEL)).toBeVisible();
  await expect(page.getByRole('tab', { name: 'Table', exact: true })).toHaveAttribute(
    'aria-selected',
    'true',
  );
  await expect(page).toHaveTitle(/test\/llama-gqa/);
  await page.goBack();
  await expect(grid(page, 'sample/masked')).toBeVisible();
  await expect(page).toHaveTitle('QKScope');
  await page.goForward();
  await expect(grid(page, MODEL)).toBeVisible();
  await page.goForward();
  await expect(grid(page, 'model.safetensors')).toBeVisible();
  await expect(page.locator('#head-panel')).toContainText('head 3');
});

test('a reload keeps a local model’s map, marked, and asks for the file', async ({ browser }) => {
  const page = await newProfile(browser);
  await page.goto('/');
  await pickFiles(page, files('bert-f32'));
  await expectDone(page, 1);
  const before = await scoresOf(page);
  await pin(page, 'model.safetensors', 1);
  await expectAddress(page, 'sel=L0H1');
  await page.reload();
  await expect(grid(page, 'model.safetensors')).toBeVisible();
  await expect(page.locator('.heatmap-origin')).toHaveText('from an earlier visit');
  await expect(page.locator('#head-panel')).toContainText('L0H1');
  expect(await scoresOf(page)).toEqual(before);
  await chooseFiles(page, files('bert-f32'));
  await expect(page.getByText(/This is the file/)).toBeVisible();
});

test('a damaged link says so, and names no other hub', async ({ browser }) => {
  const page = await newProfile(browser);
  await page.goto('/#m=https://evil.example/gpt2&metric=nonsense&hub=https://evil.example');
  await expect(grid(page, 'sample/masked')).toBeVisible();
  await expect(page.getByRole('alert')).toContainText('The link’s metric can’t be “nonsense”');
});
