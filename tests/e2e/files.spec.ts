import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { dropFiles } from './drop.ts';
import {
  chooseEngine,
  expectDone,
  openMenu,
  openPage,
  pickFiles,
  ratios,
  resultOf,
  splitInto,
  untilStatusChanges,
} from './page.ts';
import { test } from './sharedTest.ts';

test.use({ keepsPage: true });

const ORACLE = 'tests/fixtures/oracle';
const MALFORMED = 'tests/fixtures/malformed';
/** The engines are held against every checkpoint in tests/engines: here the page's own way there, with one of each format and layout. */
const FULL = 'wasm';
const KINDS = [
  ...['bart-f32', 'bloom-noprefix-bf16', 'gemma-headdim-bf16', 'gpt2-noprefix-masks-f16', 'gpt_neox-f16'],
  ...['gguf-llama-gqa-q4_0', 'gguf-gpt2-fused-f16', 'torch-legacy-llama-gqa-bf16', 'torch-zip-gpt_neox-f16'],
  ...['phi3-gqa-bf16', 'qwen1-linear-c_attn-f32', 'falcon-new-bf16', 't5-f32', 'vit-f32', 'whisper-f16'],
];
const SOME = [
  'llama-extreme-scale-f32',
  'llama-gqa-sharded-f16',
  'torch-zip-gpt2-f32',
  'bert-degenerate-f32',
];
const TOLERANCE = { webgpu: 2e-6, wasm: 2e-6, 'ort-wasm': 2e-6, reference: 1e-9 } as const;

interface Expected {
  readonly stacks: readonly {
    readonly name: string;
    readonly layers: readonly { readonly r: readonly (number | null)[] }[];
  }[];
}

for (const [engine, tolerance] of Object.entries(TOLERANCE)) {
  const names = engine === FULL ? [...SOME, ...KINDS] : SOME;
  test(`${engine} gives the expected r of ${engine === FULL ? 'oracle checkpoints of each kind' : 'some oracle checkpoints'} chosen in the page`, async ({
    page,
  }) => {
    // Up to twenty, one after the other.
    test.slow();
    await openPage(page);
    await chooseEngine(page, engine);
    for (const name of names) {
      const files = readdirSync(join(ORACLE, name)).filter((file) => file !== 'expected.json');
      await pickFiles(
        page,
        files.map((file) => join(ORACLE, name, file)),
      );
      await expectDone(page);
      const expected = (JSON.parse(readFileSync(join(ORACLE, name, 'expected.json'), 'utf8')) as Expected)
        .stacks;
      const result = await resultOf(page);
      expect(result.engine.id).toBe(engine);
      expect(result.stacks.map((stack) => stack.name)).toEqual(expected.map((stack) => stack.name));
      const got = ratios(result);
      const wanted = expected.flatMap(({ layers }) => layers.flatMap(({ r }) => r));
      expect(got.length).toBe(wanted.length);
      wanted.forEach((want, at) => {
        if (want === null) expect(got[at]).toBeNull();
        else expect(Math.abs(got[at]! - want), `${name}, value ${at}`).toBeLessThanOrEqual(tolerance);
      });
    }
  });
}

test('dropped shards with their index open as one model', async ({ page }) => {
  await openPage(page);
  const folder = join(ORACLE, 'llama-gqa-sharded-f16');
  await dropFiles(
    page,
    readdirSync(folder)
      .filter((name) => name !== 'expected.json')
      .map((name) => ({ name, path: join(folder, name) })),
  );
  await expectDone(page);
  expect((await resultOf(page)).shape).toMatchObject({ heads: 8, kvHeads: 4, dModel: 64, dHead: 8 });
});

test('the page asks for the head count when there is no config.json, and scores by the answer', async ({
  page,
}) => {
  await openPage(page);
  await pickFiles(page, [join(ORACLE, 'bert-f32', 'model.safetensors')]);
  const dialog = page.getByRole('dialog', { name: /How many heads/ });
  await expect(dialog).toBeVisible();
  await expect(dialog.getByRole('radio', { checked: true })).toHaveCount(0);
  await dialog.getByRole('radio', { name: /^4 heads of 16/ }).press('Space');
  await dialog.getByRole('button', { name: /score|use|open/i }).press('Enter');
  await expectDone(page);
  const expected = (
    JSON.parse(readFileSync(join(ORACLE, 'bert-f32', 'expected.json'), 'utf8')) as Expected
  ).stacks[0]!.layers.flatMap(({ r }) => r!);
  const found = ratios(await resultOf(page));
  expect(found).toHaveLength(expected.length);
  found.forEach((r, at) => {
    expect(Math.abs(r! - expected[at]!)).toBeLessThanOrEqual(2e-6);
  });
});

test('the head split can be overridden and reset', async ({ page }) => {
  await openPage(page);
  await pickFiles(
    page,
    ['model.safetensors', 'config.json'].map((file) => join(ORACLE, 'gpt_neo-f32', file)),
  );
  await expectDone(page);
  await splitInto(page, 4);
  await expect(page.getByText(/chosen by you: 4 × 16/)).toBeVisible();
  await expectDone(page);
  const result = await resultOf(page);
  expect(result.shape.heads).toBe(4);
  expect(result.notes.join()).toContain('by config.json it is 16 × 4');
  await openMenu(page, /heads? of/);
  const reset = page.getByRole('button', { name: 'Reset split' });
  await untilStatusChanges(page, () => reset.press('Enter'));
  await expect(page.getByText(/chosen by you/)).toBeHidden();
  await expectDone(page);
  expect((await resultOf(page)).shape.heads).toBe(16);
});

test('undefined heads are shown as undefined, with the reason', async ({ page }) => {
  await openPage(page);
  await pickFiles(
    page,
    ['model.safetensors', 'config.json'].map((file) => join(ORACLE, 'bert-degenerate-f32', file)),
  );
  await expectDone(page);
  await page.getByRole('grid').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('gridcell')).toHaveText(/layer 0, head 1.*all zeros/);
});

test('every malformed file gets an error that names it, and the page goes on working', async ({ page }) => {
  await openPage(page);
  const manifest = JSON.parse(readFileSync(join(MALFORMED, 'manifest.json'), 'utf8')) as { file: string }[];
  const messages: string[] = [];
  for (const { file } of manifest) {
    await dropFiles(page, [{ name: file, path: join(MALFORMED, file) }]);
    const alert = page.getByRole('alert').filter({ hasText: file });
    await expect(alert).toBeVisible();
    messages.push(((await alert.textContent()) ?? '').replace(/\s+/g, ' '));
  }
  expect(messages.join('\n')).not.toMatch(/undefined|\[object|didn't expect/);
  console.log(messages.join('\n'));
  await page.getByRole('combobox', { name: 'Model' }).focus();
  await page.getByRole('button', { name: 'sample', exact: true }).press('Enter');
  await expectDone(page, 2);
});
