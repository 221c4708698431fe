// Playwright starts this beside the page. Node 20 runs no TypeScript: Vite's runner does.
import { runnerImport } from 'vite';

const { module } = await runnerImport(new URL('./serve.ts', import.meta.url).pathname, {
  configFile: false,
  logLevel: 'error',
});
console.log(`fixture hub at ${module.hub.hubUrl}, CDN at ${module.hub.cdnUrl}`);
