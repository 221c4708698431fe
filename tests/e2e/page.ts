import { readFileSync } from 'node:fs';
import { expect, type Locator, type Page } from '@playwright/test';
import type { AnalysisResult } from '../../src/core/result/result.ts';

/** Each worker has a fixture hub of its own (serve.ts): what one test has it do wrong, another mustn't see. */
export const HUB = `http://localhost:${4911 + 2 * Number(process.env.TEST_PARALLEL_INDEX ?? 0)}`;

/** Opens the page and waits for the bundled sample to be scored. */
export async function openPage(page: Page): Promise<void> {
  await page.goto('/');
  await expect(grid(page, 'sample/masked')).toBeVisible();
  await expect(page.getByRole('banner').getByText('Export', { exact: true })).toBeVisible();
  await expectDone(page, 2);
}

/** The status line tells the seconds when a model is done. */
export async function expectDone(page: Page, models = 1): Promise<void> {
  await expect(page.getByRole('contentinfo').getByText(/\d (m?s)$/)).toHaveCount(models, { timeout: 60_000 });
}

export function grid(page: Page, title: string): Locator {
  return page.getByRole('grid', { name: new RegExp(title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) });
}

/** How long the status line may take to change once the page scores something else, in ms. */
const STATUS_DEADLINE = 20_000;

/**
 * Does what has the page score something else. What says that the model before is done may stand for a moment longer: this waits
 * until the status line has changed, and fails where it doesn't. What the page doesn't take for a model leaves the status line as
 * it is: `chooseFiles` and `enterModel` wait for nothing.
 */
export async function untilStatusChanges(page: Page, act: () => Promise<unknown>): Promise<void> {
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

/** Drops files on the page as a drag from the desktop does. */
export async function dropFiles(page: Page, files: readonly { name: string; path: string }[]): Promise<void> {
  const data = files.map(({ name, path }) => ({ name, base64: readFileSync(path).toString('base64') }));
  await page.evaluate((list) => {
    const transfer = new DataTransfer();
    for (const { name, base64 } of list)
      transfer.items.add(new File([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], name));
    for (const type of ['dragenter', 'dragover', 'drop'])
      document.body.dispatchEvent(
        new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }),
      );
  }, data);
}

/**
 * Drops a folder's files under their paths in it. A made-up drag has no folders, so each file's entry is made here, as the browser
 * gives it for a file in a dropped folder.
 */
export async function dropTree(
  page: Page,
  files: readonly { readonly path: string; readonly at: string }[],
): Promise<void> {
  const data = files.map(({ path, at }) => ({ path, base64: readFileSync(at).toString('base64') }));
  await page.evaluate((list) => {
    const transfer = new DataTransfer();
    const items = list.map(({ path, base64 }) => {
      const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      const file = new File([bytes], path.slice(path.lastIndexOf('/') + 1));
      const entry = {
        isFile: true,
        isDirectory: false,
        fullPath: `/${path}`,
        file: (take: (file: File) => void) => take(file),
      };
      return { kind: 'file', webkitGetAsEntry: () => entry, getAsFile: () => file };
    });
    Object.defineProperty(transfer, 'items', { value: items });
    Object.defineProperty(transfer, 'types', { value: ['Files'] });
    for (const type of ['dragenter', 'dragover', 'drop']) {
      const event = new DragEvent(type, { bubbles: true, cancelable: true });
      Object.defineProperty(event, 'dataTransfer', { value: transfer });
      document.body.dispatchEvent(event);
    }
  }, data);
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

export async function resultOf(page: Page): Promise<AnalysisResult> {
  return JSON.parse((await downloadFrom(page, 'Download JSON')).bytes.toString('utf8')) as AnalysisResult;
}

export function ratios(result: AnalysisResult): (number | null)[] {
  return result.stacks.flatMap(({ layers }) => layers.flatMap(({ heads }) => heads.map(({ r }) => r)));
}

/** Sets what goes wrong at the fixture hub, and clears its log. */
export async function setFaults(faults: object = {}): Promise<void> {
  await fetch(`${HUB}/__faults`, { method: 'POST', body: JSON.stringify(faults) });
}
