import { readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';
import { gaussian } from '../support/random.ts';
import { f32, safetensorsBytes } from '../support/safetensorsBytes.ts';
import { downloadFrom, expectDone, openTab } from './page.ts';
import { test } from './sharedTest.ts';
import { type Watch, watch } from './watchedPage.ts';

test.use({ keepsPage: true });

/** Markup that would run, a spreadsheet's formula, marks that turn text round or end a line, and what no text may hold. */
const HOSTILE = `=1+1<img src=x onerror="window.hacked=1">'"&amp;]]><svg onload=window.hacked=1>\u202egnp\u2066\u200f\0\u2028__proto__`;
const BERT = readFileSync('tests/fixtures/oracle/bert-f32/model.safetensors');
const CONFIG = JSON.parse(readFileSync('tests/fixtures/oracle/bert-f32/config.json', 'utf8')) as object;

let watched: Watch;
test.beforeEach(async ({ page }) => {
  watched = await watch(page);
  await page.goto(watched.host.url);
  await expectDone(page, 2);
});
test.afterEach(() => watched.host.close());

/** Drops files under names that no disk would take. */
async function drop(
  page: Page,
  files: readonly { name: string; bytes: Uint8Array; times?: number }[],
): Promise<void> {
  const data = files.map(({ name, bytes, times = 0 }) => ({
    name,
    times,
    base64: Buffer.from(bytes).toString('base64'),
  }));
  await page.evaluate((list) => {
    const transfer = new DataTransfer();
    for (const { name, times, base64 } of list)
      transfer.items.add(
        new File([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], 'long'.repeat(times) + name),
      );
    document.body.dispatchEvent(
      new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }),
    );
  }, data);
}

/** Nothing of a name runs, turns a sentence round, hides or fills the page. */
async function expectHarmless(page: Page): Promise<void> {
  const shown = await page.evaluate(() => ({
    isHacked: 'hacked' in window,
    text: document.body.innerText,
    labels: [...document.querySelectorAll('[title], [aria-label]')].flatMap((each) =>
      ['title', 'aria-label'].map((name) => each.getAttribute(name) ?? ''),
    ),
    title: document.title,
    elements: document.querySelectorAll('img[src=x], [onerror], [onload]').length,
  }));
  expect([shown.isHacked, shown.elements]).toEqual([false, 0]);
  const lines = [
    shown.title,
    ...shown.text.split(/[\n\t]/),
    ...shown.labels.flatMap((each) => each.split('\n')),
  ];
  expect(lines.filter((line) => /(?![\u200c\u200d])[\p{C}\p{Zl}\p{Zp}]/u.test(line))).toEqual([]);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(1500);
  expect(await watched.violations()).toEqual([]);
}

/** The exported files are what their formats demand, with the name in them as text. */
async function expectPlainExports(page: Page): Promise<void> {
  const [svg, csv, json] = [
    (await downloadFrom(page, 'Download SVG')).bytes.toString('utf8'),
    (await downloadFrom(page, 'Download CSV')).bytes.toString('utf8'),
    (await downloadFrom(page, 'Download JSON')).bytes.toString('utf8'),
  ];
  const { name } = await downloadFrom(page, 'Download PNG');
  expect(name).toMatch(/^qkscope-[\p{L}\p{N}._-]+\.png$/u);
  for (const text of [svg, csv, json]) {
    expect(text).toContain('onerror');
    expect(text.replace(/[\n\r\t]/g, '')).not.toMatch(/(?![\u200c\u200d])[\p{C}\p{Zl}\p{Zp}]/u);
  }
  // A page without a policy would run what a parser finds.
  const plain = await page.context().newPage();
  const found = await plain.evaluate((text) => {
    const root = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
    return [
      root.tagName,
      root.querySelectorAll('parsererror, script, img, foreignObject, [onload], [onerror]').length,
    ];
  }, svg);
  await plain.close();
  expect(found).toEqual(['svg', 0]);
  expect(csv).not.toMatch(/(^|,)"?=1\+1/m);
}

test('hostile names of files, models, columns and tensors are text in every view and export', async ({
  page,
}) => {
  const config = Buffer.from(JSON.stringify({ ...CONFIG, model_type: HOSTILE }));
  await drop(page, [
    { name: `${HOSTILE}.safetensors`, bytes: BERT },
    { name: 'config.json', bytes: config },
  ]);
  await expect(page.getByText(/config\.json says =1\+1<img/)).toBeVisible();
  await expectDone(page);
  await page.getByRole('grid').first().focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary', { name: 'Head' })).toBeVisible();
  const quoted = [HOSTILE, '__proto__', 'constructor'].map((name) => `"${name.replaceAll('"', '""')}"`);
  const sheet = `head,${quoted.join(',')}\nL0H0,1,2,3\nL1H1,2,3,4\n`;
  await drop(page, [{ name: `${HOSTILE}.csv`, bytes: Buffer.from(sheet) }]);
  await expect(page.getByRole('list', { name: 'Your scores' })).toContainText(
    '__proto__, constructor: 2 of 12 heads',
  );
  for (const tab of await page.getByRole('tab').allInnerTexts()) {
    await openTab(page, tab);
    await expectHarmless(page);
  }
  await expectPlainExports(page);

  // As another program might write it: the page's own exports have such names no more.
  const [result] = [
    JSON.parse((await downloadFrom(page, 'Download JSON')).bytes.toString('utf8')),
  ].flat() as {
    model: Record<string, unknown>;
  }[];
  Object.assign(result!.model, { id: HOSTILE, name: HOSTILE });
  await drop(page, [{ name: 'result.json', bytes: Buffer.from(JSON.stringify(result)) }]);
  await expect(page.getByText(/These scores are from a figure/).first()).toBeVisible();
  await expectHarmless(page);
  await expectPlainExports(page);

  const next = gaussian(3);
  const tensors = ['q', 'k'].map((part) => ({
    name: `${HOSTILE}.0.${part}`,
    dtype: 'F32',
    shape: [8, 8],
    data: f32(Array.from({ length: 64 }, next)),
  }));
  await drop(page, [{ name: 'odd.safetensors', bytes: safetensorsBytes(tensors) }]);
  await expect(
    page
      .getByRole('dialog')
      .getByRole('option', { name: /onerror/ })
      .first(),
  ).toBeAttached();
  await expectHarmless(page);
});

test('a file whose name has 10 million characters, and one named after a prototype, open as any other', async ({
  page,
}) => {
  const config = Buffer.from(JSON.stringify(CONFIG));
  await drop(page, [
    { name: 'long.safetensors', bytes: BERT, times: 2_500_000 },
    { name: 'config.json', bytes: config },
  ]);
  await expect(page.getByRole('grid', { name: /^long/ })).toBeVisible();
  await expectHarmless(page);
  await drop(page, [
    { name: '__proto__.safetensors', bytes: BERT },
    { name: 'config.json', bytes: config },
  ]);
  await expect(page.getByRole('grid', { name: /__proto__/ })).toBeVisible();
  await expectHarmless(page);
});
