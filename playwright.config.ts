import { defineConfig } from '@playwright/test';
import { browserArguments } from './scripts/browserArguments.js';
import { findTestBrowser } from './scripts/findBrowser.js';

const browser = findTestBrowser();

// The page is the built one, served as `npm start` serves it; the hub is played by the fixture server on two more ports.
export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results',
  fullyParallel: false,
  // Each has a fixture hub of its own (tests/support/fixtureHub/serve.ts).
  workers: 2,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  // A busy machine may miss a wait once; what fails twice is broken. Retried tests are told as flaky.
  retries: process.env.CI ? 1 : 0,
  reporter: [['list']],
  use: {
    baseURL: 'http://localhost:4910',
    // What one test saves of the page, another mustn't see; tests/e2e/offline.spec.ts allows them.
    serviceWorkers: 'block',
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      ...(browser === null ? {} : { executablePath: browser }),
      // JavaScript is compiled and collected on the page's own threads: on two cores helpers cost more than they bring.
      args: [...browserArguments, '--js-flags=--single-threaded'],
    },
  },
  webServer: [
    {
      command: 'npx --no-install vite preview --port 4910 --strictPort',
      url: 'http://localhost:4910',
      reuseExistingServer: false,
    },
    {
      command: 'node scripts/runTypeScript.js tests/support/fixtureHub/serve.ts',
      url: 'http://localhost:4915/__log',
      reuseExistingServer: false,
    },
  ],
});
