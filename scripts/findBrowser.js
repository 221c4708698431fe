import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { installPackages } from './debianPackages.js';

/** Where systems put Chrome and Chromium, the likeliest first. */
const SYSTEM_BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

/** The browser for the tests: $QKSCOPE_CHROMIUM, a system Chrome or Chromium, Playwright's own; null when there is none. */
export function findBrowser() {
  const named = process.env.QKSCOPE_CHROMIUM;
  if (named) {
    if (existsSync(named)) return named;
    throw new Error(`QKSCOPE_CHROMIUM names ${named}, and there is no such file.`);
  }
  const own = chromium.executablePath();
  return [...SYSTEM_BROWSERS, own].find((path) => existsSync(path)) ?? null;
}

/** The same engine without windows, Debian's package: opening a page costs three quarters of the processor's time. */
const SHELL = '/usr/bin/chromium-headless-shell';

/** The browser for the tests: $QKSCOPE_CHROMIUM, Chromium's shell without windows, else any that `findBrowser` finds. */
export function findTestBrowser() {
  return !process.env.QKSCOPE_CHROMIUM && existsSync(SHELL) ? SHELL : findBrowser();
}

/** Finds a browser for the tests, or installs one: on Debian as root its package. */
export function findOrInstallTestBrowser() {
  if (!process.env.QKSCOPE_CHROMIUM && !existsSync(SHELL))
    installPackages('chromium-headless-shell', 'fonts-dejavu-core');
  return findTestBrowser() ?? findOrInstallBrowser();
}

/** Finds a browser, or installs one: on Debian as root the package `chromium`, else Playwright's download. */
export function findOrInstallBrowser() {
  const found = findBrowser();
  if (found) return found;
  console.log('No Chrome or Chromium found; installing one for the tests.');
  installPackages('chromium', 'fonts-dejavu-core');
  const afterApt = findBrowser();
  if (afterApt) return afterApt;
  spawnSync('npx', ['playwright', 'install', 'chromium'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  const installed = findBrowser();
  if (installed) return installed;
  throw new Error(
    'No browser could be installed. Install Chrome or Chromium, or name one in QKSCOPE_CHROMIUM.',
  );
}
