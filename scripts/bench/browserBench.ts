import { chromium } from '@playwright/test';
import { createServer } from 'vite';
import type { BenchmarkReport } from '../../src/core/result/benchmarkReport.ts';
import { findBrowser } from '../findBrowser.js';
import { isolationHeaders } from '../isolationHeaders.js';
import type { BenchOptions } from './benchShapes.ts';
import type { FromWorker, ToWorker } from './browserWorker.ts';
import type { Numpy } from './numpyPeer.ts';
import { packagesOf, servePeers } from './peerPackages.ts';
import type { WasmPeak } from './wasmPeak.ts';

/** The same comparison in headless Chromium, on a cross-origin isolated page. */
export async function benchInBrowser(
  options: BenchOptions,
  numpys: readonly Numpy[],
  say: (text: string) => void,
): Promise<{ readonly reports: BenchmarkReport[]; readonly peak: WasmPeak; readonly version: string }> {
  const executablePath = findBrowser();
  if (executablePath === null)
    throw new Error('No Chrome or Chromium was found; name one in QKSCOPE_CHROMIUM.');
  const server = await createServer({
    configFile: false,
    logLevel: 'error',
    server: { port: 0, headers: isolationHeaders },
    worker: { format: 'es' },
    optimizeDeps: { exclude: ['onnxruntime-web'], include: packagesOf(options.peers) },
    plugins: [servePeers(options.peers)],
  });
  await server.listen();
  const browser = await chromium.launch({ executablePath, args: ['--enable-unsafe-webgpu'] });
  try {
    const page = await browser.newPage();
    const reports: BenchmarkReport[] = [];
    let peak: WasmPeak = { plain: Number.NaN, fused: null };
    const finished = new Promise<void>((settle, reject) => {
      const hear = async (message: FromWorker): Promise<ToWorker | null> => {
        switch (message.type) {
          case 'ask': {
            const { ms, r } = await numpys[message.process]!.ask(message.request);
            return { type: 'answer', id: message.id, answer: { ms, r: [...r] } };
          }
          case 'report':
            reports.push(JSON.parse(message.text) as BenchmarkReport);
            return null;
          case 'peak':
            peak = JSON.parse(message.text) as WasmPeak;
            return null;
          case 'refused':
            console.log(`Left out: ${message.text}`);
            return null;
          case 'say':
            say(message.text);
            return null;
          case 'end':
            settle();
            return null;
          case 'failed':
            reject(new Error(message.text));
            return null;
          default:
            return message satisfies never;
        }
      };
      page
        .exposeFunction('fromWorker', hear)
        .then(() => page.goto(`${server.resolvedUrls!.local[0]}scripts/bench/bench.html`))
        .then(() => page.waitForFunction('window.startBench !== undefined'))
        .then(() =>
          page.evaluate((message) => window.startBench(message), {
            type: 'start',
            options,
            numpys: numpys.map(({ version, threads }) => ({ version, threads })),
          } satisfies ToWorker),
        )
        .catch(reject);
    });
    await finished;
    return { reports, peak, version: browser.version() };
  } finally {
    await browser.close();
    await server.close();
  }
}
