import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { buildWidget } from '../../scripts/buildWidget.js';
import { type Host, startHost } from '../support/staticHost.ts';
import { fakeResult } from '../unit/figures/fakeResult.ts';

// The widget as it is shipped, in a page about something else: two elements, and a view as a notebook's host makes it.
const folder = mkdtempSync(join(tmpdir(), 'qkscope-widget-'));
let host: Host;

const PAGE = `<!doctype html><meta charset="utf-8"><title>notes</title><link rel="icon" href="data:,">
<style>h2 { color: rgb(255, 0, 0); } div { border-style: dotted; } body { font-family: serif; }</style>
<h2>Not of the widget</h2>
<script type="module" src="widget.js"></script>
<main>
  <qk-scope id="first" src="first.json"></qk-scope>
  <qk-scope id="second" src="second.json" metric="r" style="height: 300px"></qk-scope>
  <div id="cell"></div>
</main>
<script type="module">
  import widget, { render } from './widget.js';
  // anywidget's documented model, and nothing else: https://anywidget.dev/en/afm/
  const traits = { result: await (await fetch('second.json')).text(), metric: 's', theme: 'light', selection: null };
  const listeners = [];
  window.saved = [];
  window.events = [];
  window.python = (changes) => {
    Object.assign(traits, changes);
    for (const name of Object.keys(changes))
      for (const { event, listener } of [...listeners]) if (event === 'change:' + name) listener();
  };
  window.listening = () => listeners.length;
  const model = {
    get: (name) => traits[name],
    set: (name, value) => { traits[name] = value; },
    on: (event, listener) => { listeners.push({ event, listener }); },
    off: (event, listener) => { listeners.splice(listeners.findIndex((each) => each.event === event && each.listener === listener), 1); },
    save_changes: () => { window.saved.push(JSON.parse(JSON.stringify(traits.selection))); },
    send() {},
  };
  window.sameRender = widget.render === render;
  addEventListener('qkscope-select', ({ target, detail }) => window.events.push([target.id, detail.head?.name ?? null]));
  window.end = widget.render({ model, el: document.querySelector('#cell') });
</script>`;

interface Around {
  readonly saved: unknown[];
  readonly events: [string, string | null][];
  readonly sameRender: boolean;
  python(changes: Record<string, unknown>): void;
  listening(): number;
  end(): void;
}

/** What the page around the widgets holds. */
const around = <Value>(page: Page, read: (window: Around) => Value) =>
  page.evaluate(`(${read})(window)`) as Promise<Value>;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  await buildWidget({ outDir: folder });
  writeFileSync(join(folder, 'index.html'), PAGE);
  const results = { first: fakeResult({ id: 'owner/first' }), second: fakeResult({ id: 'owner/second' }) };
  for (const [name, result] of Object.entries(results))
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(result));
  host = await startHost({ root: folder });
});
test.afterAll(() => host.close());

test('widgets stand in a bare page: maps with hands, each for itself, in the page’s colours, and gone when they are taken out', async ({
  page,
}) => {
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(host.url);
  const [first, second, cell] = ['#first', '#second', '#cell'].map((id) => page.locator(id)) as [
    Locator,
    Locator,
    Locator,
  ];
  const map = first.getByRole('grid', { name: /^owner\/first/ });
  await expect(map).toBeVisible();
  await expect(second.getByRole('grid', { name: /^owner\/second/ })).toBeVisible();
  await expect(cell.getByRole('grid', { name: /^owner\/second/ })).toBeVisible();
  expect(await around(page, (window) => window.sameRender)).toBe(true);
  await expect(second.getByRole('radio', { name: 'r', exact: true })).toBeChecked();

  // Keys work in the map that has the focus, and lead to its list of keys alone.
  await map.focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'Space']) await page.keyboard.press(key);
  await expect(first.getByText(/^L1H1 · s/).last()).toBeVisible();
  await expect.poll(() => around(page, (window) => window.events)).toEqual([['first', 'L1H1']]);
  await expect(second.getByText(/^Each cell is an attention head/)).toBeVisible();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toHaveCount(0);

  // A hand's choice goes to the notebook's model, and what is set there comes to the map.
  await cell.getByRole('grid').click({ position: { x: 60, y: 60 } });
  await expect.poll(() => around(page, (window) => window.saved)).toEqual([{ layer: 0, head: 0 }]);
  await around(page, (window) => window.python({ metric: 'z', selection: { layer: 3, head: 2 } }));
  await expect(cell.getByRole('radio', { name: 'z', exact: true })).toBeChecked();
  await expect(cell.getByText(/^L3H2 · /).last()).toBeVisible();
  await around(page, (window) => window.python({ result: '{"schema":"other"}' }));
  await expect(cell.getByRole('alert')).toContainText('isn’t one that QKScope exported');
  await expect(cell.getByRole('grid')).toHaveCount(0);

  // It is as wide as its element, as high as the page says, and has the page's colour behind it.
  const canvas = map.locator('canvas').first();
  const wide = (await canvas.boundingBox())!.width;
  await first.evaluate((element) => {
    element.style.width = '320px';
    document.body.style.background = 'rgb(17, 17, 17)';
  });
  await expect.poll(async () => (await canvas.boundingBox())!.width).toBeLessThan(Math.min(wide, 321));
  await expect
    .poll(() => first.locator('.widget').evaluate((element) => getComputedStyle(element).backgroundColor))
    .toBe('rgb(17, 17, 17)');
  expect(
    await first.locator('.widget').evaluate((element) => getComputedStyle(element).colorScheme),
  ).toContain('dark');
  expect((await second.boundingBox())!.height).toBe(300);

  // Neither styles the other.
  const title = first.getByRole('heading', { name: 'owner/first' });
  expect(await title.evaluate((element) => getComputedStyle(element).color)).not.toBe('rgb(255, 0, 0)');
  const own = page.getByRole('heading', { name: 'Not of the widget' });
  expect(await own.evaluate((element) => getComputedStyle(element).fontFamily)).toBe('serif');
  expect(await page.evaluate(() => document.styleSheets.length + document.adoptedStyleSheets.length)).toBe(1);

  // Taken out, nothing of it is left.
  await around(page, (window) => window.end());
  expect(await cell.evaluate((element) => element.childElementCount)).toBe(0);
  expect(await around(page, (window) => window.listening())).toBe(0);
  expect(
    await first.evaluate(async (element) => {
      element.remove();
      await new Promise((resolve) => setTimeout(resolve));
      return element.shadowRoot!.childElementCount;
    }),
  ).toBe(0);
  expect(errors).toEqual([]);
});
