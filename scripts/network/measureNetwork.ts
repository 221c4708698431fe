// `npm run measure:network`: opens BERT-large-, gpt2- and Llama-2-7b-shaped repositories of the fixture hub in the built page, over
// lines of three speeds, and prints how long it takes beside what the line itself needs: its bytes and the round trips that can't
// be saved. These are
//   1. the listing, which names the commit and the files;
//   2. the headers, and with them the config;
//   3. the first weights;
//   one more for the redirect from the hub to its CDN, which a page can't foresee; and one for the index that names the shards.
// Bytes: Q and K, and the answers that had to come before. TCP's handshakes are played too, and aren't in the bound.
//   --rounds N (5)  --lines 0,1,2  --models bert,gpt2,llama  --engine wasm  --log
import { parseArgs } from 'node:util';
import type { Page } from '@playwright/test';
import { startFixtureHub } from '../../tests/support/fixtureHub/server.ts';
import { measurePage } from '../measuredPage.js';
import { createLine } from './line.ts';
import { layersWithin, type NetworkShape, SHAPES } from './shapes.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    lines: { type: 'string', default: '0,1,2' },
    models: { type: 'string', default: 'bert,gpt2,llama' },
    engine: { type: 'string', default: 'wasm' },
    log: { type: 'boolean', default: false },
  },
});

/** Round trip in ms, bandwidth in bit/s, and how many bytes of weights are read at most. */
const LINES = [
  { name: '1 Gbit/s, 20 ms', roundTrip: 20, bandwidth: 1e9, bytes: 205e6 },
  { name: '100 Mbit/s, 60 ms', roundTrip: 60, bandwidth: 100e6, bytes: 205e6 },
  { name: '20 Mbit/s, 150 ms', roundTrip: 150, bandwidth: 20e6, bytes: 40e6 },
];
const BOUND = 1.15;

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const ms = (value: number) => `${value.toFixed(0)} ms`;

/** Presses Open, and returns how long it takes until the page says that the model is done, ms. */
function openAndWait(id: string): Promise<number> {
  const button = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'Open')!;
  const isDone = () => {
    const parts = [...document.querySelectorAll('footer *')].map(({ textContent }) => textContent ?? '');
    return parts.some((text) => text.includes(id)) && parts.some((text) => /\d m?s$/.test(text));
  };
  return new Promise((resolve) => {
    const began = performance.now();
    const look = () => (isDone() ? resolve(performance.now() - began) : requestAnimationFrame(look));
    button.click();
    look();
  });
}

type Open = (engine: string) => Promise<{ page: Page; close(): Promise<void> }>;

await measurePage(async ({ open }: { open: Open }) => {
  for (const at of options.lines.split(',').map(Number))
    for (const name of options.models.split(',')) {
      const shape = SHAPES.find(({ id }) => id.includes(name));
      const speed = LINES[at];
      if (shape === undefined || speed === undefined)
        throw new Error(`There is no line ${at}, or no model ${name}.`);
      const times: number[] = [];
      let needed = 0;
      for (let round = 0; round < Number(options.rounds); round++) {
        const run = await measureOpening(open, shape, speed);
        times.push(run.elapsed);
        needed = run.needed;
      }
      const ratio = median(times) / needed;
      const spread = `${ms(Math.min(...times))} to ${ms(Math.max(...times))}`;
      const verdict = ratio <= BOUND ? 'within' : 'OVER';
      console.log(
        `${speed.name}: ${shape.id}: ${ms(median(times))} (${spread}); the line needs ${ms(needed)}: ${ratio.toFixed(3)} ×, at most ${BOUND}: ${verdict}`,
      );
      if (ratio > BOUND) process.exitCode = 1;
    }
});

async function measureOpening(open: Open, shape: NetworkShape, speed: (typeof LINES)[number]) {
  const layers = layersWithin(shape, speed.bytes);
  const hub = await startFixtureHub([{ id: shape.id, revisions: { main: shape.files(layers) } }]);
  const line = createLine(speed.roundTrip, speed.bandwidth);
  const { page, close } = await open(options.engine);
  try {
    const port = (url: string) => Number(new URL(url).port);
    const address = `http://localhost:${await line.to(port(hub.hubUrl))}`;
    // Its redirects and links lead over the line too.
    Object.assign(hub, { hubUrl: address, cdnUrl: `http://localhost:${await line.to(port(hub.cdnUrl))}` });
    await page.getByText('Settings', { exact: true }).press('Enter');
    await page.getByLabel('hub address').fill(address);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    // What the box suggests for a name is asked of the hub as well, and shares the line.
    await page.getByRole('combobox', { name: 'Model' }).fill(shape.id);
    await page.waitForTimeout(2000);
    hub.log.length = 0;
    const elapsed = await page.evaluate(openAndWait, shape.id);
    if (options.log)
      for (const entry of hub.log)
        console.log(`  ${entry.server} ${entry.path} ${entry.range} ${entry.bytes}`);
    const before = hub.log
      .filter(({ server }) => server === 'hub')
      .reduce((sum, { bytes }) => sum + bytes, 0);
    const bytes = layers * shape.layerBytes + before;
    const roundTrips = 3 + 1 + (shape.isSharded ? 1 : 0);
    return { elapsed, needed: roundTrips * speed.roundTrip + (8000 * bytes) / speed.bandwidth };
  } finally {
    await close();
    line.close();
    await hub.close();
  }
}
