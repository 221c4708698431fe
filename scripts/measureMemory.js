// `npm run measure:memory`: opens large generated checkpoints in the built page and prints the peak memory that the page's
// process takes for them, beside the bound (three layers' Q and K plus 96 MB; over a network plus 256 MB). Linux only: it reads /proc.
//   --layers N     layers of the Llama-2-7b-shaped model (32)
//   --engine NAME  wasm (default), ort-wasm, webgpu or reference
//   --largest      instead: the shapes of Llama-3-70B and 405B from a hub that makes their bytes, so many layers of each
//                  (--of70b N, 80; --of405b N, 126; 0 leaves it out), and the whole grid of 405B with narrow heads, whose map is then used
import { parseArgs } from 'node:util';
import { bertLarge, llama } from './largeCheckpoints.js';
import { doneIn, measurePage, openFiles } from './measuredPage.js';
import { LARGEST, startLargeHub } from './memory/largestModels.ts';
import { openLargest, tryMap } from './memory/openLargest.js';
import { measurePeak } from './memory/rendererMemory.js';

const { values: options } = parseArgs({
  options: {
    layers: { type: 'string', default: '32' },
    engine: { type: 'string', default: 'wasm' },
    largest: { type: 'boolean', default: false },
    of70b: { type: 'string', default: '80' },
    of405b: { type: 'string', default: '126' },
  },
});

async function measureFiles({ folder, open }) {
  for (const model of [bertLarge(folder), llama(folder, Number(options.layers))]) {
    const { page, close } = await open(options.engine);
    await measurePeak(model.name, model.layerBytes, 'disk', async () => {
      await openFiles(page, model);
      return doneIn(page).textContent();
    });
    await close();
  }
}

async function measureLargest({ openUnwatched }) {
  const hub = await startLargeHub();
  const [of70b, of405b, narrow] = LARGEST;
  for (const [model, layers] of [
    [of70b, Number(options.of70b)],
    [of405b, Number(options.of405b)],
    [narrow, narrow.shape.layers],
  ].filter(([, count]) => count > 0)) {
    const { browser, page, watch } = await openUnwatched({ engine: options.engine, hubUrl: hub.hubUrl });
    await measurePeak(
      `${model.id}, ${layers} of ${model.shape.layers} layers`,
      model.layerBytes,
      'network',
      () => openLargest(page, model, layers),
    );
    if (model === narrow) await tryMap(await watch(), model);
    await browser.close();
  }
  await hub.close();
}

await measurePage(options.largest ? measureLargest : measureFiles);
