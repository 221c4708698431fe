import { appendFile, copyFile, unlink } from 'node:fs/promises';
import { expect, type Page, test, type Worker } from '@playwright/test';
import {
  chooseFiles,
  enterModel,
  expectDone,
  openModel,
  openPage,
  pickFiles,
  ratios,
  resultOf,
  setFaults,
  setHub,
} from './page.ts';
import { actAsCard, passForCard } from './testedGpu.ts';

const ORACLE = 'tests/fixtures/oracle/bert-f32';
const BERT = ['config.json', 'model.safetensors'].map((name) => `${ORACLE}/${name}`);
const MODEL = 'test/llama-gqa';

/** Runs before the script of the page's first analysis workers. */
async function beforeWorker(page: Page, script: () => void, workers = Number.POSITIVE_INFINITY) {
  let started = 0;
  await page.route(/analysis\.worker.*\.js$/, async (route) => {
    const response = await route.fetch();
    const before = started++ < workers ? `(${String(script)})();` : '';
    await route.fulfill({ response, body: `${before}\n${await response.text()}` });
  });
}

/** In the worker: the third layer that a GPU is to score is its last one. `fail` is how it ends. */
function failingGpu(fail: 'lost' | 'hanging') {
  const devices: GPUDevice[] = [];
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (...args) {
    devices.push(await requestDevice.apply(this, args));
    return devices.at(-1)!;
  };
  // The sums of two layers come; every layer's scales do.
  const answers: Promise<unknown>[] = [];
  let lost: Promise<void> | null = null;
  const { mapAsync } = GPUBuffer.prototype;
  GPUBuffer.prototype.mapAsync = async function (...args) {
    const isArmed = (globalThis as { isArmed?: boolean }).isArmed === true;
    if (!isArmed || this.label !== 'readback') return mapAsync.apply(this, args);
    if (answers.length < 2) {
      const answer = mapAsync.apply(this, args);
      answers.push(answer);
      return answer;
    }
    if (fail === 'hanging') return new Promise(() => {});
    lost ??= Promise.all(answers).then(async () => {
      // What came is taken in before.
      await new Promise((resolve) => setTimeout(resolve, 500));
      devices.at(-1)!.destroy();
    });
    await lost;
    return mapAsync.apply(this, args);
  };
  if (fail === 'lost') return;
  // Its deadlines pass twenty times as fast.
  const { setInterval } = globalThis;
  const shorter = (run: () => void, ms?: number) => setInterval(run, (ms ?? 0) / 20);
  globalThis.setInterval = shorter as typeof setInterval;
}

for (const [fail, why] of [
  ['lost', /webgpu failed midway: The GPU was lost/],
  ['hanging', /webgpu failed midway: The GPU didn.t answer within 20 seconds/],
] as const)
  test(`a GPU that is ${fail} in mid-run gives way from the layer it was at, and each layer names its engine`, async ({
    page,
  }) => {
    await passForCard(page);
    let analysis: Worker | undefined;
    page.on('worker', (worker) => {
      if (!/analysis/.test(worker.url())) return;
      analysis = worker;
      // Not by a route: what a worker asks of another origin isn't let through then.
      // Its failure means that it was ended before.
      Promise.all([actAsCard(worker), worker.evaluate(failingGpu, fail)]).catch(() => {});
    });
    await setFaults();
    await openPage(page);
    await setHub(page);
    await openModel(page, MODEL);
    await expectDone(page);
    const expected = ratios(await resultOf(page));
    await analysis!.evaluate(() => Object.assign(globalThis, { isArmed: true }));
    await enterModel(page, MODEL);
    await page.getByRole('button', { name: 'Score again' }).press('Enter');
    await expect(
      page.getByText(/Which engine scored which layers: 0 to 1 webgpu, 2 to 3 wasm/),
    ).toBeVisible();
    await expect(page.getByRole('contentinfo')).toContainText(why);
    const result = await resultOf(page);
    expect(result.stacks[0]!.layers.map(({ engine }) => engine)).toEqual([
      'webgpu',
      'webgpu',
      'wasm',
      'wasm',
    ]);
    for (const [at, r] of ratios(result).entries())
      expect(Math.abs(r! - expected[at]!)).toBeLessThanOrEqual(2e-6);
  });

test('a browser that refuses WebAssembly its memory scores all the same, and says why', async ({ page }) => {
  await beforeWorker(page, () => {
    WebAssembly.Memory = class {
      constructor() {
        throw new RangeError('could not allocate memory');
      }
    } as unknown as typeof WebAssembly.Memory;
  });
  await page.goto('/');
  await pickFiles(page, BERT);
  await expectDone(page);
  await expect(page.getByRole('contentinfo')).toContainText(
    /wasm failed to start: WebAssembly got no memory/,
  );
  expect((await resultOf(page)).engine.id).toBe('reference');
});

