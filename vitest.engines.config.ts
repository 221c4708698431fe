import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { browserArguments } from './scripts/browserArguments.js';
import { isolationHeaders } from './scripts/isolationHeaders.js';

/** The conformance suite over all engines, in a real browser: `vitest run --config vitest.engines.config.ts`. */
export default defineConfig({
  server: { headers: isolationHeaders },
  // Found late (it's imported when first needed), it would be bundled midway and the page reloaded; and its threads
  // start from its own file.
  optimizeDeps: { exclude: ['onnxruntime-web'] },
  define: { __APP_VERSION__: JSON.stringify('test'), __APP_ADDRESS__: "''", __APP_SOURCE__: "''" },
  test: {
    name: 'engines',
    include: ['tests/engines/**/*.test.ts'],
    maxWorkers: 2,
    // The files of a worker share its page, and with it what engines compile for the GPU.
    isolate: false,
    // A software GPU computes at 1 to 2 GFLOP/s.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: {
          executablePath: process.env.QKSCOPE_CHROMIUM ?? '/usr/bin/chromium',
          args: browserArguments,
        },
      }),
      instances: [{ browser: 'chromium' }],
    },
  },
});
