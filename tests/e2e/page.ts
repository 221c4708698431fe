import { readFileSync } from 'node:fs';
import { expect, type Locator, type Page } from '@playwright/test';
import type { AnalysisResult } from '../../src/core/result/result.ts';

/** Each worker has a fixture hub of its own (serve.ts): what one test has it do wrong, another mustn't see. */
export const HUB = `http://localhost:${4911 + 2 * Number(process.env.TEST_PARALLEL_INDEX ?? 0)}`;

/**
 * Opens the page and waits for the bundled sample to be scored. A page that an earlier test of the file left open (sharedTest.ts)
 * goes back to the sample, seen as it is at first.
 */
export async function openPage(page: Page): Promise<void> {
  if (page.url() === 'about:blank') return loadPage(page);
  await openSample(page);
  await expectDone(page, 2);
}

/** Loads the page anew: what it didn't save is gone. */
export async function loadPage(page: Page): Promise<void> {
  await page.goto('/', { waitUntil: 'commit' });
  await expectDone(page, 2);
}

/** Opens the bundled sample in a page that shows something else, and undoes what changes its view. */
async function openSample(page: Page): Promise<void> {
  await page.mouse.move(0, 0);
  await page.keyboard.press('Escape');
  for (const summary of await page.locator('.menu[open] > summary').all()) await summary.press('Enter');
  if ((await page.getByRole('contentinfo').getByText('chosen by you').count()) > 0)
    await chooseEngine(page, 'auto');
  const input = page.getByRole('combobox', { name: 'Model' });
  // The examples are listed while the input is empty.
  await input.fill('');
  await untilStatusChanges(page, () =>
    page.getByRole('button', { name: 'sample', exact: true }).press('Enter'),
  );
  const metric = page.getByRole('group', { name: 'metric' }).getByRole('radio', { name: 's', exact: true });
  if (!(await metric.isChecked())) await metric.press('Space');
  if ((await menuNamed(page, /^View\d/).count()) === 0) return;
  await openMenu(page, /^View/);
  await page.getByRole('button', { name: 'Reset view' }).press('Enter');
  await page.keyboard.press('Escape');
}

/** How long the page may take to score something, in ms. */
const SCORE_DEADLINE = 60_000;

/**
 * The status line tells the seconds of each model that is done. It is asked every 50 ms: an assertion's own intervals grow to a
 * second, which the tests together would wait for minutes.
 */
export async function expectDone(page: Page, models = 1): Promise<void> {
  const areDone = (count: number) => {
    const lines = [...document.querySelectorAll('footer *')].filter(
      (each) => each.children.length === 0 && /\d m?s$/.test(each.textContent ?? ''),
    );
    return lines.length === count;
  };
  await page
    .waitForFunction(areDone, models, { polling: 50, timeout: SCORE_DEADLINE })
    // The assertion says what stands there instead.
    .catch(() => expect(page.getByRole('contentinfo').getByText(/\d (m?s)$/)).toHaveCount(models));
}

export function grid(page: Page, title: string): Locator {
  return page.getByRole('grid', { name: new RegExp(title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) });
}

/** The first screen in the HTML has menus and a status line of its own, which the page's code replaces: what is done before is lost. */
async function untilCodeRuns(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const status = document.querySelector('footer');
    return status !== null && Object.keys(status).some((name) => name.startsWith('__react'));
  });
}

/** How long the status line may take to change once the page scores something else, in ms. */
const STATUS_DEADLINE = 20_000;

/**
 * Does what has the page score something else. What says that the model before is done may stand for a moment longer: this waits
 * until the status line has changed, and fails where it doesn't. What the page doesn't take for a model leaves the status line as
 * it is: `chooseFiles` and `enterModel` wait for nothing.
 */
export async function untilStatusChanges(page: Page, act: () => Promise<unknown>): Promise<void> {
  await untilCodeRuns(page);
  const changes = page.evaluate(
    (deadline) =>
      new Promise<boolean>((resolve) => {
        const status = document.querySelector('footer');
        if (status !== null)
          new MutationObserver(() => resolve(true)).observe(status, {
            subtree: true,
            childList: true,
            characterData: true,
          });
        setTimeout(() => resolve(false), deadline);
      }),
    STATUS_DEADLINE,
  );
  await act();
  expect(await changes, 'The status line changes when the page scores something else.').toBe(true);
}

/** Gives the page files that it scores, with its button. */
export async function pickFiles(page: Page, paths: string[]): Promise<void> {
  await untilStatusChanges(page, () => chooseFiles(page, paths));
}

/** Gives the page any files with its button. */
export async function chooseFiles(page: Page, paths: string[]): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose files' }).press('Enter');
  await (await chooser).setFiles(paths);
}

/** Has the page score a model of the hub. */
export async function openModel(page: Page, id: string): Promise<void> {
  await untilStatusChanges(page, () => enterModel(page, id));
}

/** Enters any text where a model's name belongs. */
export async function enterModel(page: Page, text: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Model' }).fill(text);
  await page.getByRole('button', { name: 'Open', exact: true }).press('Enter');
}

/** One of the menus above the maps, by its name. */
export function menuNamed(page: Page, name: string | RegExp): Locator {
  return page.locator('.toolbar summary, .heatmap-shape summary').filter({ hasText: name });
}

