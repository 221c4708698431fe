import { writeFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { gaussian } from '../support/random.ts';
import { f32, safetensorsBytes } from '../support/safetensorsBytes.ts';
import { expectDone, openPage, pickFiles, ratios, resultOf } from './page.ts';

/** Grouped heads, and enough work in each layer that it is shared out. */
const [LAYERS, HEADS, KV_HEADS, D, DH] = [2, 8, 4, 512, 64];

/** The page as a host serves it that sends no headers of its own. */
async function leaveOutHeaders(page: Page): Promise<void> {
  await page.route(
    ({ pathname }) => pathname === '/',
    async (route) => {
      const response = await route.fetch();
      const headers = Object.entries(response.headers()).filter(([name]) => !name.startsWith('cross-origin'));
      await route.fulfill({ response, headers: Object.fromEntries(headers) });
    },
  );
}

async function scoreWithWasm(page: Page, files: string[]) {
  await openPage(page);
  await pickFiles(page, files);
  await expectDone(page);
  const cores = await page.evaluate(() => navigator.hardwareConcurrency);
  return { result: await resultOf(page), cores: Math.min(16, cores) };
}

test('a page without the isolation headers computes in several workers and gives what threads give', async ({
  page,
  context,
}, info) => {
  const next = gaussian(11);
  const tensor = (name: string, rows: number) => ({
    name,
    dtype: 'F32',
    shape: [rows, D],
    data: f32(Array.from({ length: rows * D }, () => 0.02 * next())),
  });
  const [weights, config] = [info.outputPath('model.safetensors'), info.outputPath('config.json')];
  const layers = Array.from({ length: LAYERS }, (_, layer) => `model.layers.${layer}.self_attn`);
  writeFileSync(
    weights,
    safetensorsBytes(
      layers.flatMap((path) => [
        tensor(`${path}.q_proj.weight`, HEADS * DH),
        tensor(`${path}.k_proj.weight`, KV_HEADS * DH),
      ]),
    ),
  );
  writeFileSync(
    config,
    JSON.stringify({
      ...{ model_type: 'llama', hidden_size: D, num_hidden_layers: LAYERS },
      ...{ num_attention_heads: HEADS, num_key_value_heads: KV_HEADS },
    }),
  );
  const isolated = await scoreWithWasm(page, [weights, config]);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);

  const plain = await context.newPage();
  await leaveOutHeaders(plain);
  const { result, cores } = await scoreWithWasm(plain, [weights, config]);
  expect(await plain.evaluate(() => crossOriginIsolated)).toBe(false);
  const device = cores === 1 ? /, 1 thread$/ : new RegExp(`, ${cores} workers$`);
  expect(result.engine).toMatchObject({ id: 'wasm', device: expect.stringMatching(device) });
  await expect(plain.getByRole('contentinfo')).toContainText(`(${result.engine.device})`);
  expect(ratios(result)).toHaveLength(LAYERS * HEADS);
  expect(ratios(result)).toEqual(ratios(isolated.result));
});
