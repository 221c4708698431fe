// `npm run measure:network`: opens BERT-large-, gpt2- and Llama-2-7b-shaped repositories of the fixture hub in the built page, over
// lines of three speeds, and prints how long it takes beside what the line itself needs: its bytes and the round trips that can't
// be saved. These are
//   1. the listing, which names the commit and the files;
//   2. the headers, and with them the config;
//   3. the first weights;
//   one more for the redirect from the hub to its CDN, which a page can't foresee; and one for the index that names the shards.
// Bytes: Q and K, and the answers that had to come before. TCP's handshakes are played too, and aren't in the bound.
// Beside it, in the same browser and over the same line: the ranges that the page asked for, by plain `fetch` on an empty page.
//   --rounds N (5)  --lines 0,1,2  --models bert,gpt2,llama  --engine wasm
//   --alone  the page alone, without plain fetch
//   --log  every request, and what the processor did for each part (Linux)
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'puppeteer-core';
import { startFixtureHub } from '../../tests/support/fixtureHub/server.ts';
import { measurePage } from '../measuredPage.js';
import { cpuSeconds, cpuSince } from './cpuSeconds.ts';
import { createLine } from './line.ts';
import { askedOf, fetchPlainly } from './plainFetch.ts';
import { layersWithin, type NetworkShape, SHAPES } from './shapes.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    lines: { type: 'string', default: '0,1,2' },
    models: { type: 'string', default: 'bert,gpt2,llama' },
    engine: { type: 'string', default: 'wasm' },
    alone: { type: 'boolean', default: false },
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

type OpenUnwatched = (settings: object) => Promise<{ browser: Browser; page: Page }>;

await measurePage(async ({ openUnwatched }: { openUnwatched: OpenUnwatched }) => {
  for (const at of options.lines.split(',').map(Number))
    for (const name of options.models.split(',')) {
      const shape = SHAPES.find(({ id }) => id.includes(name));
      const speed = LINES[at];
      if (shape === undefined || speed === undefined)
        throw new Error(`There is no line ${at}, or no model ${name}.`);
      const runs: Awaited<ReturnType<typeof measureOpening>>[] = [];
      for (let round = 0; round < Number(options.rounds); round++)
        runs.push(await measureOpening(openUnwatched, shape, speed));
      report(`${speed.name}: ${shape.id}`, runs);
    }
});

function report(name: string, runs: readonly Awaited<ReturnType<typeof measureOpening>>[]): void {
  const { needed, fetchNeeded } = runs[0]!;
  const [page, plain, lent] = (['page', 'plain', 'lent'] as const).map((way) =>
    runs.flatMap((run) => run[way] ?? []),
  );
  const ratio = median(page!) / needed;
  const spread = (times: readonly number[]) =>
    `${ms(median(times))} (${ms(Math.min(...times))} to ${ms(Math.max(...times))})`;
  const fetched = (times: readonly number[]) =>
    `${spread(times)}, ${(median(times) / fetchNeeded).toFixed(3)} ×`;
  console.log(
    `${name}: ${spread(page!)}; the line needs ${ms(needed)}: ${ratio.toFixed(3)} ×, at most ${BOUND}: ${ratio <= BOUND ? 'within' : 'OVER'}`,
  );
  if (!options.alone)
    console.log(
      `  its ranges alone on an empty page, for which the line needs ${ms(fetchNeeded)}: by fetch and arrayBuffer ${fetched(plain!)}; into the same memory ${fetched(lent!)}`,
    );
  if (ratio > BOUND) process.exitCode = 1;
}

async function measureOpening(open: OpenUnwatched, shape: NetworkShape, speed: (typeof LINES)[number]) {
  const layers = layersWithin(shape, speed.bytes);
  const files = shape.files(layers);
  const hub = await startFixtureHub([{ id: shape.id, revisions: { main: files } }]);
  const line = createLine(speed.roundTrip, speed.bandwidth);
  const port = (url: string) => Number(new URL(url).port);
  const address = `http://localhost:${await line.to(port(hub.hubUrl))}`;
  // Its redirects and links lead over the line too.
  Object.assign(hub, { hubUrl: address, cdnUrl: `http://localhost:${await line.to(port(hub.cdnUrl))}` });
  const { browser, page } = await open({ engine: options.engine, hubUrl: address });
  const cpu = { start: {} };
  const timed = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    if (options.log) cpu.start = cpuSeconds();
    const answer = await act();
    if (options.log) console.log(`  ${what}: ${answer}; seconds of processor: ${cpuSince(cpu.start)}`);
    return answer;
  };
  try {
    // What the box suggests for a name is asked of the hub as well, and shares the line.
    await page.locator('input[role=combobox]').fill(shape.id);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    hub.log.length = 0;
    const elapsed = await timed('page', () => page.evaluate(openAndWait, shape.id));
    if (options.log)
      for (const entry of hub.log)
        console.log(`  ${entry.server} ${entry.path} ${entry.range} ${entry.bytes}`);
    const [before, fetchBytes] = (['hub', 'cdn'] as const).map((server) =>
      hub.log.filter((entry) => entry.server === server).reduce((sum, { bytes }) => sum + bytes, 0),
    );
    const asked = askedOf(hub.log, address, shape, Object.keys(files));
    const empty = await browser.newPage();
    const fetched = (how: 'plain' | 'lent') =>
      options.alone ? null : timed(how, () => fetchPlainly(empty, asked, how));
    const [plain, lent] = [await fetched('plain'), await fetched('lent')];
    const lineNeeds = (roundTrips: number, bytes: number) =>
      roundTrips * speed.roundTrip + (8000 * bytes) / speed.bandwidth;
    const roundTrips = 3 + 1 + (shape.isSharded ? 1 : 0);
    return {
      ...{ page: elapsed, plain, lent },
      needed: lineNeeds(roundTrips, layers * shape.layerBytes + before!),
      // The redirect, and the first range after it.
      fetchNeeded: lineNeeds(2 * asked.length + 1, fetchBytes!),
    };
  } finally {
    await browser.close();
    line.close();
    await hub.close();
  }
}
