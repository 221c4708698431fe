import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import puppeteer from 'puppeteer-core';
import { build, preview } from 'vite';
import { findOrInstallBrowser } from './findBrowser.js';

/** The page says the seconds when a model is done: one line for each model. */
export const doneIn = (page) => page.getByRole('contentinfo').getByText(/\d (m?s)$/);

/**
 * Builds and serves the page, and hands on how to open it in a browser of its own, with the sample scored and an engine chosen, and
 * a folder for made-up checkpoints. Everything ends with `measure`.
 * @param measure async ({ folder, address, open, openUnwatched }); `address` is the page's; open(engine, before?) gives { page, close }; `before` is run in the page, before its own scripts; for `openUnwatched` see there
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
      async openUnwatched(settings) {
        const browser = await launchUnwatched();
        browsers.add(browser);
        return openUnwatched(browser, server.resolvedUrls.local[0], settings);
      },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
    for (const browser of browsers) await browser.close();
    await server.close();
  }
}

const launchUnwatched = () =>
  puppeteer.launch({
    executablePath: findOrInstallBrowser(),
    args: ['--enable-unsafe-webgpu', '--no-sandbox'],
    networkEnabled: false,
    protocolTimeout: 0,
  });

/**
 * Opens the page as it is when nobody looks at its requests, with these settings and the sample scored. Playwright always
 * switches the protocol's Network domain on, for which the page's process keeps a copy of what comes: 200 MB of it by
 * default, which a measurement of memory or speed would count as the page's.
 * @returns { browser, page, watch }: Puppeteer's browser and page; watch() gives the same page in Playwright's hands
 */
async function openUnwatched(browser, address, settings) {
  const [page] = await browser.pages();
  await page.setViewport({ width: 1440, height: 900 });
  await page.evaluateOnNewDocument(
    (text) => localStorage.setItem('qkscope:settings', text),
    JSON.stringify(settings),
  );
  await page.goto(address);
  await page.waitForFunction(
    () => (document.querySelector('footer')?.innerText.match(/\d m?s$/gm) ?? []).length === 2,
  );
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const watch = async () => {
    const watched = await chromium.connectOverCDP(browser.wsEndpoint());
    return watched.contexts()[0].pages()[0];
  };
  return { browser, page, watch };
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
