import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { isolationHeaders } from './scripts/isolationHeaders.js';

/**
 * transformers.js reads configs here and runs no model: the runtime that it imports is the one that our engine has, so
 * that its own, 27 MB of WASM, isn't served beside it.
 */
const oneRuntime: Plugin = {
  name: 'one-onnxruntime',
  enforce: 'pre',
  resolveId(source, importer) {
    const isTheirs = importer?.includes('@huggingface/transformers') ?? false;
    return isTheirs && source === 'onnxruntime-web/webgpu' ? this.resolve('onnxruntime-web/wasm') : null;
  },
};

export default defineConfig({
  plugins: [react(), oneRuntime],
  // Relative, so that the built page also works from a folder of a static host.
  base: './',
  server: { headers: isolationHeaders },
  preview: { headers: isolationHeaders },
  worker: { format: 'es' },
  build: { target: 'es2022', chunkSizeWarningLimit: 700 },
  define: { __APP_VERSION__: JSON.stringify(process.env.npm_package_version ?? '0.1.0') },
  test: {
    // All cores: Vitest leaves one alone, which halves the pace of two.
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          include: ['tests/unit/**/*.test.ts'],
          // No test is about time; a busy machine may take long over the large made-up models.
          testTimeout: 120_000,
        },
      },
    ],
  },
});
