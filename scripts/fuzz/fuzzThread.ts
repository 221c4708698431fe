// A thread that fuzzes one parser after the other, as it is told.
import { parentPort, workerData } from 'node:worker_threads';
import fc from 'fast-check';
import { boundFor, watchAllocations } from './allocations.ts';
import { madeBy, type Plan, plansFor } from './edits.ts';
import { MOST_MS, type Order, type Told } from './messages.ts';
import { Fault, type Outcome, type Seed, type Target } from './target.ts';
import { TARGETS } from './targets.ts';

/** How many plans fast-check makes at once. */
const RUNS = 50;

/** Where the thread writes what it is at, for whoever finds that it hangs: how many bytes, then JSON. */
const shared = workerData as { readonly at: SharedArrayBuffer; readonly began: SharedArrayBuffer };
const at = new Uint8Array(shared.at);
const began = new Float64Array(shared.began);
const setBound = watchAllocations();
const tell = (what: Told) => parentPort!.postMessage(what);

function note(target: string, plan: Plan): void {
  const text = Buffer.from(
    JSON.stringify({ target, plan }, (_, value) => (typeof value === 'bigint' ? `${value}n` : value)),
  );
  at.set(text.subarray(0, at.length));
  began[1] = Math.min(text.length, at.length);
  began[0] = Date.now();
}

async function timed(target: Target, seed: Seed, bytes: Uint8Array): Promise<Outcome> {
  setBound(boundFor(bytes.length));
  const from = performance.now();
  try {
    const outcome = await target.check(seed, bytes.slice());
    const took = performance.now() - from;
    if (took > MOST_MS) throw new Fault(`It took ${took.toFixed(0)} ms.`);
    return outcome;
  } finally {
    setBound(Number.POSITIVE_INFINITY);
  }
}

async function fuzz(target: Target, ms: number, seed: number): Promise<void> {
  const outcomes: Record<Outcome, number> = { read: 0, asked: 0, refused: 0 };
  const seeds = target.seeds();
  const until = performance.now() + ms;
  const known = new Set<string>();
  let cases = 0;
  const runCase = async (plan: Plan) => {
    const made = madeBy(plan, target, seeds);
    note(target.name, plan);
    cases++;
    try {
      outcomes[await timed(target, made.seed, made.bytes)]++;
    } catch (error) {
      if (error instanceof Fault && error.message.startsWith('It took'))
        await timed(target, made.seed, made.bytes);
      else if (!known.has(kindOf(error))) throw error;
    } finally {
      began[0] = 0;
    }
  };
  for (let round = 0; performance.now() < until; round++) {
    const property = fc.asyncProperty(plansFor(target), runCase);
    const result = await fc.check(property, {
      numRuns: RUNS,
      seed: seed + round,
      interruptAfterTimeLimit: Math.max(1, until - performance.now()),
      markInterruptAsFailure: false,
    });
    if (!result.failed || result.counterexample === null) continue;
    const made = madeBy(result.counterexample[0], target, seeds);
    const error = result.errorInstance;
    // One of a kind is told; more of it would only fill the disk.
    known.add(kindOf(error));
    tell({
      type: 'found',
      target: target.name,
      seed: made.seed.name,
      bytes: made.bytes,
      what: whatOf(error),
    });
  }
  tell({ type: 'done', target: target.name, cases, outcomes });
}

/** An error's class and message, without its numbers, and where in the core it was thrown. */
function kindOf(error: unknown): string {
  const text = whatOf(error);
  const [first = ''] = text.split('\n');
  const thrownAt = /src\/core\/[\w/]+\.ts/.exec(text)?.[0] ?? '';
  return first.replace(/\d+/g, '#').slice(0, 120) + thrownAt;
}

function whatOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).slice(0, 1500) : String(error);
}

parentPort!.on('message', (order: Order) => {
  const target = TARGETS.find(({ name }) => name === order.target)!;
  if (!('again' in order)) return void fuzz(target, order.ms, order.seed);
  const { seed, bytes } = order.again;
  const from = target.seeds().find(({ name }) => name === seed)!;
  void timed(target, from, bytes).then(
    () => tell({ type: 'fine' }),
    (error) => tell({ type: 'found', target: target.name, seed, bytes, what: whatOf(error) }),
  );
});
tell({ type: 'ready' });
// A reader that fetches its code when it is needed has none once this module has ended: the thread is ended by who started it.
await new Promise(() => {});
