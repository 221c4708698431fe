import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { type Host, type HostOptions, startHost } from '../support/staticHost.ts';

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
