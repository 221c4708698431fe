import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { isolationHeaders } from '../../scripts/isolationHeaders.js';
import { type Host, type HostOptions, startHost } from '../support/staticHost.ts';
import { dropFiles } from './drop.ts';
import { downloadFrom, expectDone, grid, HUB, setFaults } from './page.ts';

// Nothing stops the page from registering its service worker in a frame but the page.
test.use({ serviceWorkers: 'allow' });

const hosts: Host[] = [];
test.afterEach(() => Promise.all(hosts.splice(0).map((host) => host.close())));

async function serve(options: HostOptions): Promise<Host> {
  const host = await startHost(options);
  hosts.push(host);
  return host;
}

/** A page of another origin with frames, which notes every message, and the frame that it is from. */
async function pageAround(sources: readonly string[]): Promise<Host> {
  const frames = sources.map((source) => `<iframe width="700" height="420" src="${source}"></iframe>`);
  const html = `<!doctype html><title>around</title>${frames.join('')}<script>
    window.messages = [];
    addEventListener('message', ({ data, origin, source }) => {
      const frame = [...document.querySelectorAll('iframe')].findIndex((each) => each.contentWindow === source);
      messages.push({ data, origin, frame });
    });
  </script>`;
  return serve({ root: 'dist', replaced: new Map([['around.html', html]]) });
}

interface Noted {
  readonly data: { readonly source: string; readonly type: string };
  readonly origin: string;
  readonly frame: number;
}

const messages = (page: Page) => page.evaluate(() => (window as unknown as { messages: Noted[] }).messages);

/** What a browser does that blocks what frames of other sites save. */
const blockStorage = (context: BrowserContext) =>
  context.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches'])
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException('blocked', 'SecurityError');
        },
      });
  });

test('a map in a frame tells the page of its own origin what it shows and which head is pinned, and no other page', async ({
  page,
  context,
}) => {
  await blockStorage(context);
  const host = await serve({ root: 'dist' });
  const around = await pageAround([
    `${host.url}?embed=1&theme=dark#sel=L1H2`,
    `${host.url}?embed=1&origin=https://another.example`,
  ]);
  await page.goto(`${around.url}around.html`);
  const frame = page.frameLocator('iframe').first();
  const map = frame.getByRole('grid', { name: /sample\/masked/ });
  await expect(map).toBeVisible();
  await expect(frame.getByRole('banner')).toHaveCount(0);
  await expect(frame.getByRole('tab')).toHaveCount(0);
  await expect(frame.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(frame.getByRole('contentinfo')).toContainText('L1H2');

  await map.press('ArrowLeft');
  await map.press('Space');
  await expect(frame.getByRole('contentinfo')).toContainText('L1H1');
  await expect
    .poll(async () => (await messages(page)).map(({ data }) => data.type))
    .toEqual(['ready', 'select', 'select']);
  const [ready, , select] = await messages(page);
  expect(ready).toMatchObject({
    origin: new URL(host.url).origin,
    frame: 0,
    data: {
      source: 'qkscope',
      models: [
        { title: expect.stringContaining('masked'), layers: 4, heads: 4 },
        { title: expect.stringContaining('causal'), layers: 4, heads: 4 },
      ],
    },
  });
  expect(select).toMatchObject({
    frame: 0,
    data: {
      head: { name: 'L1H1', layer: 1, head: 1 },
      metric: 's',
      values: [expect.any(Number), expect.any(Number)],
    },
  });
  // The other frame has its map too, and said nothing: its messages are for another page.
  const other = page.frameLocator('iframe').last();
  await other.getByRole('grid').first().press('Space');
  await expect(other.getByRole('grid').first()).toBeVisible();
  expect((await messages(page)).every((noted) => noted.frame === 0)).toBe(true);
  expect(host.requested).not.toContain('/serviceWorker.js');
  const link = frame.getByRole('link', { name: 'Open in QKScope' });
  expect(await link.evaluate((each: HTMLAnchorElement) => each.href)).toBe(`${host.url}#sel=L1H2`);
});

test('a map of the hub in a frame reads the headers alone until a click that says the bytes', async ({
  page,
  context,
}) => {
  await setFaults();
  const weights: string[] = [];
  await context.route('https://huggingface.co/**', async (route) => {
    const address = route.request().url();
    if (address.includes('.safetensors')) weights.push(route.request().headers().range ?? 'all');
    await route.fulfill({
      response: await route.fetch({ url: address.replace('https://huggingface.co', HUB) }),
    });
  });
  const host = await serve({ root: 'dist' });
  const around = await pageAround([`${host.url}?embed=1#m=test/llama-gqa&sel=L0H1`]);
  await page.goto(`${around.url}around.html`);
  const frame = page.frameLocator('iframe');
  const read = frame.getByRole('button', { name: /^Read \d+(\.\d+)? [kM]B and score$/ });
  await expect(read).toBeVisible();
  await page.waitForLoadState('networkidle');
  expect(weights).not.toEqual([]);
  for (const range of weights) expect(range).toMatch(/^bytes=0-/);
  await expect(frame.getByRole('contentinfo')).toContainText('L0H1 not scored yet');
  await read.press('Enter');
  await expect(frame.getByRole('contentinfo')).toContainText(/L0H1.* s −?0\.\d+/);
  await expect(read).toBeHidden();
  expect(weights.filter((range) => !range.startsWith('bytes=0-'))).not.toEqual([]);
  await context.unrouteAll({ behavior: 'ignoreErrors' });
});

interface Watched {
  readonly requests: string[];
  readonly errors: string[];
}

/** Notes what a page asks for, and what goes wrong in it: a violation of its policy is an error on the console. */
function watch(page: Page): Watched {
  const watched: Watched = { requests: [], errors: [] };
  page.on('request', (request) => watched.requests.push(request.url()));
  page.on('pageerror', (error) => watched.errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') watched.errors.push(message.text());
  });
  return watched;
}

