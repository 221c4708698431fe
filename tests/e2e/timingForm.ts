import { expect, type Page } from '@playwright/test';

const ENGINES = ['webgpu', 'wasm', 'wasm, 1 thread', 'ort-webgpu', 'ort-wasm', 'reference'];

/** The checkbox of an engine. */
export const engine = (page: Page, name: string) => page.getByRole('checkbox', { name, exact: true });

/** The timing panel with everything that can be chosen. */
export async function openDetails(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Timing' }).click();
  const summary = page.locator('.timing-details > summary');
  if (!(await summary.evaluate((each) => (each.parentElement as HTMLDetailsElement).open)))
    await summary.press('Enter');
  await expect(page.getByRole('checkbox', { name: 'one head' })).toBeVisible();
}

export async function chooseMadeUp(page: Page): Promise<void> {
  await page.getByRole('radio', { name: /made up/i }).check({ force: true });
}

/** Times all that is chosen, however long it takes. */
export async function withoutLimit(page: Page): Promise<void> {
  await page.getByRole('checkbox', { name: 'at most 30 s' }).uncheck();
}

/** The made-up weights' comparison, of one head on these engines. */
export async function chooseOneHead(page: Page, engines: readonly string[]): Promise<void> {
  await openDetails(page);
  await chooseMadeUp(page);
  for (const scope of ['one layer', 'all layers'])
    await page.getByRole('checkbox', { name: scope }).uncheck();
  for (const name of ENGINES) await engine(page, name).setChecked(engines.includes(name));
}
