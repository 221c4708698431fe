import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { type Browser, expect, type Page } from '@playwright/test';
import type { AnalysisResult } from '../../src/core/result/result.ts';
import { chunksOf, pngOf } from '../support/pngBytes.ts';
import { dropFiles } from './drop.ts';
import {
  downloadFrom,
  expectDone,
  grid,
  HUB,
  openExport,
  openModel,
  openPage,
  openTab,
  pickFiles,
  setFaults,
  setHub,
} from './page.ts';
import { test } from './sharedTest.ts';
import { engine, openDetails } from './timingForm.ts';

test.use({ keepsPage: true });

const BERT = ['model.safetensors', 'config.json'].map((file) => join('tests/fixtures/oracle/bert-f32', file));

/** The JSON of a figure, by code that isn't the page's. */
function textOfPng(png: Buffer): string {
  const { data } = chunksOf(png).find(({ type }) => type === 'iTXt')!;
  expect(Buffer.from(data.subarray(0, 12)).toString('latin1')).toBe('qkscope\0\x01\0\0\0');
  return inflateSync(data.subarray(12)).toString('utf8');
}

function textOfSvg(svg: string): string {
  const [, text] = /<metadata><result xmlns="urn:qkscope:result">([^<]*)<\/result><\/metadata>/.exec(svg)!;
  return text!.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

type Kind = 'png' | 'svg' | 'json';

/** The files that the dialog gives, of each kind that is asked for. */
async function exported<Wanted extends Kind>(
  page: Page,
  ...kinds: readonly Wanted[]
): Promise<Record<Wanted, Buffer>> {
  const files: Partial<Record<Wanted, Buffer>> = {};
  for (const kind of kinds) {
    files[kind] = (await downloadFrom(page, `Download ${kind.toUpperCase()}`)).bytes;
    await page.keyboard.press('Escape');
  }
  return files as Record<Wanted, Buffer>;
}

/** Drops bytes as a file on the page. */
async function drop(page: Page, name: string, bytes: Uint8Array | string): Promise<void> {
  const path = test.info().outputPath(name);
  writeFileSync(path, bytes);
  await dropFiles(page, [{ name, path }]);
}

/** A page of a browser that has never seen the model. */
async function freshPage(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await openPage(page);
  return page;
}

const origins = (page: Page) => page.getByRole('contentinfo').getByText(/^from a figure/);

async function table(page: Page): Promise<string> {
  await openTab(page, 'Table');
  const panel = page.getByRole('tabpanel');
  await expect(panel.getByRole('table').first()).toBeVisible();
  return panel.innerText();
}

test('figures and JSON of two models open them in another browser and are exported as the same bytes', async ({
  page,
  browser,
}) => {
  test.slow();
  await openPage(page);
  const { png, svg, json } = await exported(page, 'png', 'svg', 'json');
  const text = json.toString('utf8');
  expect(textOfPng(png)).toBe(text);
  expect(textOfSvg(svg.toString('utf8'))).toBe(text);
  const values = await table(page);
  const chunks = chunksOf(png);
  const ours = chunks.filter(({ type }) => type === 'iTXt');
  const others = chunks.filter(({ type }) => type !== 'iTXt' && type !== 'IEND');
  const reordered = pngOf([...others, ...ours, { type: 'IEND', data: new Uint8Array(0) }]);
  expect(Buffer.from(reordered).equals(png)).toBe(false);
  const files: [string, Uint8Array][] = [
    ['figure.png', png],
    ['figure.svg', svg],
    ['figure.json', json],
    ['reordered.png', reordered],
    ['longer.png', Buffer.concat([png, Buffer.from('bytes after the end')])],
  ];
  const other = await freshPage(browser);
  for (const [name, bytes] of files) {
    await drop(other, name, bytes);
    await expect(origins(other)).toHaveText([`from a figure (${name})`, `from a figure (${name})`]);
    for (const title of ['sample/masked', 'sample/causal']) {
      await expect(grid(other, title)).toBeVisible();
      await expect(other.getByRole('region', { name: title }).first()).toContainText(
        `from a figure (${name})`,
      );
    }
    expect(await table(other)).toBe(values);
    expect((await exported(other, 'json')).json.equals(json)).toBe(true);
  }
  // All of them gave the same result: one figure of it stands for the others.
  const again = await exported(other, 'png', 'svg');
  expect(textOfPng(again.png)).toBe(text);
  expect(textOfSvg(again.svg.toString('utf8'))).toBe(text);
  await other.getByRole('button', { name: 'Recompute' }).first().click();
  await expectDone(other, 1);
  await expect(origins(other)).toHaveCount(1);
  await other.context().close();
});

test('a PNG says at each scale how large it is on paper', async ({ page }) => {
  await openPage(page);
  for (const [label, perMetre] of [
    ['1×', 3780],
    ['2×', 7559],
    ['3×', 11339],
  ] as const) {
    await openExport(page);
    const scale = page.getByRole('radio', { name: label });
    await scale.press('Space');
    await expect(scale).toBeChecked();
    await page.keyboard.press('Escape');
    const { bytes } = await downloadFrom(page, 'Download PNG');
    await page.keyboard.press('Escape');
    const { data } = chunksOf(bytes).find(({ type }) => type === 'pHYs')!;
    const size = Buffer.from(data);
    expect([size.readUInt32BE(0), size.readUInt32BE(4), size[8]]).toEqual([perMetre, perMetre, 1]);
  }
});

test('a figure brings the user’s scores and the times along, and what needs weights says that they are missing', async ({
  page,
  browser,
}) => {
  test.slow();
  await openPage(page);
  await pickFiles(page, BERT);
  await expectDone(page);
  await drop(page, 'mine.csv', 'layer,head,induction\n0,0,0.25\n1,2,0.75\n');
  await expect(page.getByText('induction').first()).toBeVisible();
  await openDetails(page);
  for (const scope of ['one layer', 'all layers'])
    await page.getByRole('checkbox', { name: scope }).uncheck();
  for (const name of ['webgpu', 'wasm', 'wasm, 1 thread', 'ort-webgpu', 'ort-wasm', 'reference'])
    if (await engine(page, name).isEnabled()) await engine(page, name).setChecked(name === 'wasm');
  await page.getByRole('button', { name: 'Time the methods' }).click();
  const row = /\btrace head/;
  await expect(page.getByRole('row', { name: row }).first()).toBeVisible({ timeout: 80_000 });
  await expect(page.getByRole('progressbar')).toBeHidden({ timeout: 80_000 });
  const { png, json } = await exported(page, 'png', 'json');
  const result = JSON.parse(json.toString('utf8')) as AnalysisResult;
  expect(result.timing!.rows.length).toBeGreaterThan(0);
  expect(result.own!.map(({ name }) => name)).toEqual(['induction']);

  const other = await freshPage(browser);
  await drop(other, 'bert.png', png);
  await expect(origins(other)).toHaveText('from a figure (bert.png)');
  expect((await exported(other, 'json')).json.equals(json)).toBe(true);
  await openDetails(other);
  await expect(other.getByRole('row', { name: row }).first()).toBeVisible();
  await other.getByRole('button', { name: 'Time the methods' }).click();
  await expect(other.getByText('without weights to time')).toBeVisible();
  await grid(other, 'model.safetensors').focus();
  await other.keyboard.press('ArrowRight');
  await other.keyboard.press('Enter');
  await expect(other.getByText('Spectrum, matrices and partners are computed from weights')).toBeVisible();
  await other.context().close();
});

test('a file dropped where a figure shows its scores is told apart by its fingerprint', async ({
  page,
  browser,
}) => {
  await openPage(page);
  await pickFiles(page, BERT);
  await expectDone(page);
  const { png } = await exported(page, 'png');
  const other = await freshPage(browser);
  await drop(other, 'bert.png', png);
  await expect(other.getByText('drop the model’s file (model.safetensors)')).toBeVisible();
  await pickFiles(
    other,
    ['model.safetensors', 'config.json'].map((file) => join('tests/fixtures/oracle/roberta-bf16', file)),
  );
  await expectDone(other);
  await expect(other.getByText('This isn’t the file whose scores were shown')).toBeVisible();
  await pickFiles(other, BERT);
  await expect(other.getByText('This is the file whose scores were shown')).toBeVisible();
  await other.context().close();
});

test('a figure of the hub is recomputed at its commit, and reads nothing before', async ({
  page,
  browser,
}) => {
  await setFaults();
  await openPage(page);
  await setHub(page);
  await openModel(page, 'gpt2');
  await expectDone(page);
  const { svg, json } = await exported(page, 'svg', 'json');
  const { model } = JSON.parse(json.toString('utf8')) as AnalysisResult;
  const other = await freshPage(browser);
  await setHub(other);
  await setFaults();
  await drop(other, 'gpt2.svg', svg);
  await expect(origins(other)).toHaveText('from a figure (gpt2.svg)');
  const log = async () => (await fetch(`${HUB}/__log`)).text();
  expect(await log()).not.toContain('gpt2');
  await other.getByRole('button', { name: /^Recompute \(.* MB\)$/ }).click();
  await expectDone(other);
  await expect(origins(other)).toHaveCount(0);
  expect(await log()).toContain(model.sha!);
  await other.context().close();
});

test('pictures without scores and forged ones leave the map and say what is wrong', async ({ page }) => {
  await openPage(page);
  const { png, json } = await exported(page, 'png', 'json');
  const chunks = chunksOf(png);
  const stripped = pngOf(chunks.filter(({ type }) => type !== 'iTXt'));
  const forge = (text: string) => Buffer.from(`qkscope\0\0\0\0\0${text}`, 'utf8');
  const forged = (text: string) =>
    pngOf(chunks.map((chunk) => (chunk.type === 'iTXt' ? { type: 'iTXt', data: forge(text) } : chunk)));
  const text = json.toString('utf8');
  const broken = Uint8Array.from(png);
  broken[png.indexOf('iTXt') + 40]! ^= 1;
  const cases: [string, Uint8Array, RegExp][] = [
    ['stripped.png', stripped, /stripped\.png is a picture without scores.*Ask for the original file/s],
    ['photo.jpg', Buffer.from('ffd8ffe000104a464946', 'hex'), /photo\.jpg is a picture without scores/],
    ['broken.png', broken, /broken\.png is damaged.*checksum/s],
    [
      'script.png',
      forged('<img src=x onerror=alert(1)>'),
      /scores in script\.png can’t be shown: they aren’t JSON/,
    ],
    [
      'forged.png',
      forged(text.replace(/"r": [\d.]+/, '"r": 0.123')),
      /forged\.png can’t be shown.*s is 2r − 1/,
    ],
    [
      'newer.png',
      forged(text.replaceAll('"version": 1,', '"version": 2,')),
      /newer\.png was written by a newer QKScope/,
    ],
  ];
  for (const [name, bytes, message] of cases) {
    await drop(page, name, bytes);
    await expect(page.getByRole('alert').filter({ hasText: name })).toHaveText(message);
    await expect(grid(page, 'sample/masked')).toBeVisible();
    await expect(origins(page)).toHaveCount(0);
  }
});

test('text of a figure is shown as text', async ({ page }) => {
  const messages: string[] = [];
  page.on('dialog', (dialog) => {
    messages.push(dialog.message());
    void dialog.dismiss();
  });
  await openPage(page);
  const { json } = await exported(page, 'json');
  const [first] = JSON.parse(json.toString('utf8')) as AnalysisResult[];
  const evil = '<img src=x onerror=alert(1)> https://evil.example/';
  const [stack] = first!.stacks;
  const [layer, ...layers] = stack!.layers;
  const skipped = { ...layer!, heads: [], skipped: { code: 'layout-mismatch', reason: evil } };
  const result = {
    ...first!,
    stacks: [{ ...stack!, layers: [skipped, ...layers] }],
    notes: [evil],
    model: { ...first!.model, source: 'local', id: evil, modelType: evil },
  };
  await drop(page, 'evil.json', JSON.stringify(result));
  await expect(origins(page)).toHaveCount(1);
  await expect(page.getByRole('listitem').filter({ hasText: evil })).toBeVisible();
  await expect(page.getByText('1 of 4 layers couldn’t be scored.')).toContainText(evil);
  expect(await page.locator('img, a[href*="evil"]').count()).toBe(0);
  expect(messages).toEqual([]);
});