test('an exported page opens from disk with the hands of the map and asks for nothing, and gives its bytes back', async ({
  page,
  context,
}) => {
  const host = await serve({ root: 'dist', headersFor: () => isolationHeaders });
  await page.goto(host.url);
  await expectDone(page, 2);
  await grid(page, 'sample/masked').press('Space');
  const json = (await downloadFrom(page, 'Download JSON')).bytes;
  const { name, bytes } = await downloadFrom(page, 'Download HTML');
  expect(name).toBe('qkscope-masked-causal.html');
  const path = test.info().outputPath(name);
  writeFileSync(path, bytes);

  const opened = await context.newPage();
  const watched = watch(opened);
  await opened.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective }) => console.error(violatedDirective));
  });
  await opened.goto(pathToFileURL(path).href);
  const map = grid(opened, 'sample/masked');
  await expect(map).toBeVisible();
  const pinned = opened.getByRole('contentinfo');
  await map.press('ArrowRight');
  await map.press('ArrowDown');
  await map.press('Enter');
  await expect(pinned).toContainText(/L\d+H\d+ · s −?0\.\d+/);
  await map.hover({ position: { x: 80, y: 80 } });
  await expect(opened.locator('.head-tip')).toContainText(/L\d+H\d+/);
  await opened.getByRole('radio', { name: 'z', exact: true }).press('Space');
  await expect(pinned).toContainText(/ z /);
  await map.press('?');
  await expect(opened.getByRole('dialog', { name: 'Keys' })).toContainText('zoom in');
  await opened.keyboard.press('Escape');
  expect(watched).toEqual({ requests: [pathToFileURL(path).href], errors: [] });

  // What is tried in such a page without its hash doesn't run.
  await opened.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.ran = true';
    document.body.append(script);
  });
  expect(await opened.evaluate(() => 'ran' in window)).toBe(false);
  expect(watched.errors).not.toEqual([]);

  await dropFiles(page, [{ name, path }]);
  await expect(
    page
      .getByRole('contentinfo')
      .getByText(/^from a figure/)
      .first(),
  ).toBeVisible();
  expect((await downloadFrom(page, 'Download JSON')).bytes.equals(json)).toBe(true);
});
