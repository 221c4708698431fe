import { expect, type Page, test } from '@playwright/test';
import {
  expectDone,
  grid,
  openModel,
  openPage,
  pickFiles,
  ratios,
  resultOf,
  setFaults,
  setHub,
} from './page.ts';

const BERT = ['config.json', 'model.safetensors'].map((name) => `tests/fixtures/oracle/bert-f32/${name}`);
const GPT2 = ['config.json', 'model.safetensors'].map((name) => `tests/fixtures/oracle/gpt2-f32/${name}`);

/** Every first worker of the page is stuck once it is asked for a local file. */
async function stickFirstWorker(page: Page): Promise<() => number> {
  let started = 0;
  await page.route(/analysis\.worker.*\.js$/, async (route) => {
    started++;
    const response = await route.fetch();
    const stuck = `addEventListener('message', ({ data }) => { if (data.request?.choice?.kind === 'local') for (;;); });`;
    await route.fulfill({ response, body: (started === 1 ? stuck : '') + (await response.text()) });
  });
  return () => started;
}

test('Cancel ends a worker that is stuck in a file, and the next file is scored', async ({ page }) => {
  const started = await stickFirstWorker(page);
  await openPage(page);
  await pickFiles(page, BERT);
  await page.getByRole('button', { name: 'Cancel' }).press('Enter');
  await expect(page.getByRole('button', { name: 'Cancel' })).toHaveCount(0);
  await pickFiles(page, GPT2);
  await expectDone(page);
  expect(started()).toBe(2);
  expect((await resultOf(page)).model.modelType).toBe('gpt2');
});

test('a file dropped while the worker is stuck in another is scored by the next worker', async ({ page }) => {
  const started = await stickFirstWorker(page);
  await openPage(page);
  await pickFiles(page, BERT);
  await pickFiles(page, GPT2);
  await expectDone(page);
  expect(started()).toBe(2);
});

test('the page says in words that no worker can be started', async ({ page }) => {
  await page.addInitScript(() => {
    // @ts-expect-error As a browser that refuses it.
    globalThis.Worker = class {
      constructor() {
        throw new DOMException('Workers are refused here.', 'SecurityError');
      }
    };
  });
  await page.goto('/');
  await expect(
    page.getByText(/background worker.*can’t be started.*Workers are refused here/).first(),
  ).toBeVisible();
});

test('the page scores without saving anything where cookies and storage are blocked', async ({ page }) => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB'])
      Object.defineProperty(globalThis, name, {
        get() {
          throw new DOMException('The operation is insecure.', 'SecurityError');
        },
      });
  });
  await openPage(page);
  await setFaults();
  await setHub(page);
  await openModel(page, 'test/llama-gqa');
  await expectDone(page);
  expect(ratios(await resultOf(page))).toHaveLength(32);
  expect(errors).toEqual([]);
});

test('a model opens although the browser’s database never answers', async ({ page }) => {
  await page.addInitScript(() => {
    indexedDB.open = () => new EventTarget() as IDBOpenDBRequest;
  });
  await openPage(page);
  await setFaults();
  await setHub(page);
  await openModel(page, 'test/llama-gqa');
  await expect(grid(page, 'test/llama-gqa')).toBeVisible();
  await expectDone(page);
});