/** Opens such a menu, with a key. */
export async function openMenu(page: Page, name: string | RegExp): Promise<void> {
  const summary = menuNamed(page, name);
  if (!(await summary.evaluate((each) => (each.parentElement as HTMLDetailsElement).open)))
    await summary.press('Enter');
}

/** The button in the menu of measurements. */
export function measureButton(page: Page, what: 'whole layers' | 'directionality'): Locator {
  return page.locator('.toolbar').getByRole('button', { name: `Measure ${what}` });
}

/** Starts measuring from its menu, which closes. */
export async function measure(page: Page, what: 'whole layers' | 'directionality'): Promise<void> {
  await openMenu(page, 'Measure');
  await measureButton(page, what).press('Enter');
}

/** Chooses another split into heads in its menu. */
export async function splitInto(page: Page, heads: number): Promise<void> {
  await openMenu(page, /heads? of/);
  await untilStatusChanges(page, () => page.getByLabel('split').selectOption(`${heads}`));
}

export async function openSettings(page: Page): Promise<void> {
  await untilCodeRuns(page);
  await page.getByText('Settings', { exact: true }).press('Enter');
}

export async function setHub(page: Page, address = HUB): Promise<void> {
  await openSettings(page);
  await page.getByLabel('hub address').fill(address);
  await page.keyboard.press('Enter');
}

export async function chooseEngine(page: Page, engine: string): Promise<void> {
  await openSettings(page);
  await chooseByKeys(page.getByLabel('engine'), engine);
  await page.keyboard.press('Escape');
}

/** An option of a list box, with the arrow keys alone. */
export async function chooseByKeys(select: Locator, value: string): Promise<void> {
  await expect(select.locator(`option[value="${value}"]`)).toBeEnabled();
  await select.press('Home');
  const options = await select.getByRole('option').count();
  for (let step = 0; step < options && (await select.inputValue()) !== value; step++)
    await select.press('ArrowDown');
  await expect(select).toHaveValue(value);
}

/** A panel, with the arrow keys alone. */
export async function openTab(page: Page, name: string): Promise<void> {
  await page.getByRole('tab', { selected: true }).focus();
  await page.keyboard.press('Home');
  const tab = page.getByRole('tab', { name, exact: true });
  for (let step = 0; step < 12 && (await tab.getAttribute('aria-selected')) !== 'true'; step++)
    await page.keyboard.press('ArrowRight');
  await expect(tab).toHaveAttribute('aria-selected', 'true');
}

/** Opens the dialog in which figures and data are exported. */
export async function openExport(page: Page): Promise<Locator> {
  await page.getByRole('banner').getByRole('button', { name: 'Export', exact: true }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Export the figure and its data' });
  await expect(dialog).toBeVisible();
  return dialog;
}

export async function downloadFrom(page: Page, button: string): Promise<{ name: string; bytes: Buffer }> {
  await openExport(page);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).press('Enter');
  const file = await download;
  await page.keyboard.press('Escape');
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

/**
 * The result that the page exports as JSON, by the buttons of its dialog. They are pressed within the page, and the file is taken as
 * it is handed over: nearly every test reads results, and the way by keys and a saved file is export.spec.ts's.
 */
export async function resultOf(page: Page): Promise<AnalysisResult> {
  const json = await page.evaluate(async (deadline) => {
    const buttonNamed = (name: string, within: ParentNode) =>
      [...within.querySelectorAll('button')].find((each) => each.textContent === name && !each.disabled);
    const appears = <T>(find: () => T | undefined, what: string) =>
      new Promise<T>((resolve, reject) => {
        const look = () => {
          const found = find();
          if (found === undefined) return;
          observer.disconnect();
          resolve(found);
        };
        const observer = new MutationObserver(look);
        observer.observe(document, { subtree: true, childList: true, attributes: true });
        setTimeout(() => reject(new Error(`There is no ${what}.`)), deadline);
        look();
      });
    const toExport = await appears(() => buttonNamed('Export', document), 'button Export');
    toExport.focus();
    toExport.click();
    const dialog = await appears(
      () => document.querySelector<HTMLDialogElement>('dialog[open]') ?? undefined,
      'dialog',
    );
    const toJson = await appears(() => buttonNamed('Download JSON', dialog), 'button Download JSON');
    const { createObjectURL } = URL;
    const { click } = HTMLAnchorElement.prototype;
    try {
      const blob = await new Promise<Blob>((resolve) => {
        URL.createObjectURL = (object) => {
          resolve(object as Blob);
          return createObjectURL(object);
        };
        HTMLAnchorElement.prototype.click = () => {};
        toJson.click();
      });
      return await blob.text();
    } finally {
      URL.createObjectURL = createObjectURL;
      HTMLAnchorElement.prototype.click = click;
      buttonNamed('Close', dialog)?.click();
    }
  }, SCORE_DEADLINE);
  return JSON.parse(json) as AnalysisResult;
}

export function ratios(result: AnalysisResult): (number | null)[] {
  return result.stacks.flatMap(({ layers }) => layers.flatMap(({ heads }) => heads.map(({ r }) => r)));
}

/** Sets what goes wrong at the fixture hub, and clears its log. */
export async function setFaults(faults: object = {}): Promise<void> {
  await fetch(`${HUB}/__faults`, { method: 'POST', body: JSON.stringify(faults) });
}
