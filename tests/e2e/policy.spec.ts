import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { expect, type Page, test } from '@playwright/test';
import { TOKENS } from '../support/fixtureHub/listings.ts';
import type { LogEntry } from '../support/fixtureHub/server.ts';
import {
  downloadFrom,
  expectDone,
  grid,
  HUB,
  measure,
  openModel,
  openSettings,
  openTab,
  pickFiles,
  setFaults,
  setHub,
} from './page.ts';
import { chooseOneHead } from './timingForm.ts';
import { type Watch, watch } from './watchedPage.ts';

const LOCAL = ['model.safetensors', 'config.json'].map((file) =>
  join('tests/fixtures/oracle/bert-f32', file),
);
const EXPORTS = ['Download PNG', 'Download SVG', 'Download JSON', 'Download CSV'];

let watched: Watch;
test.beforeEach(async ({ page }) => {
  watched = await watch(page);
  await page.goto(watched.host.url);
  await expect(grid(page, 'sample/masked')).toBeVisible();
  await expectDone(page, 2);
});
test.afterEach(() => watched.host.close());

/** Whom the page asked, blobs and data of its own left out. */
const hosts = () =>
  new Set(watched.urls.filter((url) => /^(https?|wss?):/.test(url)).map((url) => new URL(url).origin));

async function exportAll(page: Page): Promise<string> {
  let texts = '';
  for (const button of EXPORTS) {
    const { name, bytes } = await downloadFrom(page, button);
    expect(bytes.length, name).toBeGreaterThan(500);
    texts += bytes.toString('latin1');
    // What a PNG holds beside its pixels may be deflated.
    for (let start = bytes.indexOf('iTXt'); start >= 0; start = bytes.indexOf('iTXt', start + 4))
      for (let at = start; at < start + 100; at++)
        if (bytes[at] === 0x78 && bytes.readUInt16BE(at) % 31 === 0)
          texts += inflateSync(bytes.subarray(at), { finishFlush: 2 }).toString('latin1');
  }
  return texts;
}

test('the whole page works under its policy, which refuses nothing it does, and asks no host that the user didn’t name', async ({
  page,
}) => {
  await page.getByRole('button', { name: 'Guide', exact: true }).press('Enter');
  await expect(page.getByRole('dialog', { name: 'Guide' })).toBeVisible();
  await page.keyboard.press('Escape');
  await grid(page, 'sample/masked').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  const panel = page.getByRole('complementary', { name: 'Head' });
  await expect(panel.getByRole('heading', { name: /^L0H0/ })).toBeVisible();
  const closed = panel.locator('button[aria-expanded=false]');
  while ((await closed.count()) > 0) await closed.first().press('Enter');
  const tabs = await page.getByRole('tab').allInnerTexts();
  expect(tabs.length).toBeGreaterThan(3);
  for (const tab of tabs) await openTab(page, tab);
  await measure(page, 'whole layers');
  await exportAll(page);
  await pickFiles(page, LOCAL);
  await expectDone(page);
  await chooseOneHead(page, ['wasm', 'ort-wasm']);
  await page.getByRole('button', { name: 'Time the methods' }).click();
  await expect(
    page
      .getByRole('table')
      .filter({ hasText: 'norm' })
      .getByRole('row')
      .filter({ hasText: 'ort-wasm' })
      .first(),
  ).toBeVisible({ timeout: 60_000 });
  expect(await watched.violations()).toEqual([]);
  expect(hosts()).toEqual(new Set([new URL(watched.host.url).origin]));

  // A refusal is counted: by the page's listener, and by the report that its browser sends.
  const refused = await page.evaluate(() => {
    try {
      document.body.innerHTML = '<b>markup</b>';
      return false;
    } catch (error) {
      return error instanceof TypeError;
    }
  });
  expect(refused).toBe(true);
  await page.evaluate(() => fetch('http://other.invalid/').catch(() => null));
  await expect.poll(async () => (await watched.violations()).join('\n')).toMatch(/connect-src/);
  await expect.poll(() => watched.host.posted.join('\n')).toMatch(/require-trusted-types-for/);
});

test('a token goes into the hub’s Authorization header, and nowhere else', async ({ page }) => {
  await setFaults();
  await setHub(page);
  await openSettings(page);
  await page.getByLabel('access token').fill(TOKENS.member);
  await page.getByRole('button', { name: 'Use this token' }).press('Enter');
  await page.keyboard.press('Escape');
  await openModel(page, 'test/gated-small');
  await expectDone(page);
  const exported = await exportAll(page);
  expect(exported).toContain('test/gated-small');
  const places: Record<string, string> = { ...(await watched.places()), exported };
  // Each place was looked at: what is known to be there is found.
  const shown = {
    fromWorkers: 'test/gated-small',
    urls: 'test/gated-small',
    indexedDB: 'test/gated-small',
    localStorage: HUB,
    history: 'gated-small',
    document: 'test/gated-small',
  };
  for (const [place, text] of Object.entries(shown)) expect(places[place], place).toContain(text);
  const leaks = Object.keys(places).filter((place) => places[place]!.includes(TOKENS.member));
  expect(leaks).toEqual([]);

  const log = (await (await fetch(`${HUB}/__log`)).json()) as LogEntry[];
  const [atHub, atCdn] = (['hub', 'cdn'] as const).map((server) =>
    log.filter((entry) => entry.server === server),
  );
  expect(atHub!.some(({ authorization }) => authorization)).toBe(true);
  expect(atCdn!.length).toBeGreaterThan(0);
  expect(atCdn!.filter(({ authorization }) => authorization)).toEqual([]);
  expect(log.filter(({ path }) => path.includes(TOKENS.member))).toEqual([]);
  // The hub sends its downloads to the second origin; its requests come from a worker, and are among those that are watched.
  const cdn = `http://localhost:${Number(new URL(HUB).port) + 1}`;
  expect(hosts()).toEqual(new Set([new URL(watched.host.url).origin, HUB, cdn]));
  expect(await watched.violations()).toEqual([]);
});
