import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { describeBuild } from '../../scripts/serviceWorkerPlugin.js';
import {
  type Host,
  type HostOptions,
  headersOfRules,
  spaceHeaders,
  startHost,
} from '../support/staticHost.ts';
import { expectDone, grid, openModel, openSettings, pickFiles, setHub } from './page.ts';

// The other tests block service workers, so that nothing is saved between them.
test.use({ serviceWorkers: 'allow' });

const LOCAL = ['model.safetensors', 'config.json'].map((file) =>
  join('tests/fixtures/oracle/bert-f32', file),
);
const FOLDER = '/lab/qkscope/';

const hosts: Host[] = [];
test.afterEach(() => Promise.all(hosts.splice(0).map((host) => host.close())));

async function serve(options: Partial<HostOptions> = {}): Promise<Host> {
  const host = await startHost({ root: 'dist', ...options });
  hosts.push(host);
  return host;
}

/** Counts the page's loads from now on. */
function countLoads(page: Page): () => number {
  let loads = 0;
  page.on('load', () => loads++);
  return () => loads;
}

/** Opens a page that is loaded once more to be isolated. What a test asks of it before counts as the user's act, and no page in use reloads. */
async function openIsolating(page: Page, host: Host): Promise<() => number> {
  const loads = countLoads(page);
  await page.goto(host.url);
  await expect.poll(loads).toBe(2);
  expect(await isIsolated(page)).toBe(true);
  return loads;
}

const isIsolated = (page: Page) => page.evaluate(() => crossOriginIsolated);
const expectSaved = async (page: Page) => {
  await openSettings(page);
  await expect(page.getByText(/opens without a network: .* are saved/)).toBeVisible();
  await page.keyboard.press('Escape');
};

test('after one visit to a folder of a host without headers the page is isolated until that is switched off, and opens without a network', async ({
  page,
  context,
}) => {
  const host = await serve({ prefix: FOLDER });
  const loads = await openIsolating(page, host);
  await setHub(page);
  await openModel(page, 'test/llama-gqa');
  await expectDone(page);
  await expectSaved(page);
  expect(loads()).toBe(2);

  await host.close();
  await context.setOffline(true);
  // The address names the model: its scores are those of the visit.
  await page.reload();
  await expect(grid(page, 'test/llama-gqa')).toBeVisible();
  await page.goto(host.url);
  await expectDone(page, 2);
  await expect(grid(page, 'sample/masked')).toBeVisible();
  expect(await isIsolated(page)).toBe(true);
  await pickFiles(page, LOCAL);
  await expectDone(page);

  await openSettings(page);
  await page.getByLabel('Isolate the page where its host doesn’t').press('Space');
  const other = await context.newPage();
  const otherLoads = countLoads(other);
  await other.goto(host.url);
  await expectSaved(other);
  expect(await isIsolated(other)).toBe(false);
  expect(otherLoads()).toBe(1);
});

test('in a frame the page saves nothing, and is neither isolated nor loaded again', async ({ page }) => {
  const replaced = new Map([
    ['around.html', '<!doctype html><iframe src="./" width="900" height="700"></iframe>'],
  ]);
  const host = await serve({ replaced });
  await page.goto(`${host.url}around.html`);
  const [, frame] = page.frames();
  await expect(frame!.getByRole('grid').first()).toBeVisible();
  await frame!.waitForFunction(() => document.readyState === 'complete');
  await page.waitForLoadState('networkidle');
  expect(await frame!.evaluate(() => [crossOriginIsolated, navigator.serviceWorker.controller])).toEqual([
    false,
    null,
  ]);
  expect(host.requested.filter((path) => path === '/')).toHaveLength(1);
  expect(host.requested).not.toContain('/serviceWorker.js');
});

test('a newer version is saved meanwhile, and opens once no tab has the older one', async ({
  page,
  context,
}) => {
  const replaced = new Map<string, string>();
  const headersFor = headersOfRules(readFileSync('dist/_headers', 'utf8'));
  const host = await serve({ prefix: FOLDER, replaced, headersFor });
  const isNewer = (tab: Page) => tab.locator('meta[name=newer]').count();
  await page.goto(host.url);
  await expectSaved(page);
  const built = (name: string) => readFileSync(join('dist', name), 'utf8');
  replaced.set('index.html', built('index.html').replace('<meta', '<meta name="newer"><meta'));
  replaced.set('serviceWorker.js', built('serviceWorker.js').replace(describeBuild('dist').version, 'newer'));
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  await openSettings(page);
  await expect(page.getByText(/A newer version is saved/)).toBeVisible();
  await page.reload();
  const other = await context.newPage();
  await other.goto(host.url);
  expect([await isNewer(page), await isNewer(other)]).toEqual([0, 0]);
  await page.close();
  // A page of the same host, outside the folder: it sees when the older version has let go.
  await other.goto(new URL('/elsewhere', host.url).href);
  const isWaiting = () =>
    other.evaluate(
      async (url) => (await navigator.serviceWorker.getRegistration(url))!.waiting !== null,
      host.url,
    );
  await expect.poll(isWaiting).toBe(false);
  await other.goto(host.url);
  expect(await isNewer(other)).toBe(1);
});

test('a Space and a host that reads _headers isolate the page at its first load', async ({ page }) => {
  const readme = readFileSync('docs/hosting/huggingface-space/README.md', 'utf8');
  const rules = readFileSync('dist/_headers', 'utf8');
  for (const headersFor of [() => spaceHeaders(readme), headersOfRules(rules)]) {
    const host = await serve({ headersFor });
    const loads = countLoads(page);
    await page.goto(host.url);
    expect(await isIsolated(page)).toBe(true);
    expect(loads()).toBe(1);
  }
});
