import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { build, preview } from 'vite';
import { findOrInstallBrowser } from './findBrowser.js';

/** The page says the seconds when a model is done: one line for each model. */
export const doneIn = (page) => page.getByRole('contentinfo').getByText(/\d (m?s)$/);

/**
 * Builds and serves the page, and hands on how to open it in a browser of its own, with the sample scored and an engine chosen, and
 * a folder for made-up checkpoints. Everything ends with `measure`.
 * @param measure async ({ folder, address, open }); `address` is the page's; open(engine, before?) gives { page, close }; `before` is run in the page, before its own scripts
 */
export async function measurePage(measure) {
  const folder = mkdtempSync(join(tmpdir(), 'qkscope-measure-'));
  // Vite leaves what is set: its runner of TypeScript says 'development', and React's slow form would be built.
  process.env.NODE_ENV = 'production';
  await build({ logLevel: 'warn' });
  const server = await preview({ preview: { port: 0, host: 'localhost' } });
  const browsers = new Set();
  try {
    await measure({
      folder,
      address: server.resolvedUrls.local[0],
      async open(engine, before) {
        const browser = await chromium.launch({
          executablePath: findOrInstallBrowser(),
          args: ['--enable-unsafe-webgpu'],
        });
        browsers.add(browser);
        const page = await browser.newPage({
          viewport: { width: 1440, height: 900 },
          serviceWorkers: 'block',
        });
        if (before !== undefined) await page.addInitScript(before);
        await page.goto(server.resolvedUrls.local[0]);
        await doneIn(page).nth(1).waitFor();
        await page.getByText('Settings', { exact: true }).click();
        await page.getByLabel('engine').selectOption(engine);
        await page.keyboard.press('Escape');
        await page.waitForTimeout(2000);
        return { page, close: () => browser.close() };
      },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
    for (const browser of browsers) await browser.close();
    await server.close();
  }
}

/** Opens a made-up checkpoint in the page, and waits until it is scored. */
export async function openFiles(page, model) {
  await page.locator('input[type=file]').first().setInputFiles(model.files);
  await page
    .getByText(new RegExp(`${model.layers} ×`))
    .first()
    .waitFor();
  await doneIn(page).first().waitFor({ timeout: 900_000 });
}
