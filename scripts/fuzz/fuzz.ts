// `npm run fuzz`: broken files for every parser, made from good ones. Prints cases a second and what became of them. What a parser
// may not do (hang, throw what isn't a refusal in words, give a score that isn't one, take memory beyond a bound) is shrunk, kept in
// tests/fixtures/fuzz, where a test reads it from then on, and fails the run.
//   --minutes N (1, over all parsers)  --parser NAME (all)  --seed S (drawn, and printed)  --threads N (2)
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { madeBy, type Plan } from './edits.ts';
import { keep } from './found.ts';
import { MOST_MS, type Order, type Told } from './messages.ts';
import type { Outcome } from './target.ts';
import { TARGETS } from './targets.ts';

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    parser: { type: 'string' },
    seed: { type: 'string' },
    threads: { type: 'string', default: '2' },
  },
});
const seed = Number(options.seed ?? Math.floor(Math.random() * 2 ** 31));
const names = TARGETS.map(({ name }) => name).filter(
  (name) => options.parser === undefined || name === options.parser,
);
if (names.length === 0) {
  console.error(
    `There is no parser ${options.parser}. There are: ${TARGETS.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}
const threads = Math.min(Number(options.threads), names.length);
const msEach = (Number(options.minutes) * 60_000 * threads) / names.length;
/** A thread that says nothing for so long hangs in its case, ms: above MOST_MS, after which a case is tried once more. */
const HANG_MS = 4 * MOST_MS;

const LOOK_MS = 250;

interface Sum {
  cases: number;
  ms: number;
  found: number;
  outcomes: Record<Outcome, number>;
}
const sums = new Map<string, Sum>(
  names.map((name) => [name, { cases: 0, ms: 0, found: 0, outcomes: { read: 0, asked: 0, refused: 0 } }]),
);
const queue = [...names];
const indexOf = (target: string) => TARGETS.findIndex(({ name }) => name === target);

function report(target: string, seedName: string, bytes: Uint8Array, what: string): void {
  sums.get(target)!.found++;
  console.log(
    `\nFOUND in ${target}, from ${seedName}: ${what}\n  kept as ${keep({ target, seed: seedName, what, bytes })}\n`,
  );
  process.exitCode = 1;
}

/** Works the queue off in one thread, and in another one where it hangs or ends. */
async function work(): Promise<void> {
  let thread = startThread();
  for (let target = queue.shift(); target !== undefined; target = queue.shift()) {
    const began = performance.now();
    // By parser, whichever thread takes it: the same seed makes the same files.
    const suspect = await thread.run({ target, ms: msEach, seed: seed + 1e6 * indexOf(target) });
    if (suspect !== null) {
      // A busy machine, or Node itself, may have been at fault.
      thread = startThread();
      const again = await thread.run({ target, again: { seed: suspect.seed, bytes: suspect.bytes } });
      if (again === null) console.log(`${target}: ${suspect.what} Tried again, the same input did not.`);
      else {
        report(target, suspect.seed, suspect.bytes, again.what);
        thread = startThread();
      }
    }
    sums.get(target)!.ms += performance.now() - began;
  }
  thread.end();
}

interface Suspect {
  readonly seed: string;
  readonly bytes: Uint8Array;
  readonly what: string;
}

/** Starts a thread; `run` gives the input at which it hung or ended, after which it is no more, or null. */
function startThread() {
  const data = { at: new SharedArrayBuffer(4_000_000), began: new SharedArrayBuffer(16) };
  const [at, began] = [new Uint8Array(data.at), new Float64Array(data.began)];
  const worker = new Worker('./scripts/runTypeScript.js', {
    argv: ['scripts/fuzz/fuzzThread.ts'],
    workerData: data,
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });
  let hear: (told: Told) => void = () => {};
  let hearError: (error: Error) => void = () => {};
  const isReady = new Promise<void>((resolve, reject) => {
    hear = () => resolve();
    hearError = reject;
  });
  // Once each: a worker whose last listener is taken off hears nothing more.
  worker.on('message', (told: Told) => hear(told));
  worker.on('error', (error) => hearError(error));
  return { run, end: () => void worker.terminate() };

  async function run(order: Order): Promise<Suspect | null> {
    await isReady;
    if ('again' in order) began[0] = Date.now();
    worker.postMessage(order);
    const suspectFor = (what: string): Suspect => {
      void worker.terminate();
      if ('again' in order) return { ...order.again, what };
      const { seed: from, bytes } = madeByNote(order.target, Buffer.from(at.slice(0, began[1])).toString());
      return { seed: from.name, bytes, what };
    };
    let watch: NodeJS.Timeout | undefined;
    const suspect = await new Promise<Suspect | null>((resolve, reject) => {
      let [looks, lookedAt] = [0, 0];
      watch = setInterval(() => {
        // Seen at several looks, so that a machine that stood still is no fault of a parser.
        looks = began[0]! > 0 && began[0] === lookedAt ? looks + 1 : 0;
        lookedAt = began[0]!;
        if (looks * LOOK_MS > HANG_MS) resolve(suspectFor(`It hangs: nothing after ${HANG_MS} ms.`));
      }, LOOK_MS);
      hear = (told) => {
        if (told.type === 'found' && 'again' in order) resolve(told);
        else if (told.type === 'found') report(told.target, told.seed, told.bytes, told.what);
        else if (told.type === 'done') add(told);
        if (told.type === 'done' || told.type === 'fine') resolve(null);
      };
      hearError = (error) =>
        began[0]! > 0 ? resolve(suspectFor(`The thread ended: ${error.message}`)) : reject(error);
    });
    clearInterval(watch);
    began[0] = 0;
    return suspect;
  }
}

/** The input of a thread's note. */
function madeByNote(target: string, text: string) {
  const { plan } = JSON.parse(text, (_, value) =>
    typeof value === 'string' && /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
  ) as { plan: Plan };
  const of = TARGETS.find(({ name }) => name === target)!;
  return madeBy(plan, of, of.seeds());
}

function add({ target, cases, outcomes }: Extract<Told, { type: 'done' }>): void {
  const sum = sums.get(target)!;
  sum.cases += cases;
  for (const outcome of ['read', 'asked', 'refused'] as const) sum.outcomes[outcome] += outcomes[outcome];
}

console.log(
  `Fuzzing ${names.length} parsers for ${options.minutes} min in ${threads} threads, seed ${seed}.`,
);
await Promise.all(Array.from({ length: threads }, work));
console.log(
  `\n${'parser'.padEnd(16)}${['cases', 'a second', 'read', 'asked', 'refused', 'found'].map((word) => word.padStart(10)).join('')}`,
);
let all = 0;
for (const [name, { cases, ms, found, outcomes }] of sums) {
  all += cases;
  const row = [
    cases,
    Math.round((1000 * cases) / ms),
    outcomes.read,
    outcomes.asked,
    outcomes.refused,
    found,
  ];
  console.log(name.padEnd(16) + row.map((value) => String(value).padStart(10)).join(''));
}
console.log(`${all} cases in all.`);