for (const [what, spoil] of [
  ['changed', (path: string) => appendFile(path, '\n')],
  ['deleted', unlink],
] as const)
  test(`a file that is ${what} while the page asks about it is named, and chosen again it is scored`, async ({
    page,
  }, info) => {
    const path = info.outputPath('model.safetensors');
    await copyFile(BERT[1]!, path);
    await openPage(page);
    await chooseFiles(page, [path]);
    const dialog = page.getByRole('dialog', { name: /How many heads/ });
    await dialog.getByRole('radio', { name: /^4 heads of 16/ }).press('Space');
    await spoil(path);
    await dialog.getByRole('button', { name: /score|use|open/i }).press('Enter');
    const alert = page
      .getByRole('alert')
      .filter({ hasText: /model\.safetensors couldn.t be read from disk/ });
    await expect(alert.first()).toContainText(/Choose it again/);
    await pickFiles(page, BERT);
    await expectDone(page);
    expect((await resultOf(page)).model.modelType).toBe('bert');
  });

test('a run goes on in a tab that is hidden and frozen for long, and reads no layer twice', async ({
  page,
}) => {
  await page.addInitScript(() => {
    const { requestAnimationFrame } = globalThis;
    // A hidden page has no frames.
    globalThis.requestAnimationFrame = (run) => (document.hidden ? 0 : requestAnimationFrame(run));
    Object.defineProperty(document, 'hidden', {
      get: () => (globalThis as { isHidden?: boolean }).isHidden ?? false,
    });
  });
  await setFaults({ slowMs: 300 });
  await openPage(page);
  await setHub(page);
  await enterModel(page, MODEL);
  await page.evaluate(() => {
    Object.assign(globalThis, { isHidden: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  const session = await page.context().newCDPSession(page);
  await session.send('Page.setWebLifecycleState', { state: 'frozen' });
  await new Promise((resolve) => setTimeout(resolve, 4000));
  await session.send('Page.setWebLifecycleState', { state: 'active' });
  await expectDone(page);
  expect(ratios(await resultOf(page))).toHaveLength(32);
  const { bytes } = await resultOf(page);
  expect(bytes.read).toBe(bytes.planned);
});

test('the page says whom it waits for within seconds, and Cancel ends that wait', async ({ page }) => {
  await openPage(page);
  await setHub(page);
  // Suggestions of names are asked for too.
  await setFaults({ plan: Array.from({ length: 8 }, () => ({ kind: 'stall', after: 0 })) });
  await enterModel(page, MODEL);
  await expect(
    page.getByText(/^Waiting for localhost:\d+ to list the model’s files, for \d+ s\.$/),
  ).toHaveCount(2);
  await page.getByRole('button', { name: 'Cancel' }).press('Enter');
  await expect(page.getByRole('button', { name: 'Cancel' })).toHaveCount(0);
  await setFaults();
  await openModel(page, MODEL);
  await expectDone(page);
});

test('the page says that its worker is silent, and Cancel starts it again', async ({ page }) => {
  const stickInFile = () =>
    addEventListener('message', ({ data }) => {
      if (data.request?.choice?.kind === 'local') for (;;);
    });
  await beforeWorker(page, stickInFile, 1);
  await openPage(page);
  await chooseFiles(page, BERT);
  await expect(page.getByText(/The background worker hasn’t answered for \d+ s/).first()).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).press('Enter');
  await expect(page.getByRole('button', { name: 'Cancel' })).toHaveCount(0);
  await pickFiles(page, BERT);
  await expectDone(page);
});

test('a local file whose reading hangs is waited for in words, and Cancel makes way for the next', async ({
  page,
}) => {
  const hangInFiles = () => {
    const { slice } = Blob.prototype;
    const ofFiles = new WeakSet<Blob>();
    Blob.prototype.slice = function (...range) {
      const part = slice.apply(this, range);
      if (this instanceof File) ofFiles.add(part);
      return part;
    };
    const reader = (globalThis as unknown as { FileReaderSync: typeof FileReader }).FileReaderSync.prototype;
    const read = reader.readAsArrayBuffer;
    reader.readAsArrayBuffer = function (blob) {
      while (ofFiles.has(blob));
      return read.call(this, blob);
    };
  };
  await beforeWorker(page, hangInFiles, 1);
  await openPage(page);
  await chooseFiles(page, BERT);
  await expect(page.getByText(/The background worker hasn’t answered for \d+ s/).first()).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).press('Enter');
  await expect(page.getByRole('button', { name: 'Cancel' })).toHaveCount(0);
  await pickFiles(page, BERT);
  await expectDone(page);
});
