import { expect, type Page, test, type Worker } from '@playwright/test';
import type { PlannedFault } from '../support/fixtureHub/plannedFault.ts';
import { gaussian } from '../support/random.ts';
import { enterModel, openPage, resultOf, setFaults, setHub } from './page.ts';
import { actAsCard, passForCard } from './testedGpu.ts';

/** `npm run soak` has 200 of them; a failure tells its seed. */
const RUNS = process.env.QKSCOPE_SOAK === 'kills' ? 200 : 20;
const SEED = Number(process.env.QKSCOPE_SEED ?? 19);
/** Two revisions in turns, told apart by their shapes in the status line. */
const MODELS = [
  { id: 'test/llama-gqa', layers: 4 },
  { id: 'test/llama-gqa@v2', layers: 2 },
] as const;
type Model = (typeof MODELS)[number];

/** What happens to a run, and when, in ms. */
interface Fate {
  readonly kill: 'nothing' | 'worker' | 'worker in silence' | 'GPU';
  readonly after: number;
  readonly plan: readonly (PlannedFault | null)[];
}

const drawn = gaussian(SEED);
const uniform = () => 0.5 + Math.atan(drawn()) / Math.PI;
const oneOf = <T>(items: readonly T[]): T =>
  items[Math.min(items.length - 1, Math.floor(uniform() * items.length))]!;

function drawFate(): Fate {
  const faults: readonly PlannedFault[] = [
    { kind: 'drop' },
    { kind: 'reset', after: uniform() },
    { kind: 'truncate', after: uniform() },
    { kind: 'status', status: 503 },
    { kind: 'status', status: 403 },
    { kind: 'page' },
    { kind: 'range', how: oneOf(['whole', 'other etag', 'shifted', 'packed', 'no range'] as const) },
  ];
  const plan = Array.from({ length: 12 }, () => (uniform() < 0.2 ? oneOf(faults) : null));
  return {
    kill: oneOf(['nothing', 'worker', 'worker in silence', 'GPU', 'GPU'] as const),
    after: uniform() * 1000,
    plan,
  };
}

/** Lets the test end the analysis worker and lose its GPU, for which SwiftShader passes. */
async function makeKillable(page: Page): Promise<() => Worker | undefined> {
  await passForCard(page);
  await page.addInitScript(() => {
    // No scores are saved: every run is one.
    indexedDB.open = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    };
    const started: globalThis.Worker[] = [];
    globalThis.Worker = class extends globalThis.Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        if (/analysis/.test(String(url))) started.push(this);
      }
    };
    Object.assign(globalThis, {
      killWorker(isSilent: boolean) {
        const worker = started.at(-1)!;
        worker.terminate();
        if (!isSilent) worker.dispatchEvent(new ErrorEvent('error', { message: 'killed by the test' }));
      },
    });
  });
  let analysis: Worker | undefined;
  page.on('worker', (worker) => {
    if (!/analysis/.test(worker.url())) return;
    analysis = worker;
    const makeLosable = () =>
      worker.evaluate(() => {
        const { requestDevice } = GPUAdapter.prototype;
        GPUAdapter.prototype.requestDevice = async function (...args) {
          const device = await requestDevice.apply(this, args);
          Object.assign(globalThis, { loseGpu: () => device.destroy() });
          return device;
        };
      });
    // Its failure means that it was ended before.
    Promise.all([actAsCard(worker), makeLosable()]).catch(() => {});
  });
  return () => analysis;
}

/** Which way on the page offers, or that it is done. */
function stateOf(page: Page, { layers }: Model): Promise<'done' | 'Continue' | 'Try again' | 'waiting'> {
  return page.evaluate((count) => {
    const button = (name: string) =>
      [...document.querySelectorAll('button')].some(({ textContent }) => textContent === name);
    if (button('Cancel')) return 'waiting';
    if (button('Continue')) return 'Continue';
    if (button('Try again')) return 'Try again';
    const status = document.querySelector('footer')?.textContent ?? '';
    return new RegExp(`llama-gqa.*${count} × 8.*\\d m?s`).test(status) ? 'done' : 'waiting';
  }, layers);
}

async function reachesDone(page: Page, model: Model): Promise<void> {
  const press = (name: string) =>
    page
      .getByRole('button', { name, exact: true })
      .first()
      .press('Enter', { timeout: 2000 })
      // It went away meanwhile.
      .catch(() => {});
  let waited = 0;
  for (let step = 0; step < 600; step++) {
    const state = await stateOf(page, model);
    if (state === 'done') return;
    if (state !== 'waiting') {
      // What still befalls it may befall it a few times; at last the network is well.
      if (step > 100) await setFaults();
      await press(state);
    } else if (++waited % 50 === 0) await press('Cancel');
    await page.waitForTimeout(100);
  }
  throw new Error('The run neither ends nor can be gone on with.');
}

test(`${RUNS} maps are right although network, worker and GPU are killed at random`, async ({ page }) => {
  test.setTimeout(RUNS * 60_000);
  const analysis = await makeKillable(page);
  await setFaults();
  await openPage(page);
  await setHub(page);
  const expected = new Map<Model, readonly (number | null)[][]>();
  const mapOf = async () => {
    const { stacks, engine } = await resultOf(page);
    const rows = stacks[0]!.layers;
    return {
      ratios: rows.map(({ heads }) => heads.map(({ r }) => r)),
      heads: rows.map(({ heads }) => heads.map(({ head }) => head)),
      engines: rows.map((row) => row.engine ?? engine.id),
    };
  };
  for (const model of MODELS) {
    await enterModel(page, model.id);
    await reachesDone(page, model);
    expected.set(model, (await mapOf()).ratios);
  }
  const seen: Record<string, number> = {};
  for (let at = 0; at < RUNS; at++) {
    const model = MODELS[at % 2]!;
    const fate = drawFate();
    await setFaults({ plan: fate.plan, slowMs: 40 });
    await enterModel(page, model.id);
    await page.waitForTimeout(fate.after);
    if (fate.kill === 'GPU')
      await analysis()
        ?.evaluate(() => (globalThis as { loseGpu?: () => void }).loseGpu?.())
        .catch(() => {});
    else if (fate.kill !== 'nothing')
      await page.evaluate(
        (isSilent) => (globalThis as unknown as { killWorker(isSilent: boolean): void }).killWorker(isSilent),
        fate.kill === 'worker in silence',
      );
    await reachesDone(page, model);
    const map = await mapOf();
    const what = `run ${at} of seed ${SEED}: ${JSON.stringify(fate)}`;
    expect(map.heads, what).toEqual(Array.from({ length: model.layers }, () => [0, 1, 2, 3, 4, 5, 6, 7]));
    // Engines differ by less than this.
    for (const [layer, row] of map.ratios.entries())
      for (const [head, r] of row.entries())
        expect(Math.abs(r! - expected.get(model)![layer]![head]!), what).toBeLessThanOrEqual(2e-6);
    const key = `${fate.kill}, scored by ${[...new Set(map.engines)].join(' and ')}`;
    seen[key] = (seen[key] ?? 0) + 1;
  }
  console.log(`${RUNS} right maps of ${RUNS}, seed ${SEED}:`, seen);
});
