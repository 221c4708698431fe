import type { Page } from '@playwright/test';

const ENGINES = ['webgpu', 'wasm', 'wasm, 1 thread', 'ort-webgpu', 'ort-wasm', 'reference'];

/** The checkbox of an engine. */
export const engine = (page: Page, name: string) => page.getByRole('checkbox', { name, exact: true });

/** The made-up weights' comparison, of one head on these engines. */
export async function chooseOneHead(page: Page, engines: readonly string[]): Promise<void> {
  await page.getByRole('tab', { name: 'Timing' }).click();
  await page.getByRole('radio', { name: /made up/i }).check({ force: true });
  for (const scope of ['one layer', 'all layers'])
    await page.getByRole('checkbox', { name: scope }).uncheck();
  for (const name of ENGINES) await engine(page, name).setChecked(engines.includes(name));
}
