// Finds Firefox and WebKit for the smoke suite (tests/smoke), or installs them. Debian's WebKit is the GTK port: its driver, a small
// browser and a virtual screen to run it on.
import { existsSync, readdirSync } from 'node:fs';
import { firefox, webkit } from '@playwright/test';
import { installPackages } from './debianPackages.js';

const FIREFOXES = [
  '/usr/bin/firefox-esr',
  '/usr/bin/firefox',
  '/snap/bin/firefox',
  '/Applications/Firefox.app/Contents/MacOS/firefox',
  'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
];
const WEBKIT_DRIVER = '/usr/bin/WebKitWebDriver';
const X_SERVER = '/usr/bin/Xvfb';
const PACKAGES = { Firefox: ['firefox-esr'], WebKit: ['webkit2gtk-driver', 'xvfb'] };

/** A system's Firefox, which QKSCOPE_FIREFOX can name; null when there is none. */
export function findFirefox() {
  return [process.env.QKSCOPE_FIREFOX, ...FIREFOXES].find((path) => path && existsSync(path)) ?? null;
}

/** WebKitGTK's driver and browser; null where one of them, or the virtual screen, is missing. */
export function findWebKitGtk() {
  if (![WEBKIT_DRIVER, X_SERVER].every((path) => existsSync(path))) return null;
  const browser = ['/usr/lib', '/usr/libexec']
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => [folder, ...readdirSync(folder).map((name) => `${folder}/${name}`)])
    .flatMap((folder) => ['4.1', '4.0'].map((version) => `${folder}/webkit2gtk-${version}/MiniBrowser`))
    .find((path) => existsSync(path));
  return browser === undefined ? null : { driver: WEBKIT_DRIVER, screen: X_SERVER, browser };
}

const FINDERS = {
  Firefox: () => findFirefox() ?? ownBuild(firefox),
  WebKit: () => findWebKitGtk() ?? ownBuild(webkit),
};

/** Playwright's own build, where `npx playwright install` has put one. */
export function ownBuild(type) {
  const path = type.executablePath();
  return existsSync(path) ? path : null;
}

/** Installs those of the two that are missing, where that can be done; says what stays missing. */
export function installOtherBrowsers() {
  const missing = Object.keys(FINDERS).filter((name) => FINDERS[name]() === null);
  if (missing.length > 0) installPackages(...missing.flatMap((name) => PACKAGES[name]));
  for (const name of missing.filter((each) => FINDERS[each]() === null))
    console.log(
      `${name} is missing: ${process.env.CI ? 'its tests will fail' : 'its tests are left out'}. ` +
        `Install it by \`npx playwright install ${name.toLowerCase()}\`, or on Debian: ${PACKAGES[name].join(' ')}.`,
    );
}
