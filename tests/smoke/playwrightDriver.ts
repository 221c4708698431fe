import type { BrowserType } from '@playwright/test';
import { browserArguments } from '../../scripts/browserArguments.js';
import { type SmokeDriver, WINDOW } from './driver.ts';

/** Drives Chromium, and the builds of Firefox and WebKit that Playwright brings. */
export async function openByPlaywright(type: BrowserType, executablePath: string): Promise<SmokeDriver> {
  const isChromium = type.name() === 'chromium';
  const browser = await type.launch({ executablePath, args: isChromium ? browserArguments : [] });
  const context = await browser.newContext({ viewport: WINDOW });
  if (isChromium) await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(String(error)));
  return {
    errors,
    open: async (url) => void (await page.goto(url)),
    evaluate: (expression) => page.evaluate(expression),
    uploadFiles: (selector, paths) => page.locator(selector).setInputFiles([...paths]),
    click: (selector) => page.locator(selector).click(),
    press: (key) => page.keyboard.press(key),
    type: (text) => page.keyboard.type(text),
    screenshot: async (path) => void (await page.screenshot({ path })),
    close: () => browser.close(),
  };
}
