// node scripts/runTypeScript.js FILE.ts [arguments]: Node 20 runs no TypeScript, Vite's runner does.
import { resolve } from 'node:path';
import { runnerImport } from 'vite';

const [file] = process.argv.splice(2, 1);
await runnerImport(resolve(file), { configFile: false, logLevel: 'error' });
