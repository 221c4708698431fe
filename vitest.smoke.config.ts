import { defineConfig } from 'vitest/config';

/** The same steps in Chromium, Firefox and WebKit, on the built page: `vitest run --config vitest.smoke.config.ts`. */
export default defineConfig({
  test: {
    name: 'smoke',
    include: ['tests/smoke/*.test.ts'],
    globalSetup: ['tests/smoke/setup.ts'],
    // The browsers do the work.
    maxWorkers: 3,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
