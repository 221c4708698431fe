// All property tests, each property for seconds rather than for some hundred cases: `npm run soak -- --part properties`.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const TESTS = 'tests/unit';
const MANY_CASES = fileURLToPath(new URL('manyCases.ts', import.meta.url));
/** Faults of the network come one every 200 ms; they have a part of their own. */
const OWN_PART = 'networkFaults';

const files = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts') && !path.includes(OWN_PART))
  .map((path) => join(TESTS, path))
  .filter((path) => readFileSync(path, 'utf8').includes("from 'fast-check'"));

export default defineConfig({
  plugins: [
    {
      name: 'many-cases',
      enforce: 'pre',
      resolveId: (source, importer) =>
        source === 'fast-check' && importer?.endsWith('.test.ts') ? MANY_CASES : null,
    },
  ],
  define: { __APP_VERSION__: JSON.stringify('test'), __APP_ADDRESS__: "''", __APP_SOURCE__: "''" },
  test: {
    name: 'properties',
    include: files,
    // A test may hold several properties.
    testTimeout: 3_600_000,
    maxWorkers: Number(process.env.QKSCOPE_WORKERS ?? 2),
    // What a property tells comes at once.
    disableConsoleIntercept: true,
  },
});
