import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chromium } from '@playwright/test';

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

/** Finds a browser, or installs one: Playwright's download, else on Debian as root the package `chromium`. */
export function findOrInstallBrowser() {
  const found = findBrowser();
  if (found) return found;
  console.log('No Chrome or Chromium found; installing one for the tests.');
  if (isDebian() && process.getuid?.() === 0) {
    const apt = (...args) =>
      execFileSync('apt-get', args, {
        stdio: 'inherit',
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
    try {
      apt('update', '-qq');
      apt('install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core');
    } catch (error) {
      console.log(
        `The package chromium couldn't be installed (${error.message}); trying Playwright's own download.`,
      );
    }
  }
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

function isDebian() {
  try {
    return /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}
