// The processes that share a sweep on one machine: each takes the next model when it is done with one.
import { type ChildProcess, fork } from 'node:child_process';
import type { ScoringFlags } from './scorer.ts';
import type { Outcome } from './sweepOne.ts';

/** Messages to a worker: first the folder and the options, then one model at a time. */
export type WorkerOrder =
  | { readonly folder: string; readonly flags: ScoringFlags }
  | { readonly model: string };

/** A model whose worker was killed is tried so many times in all: it may be what exhausts the memory. */
const TRIES = 3;

/**
 * Scores models with several processes. One that is killed is replaced, and its model is tried again.
 * @param entry the file of the command line, which is run as `sweep-worker`
 */
export async function sweepWithWorkers(
  models: readonly string[],
  { entry, count, folder, flags }: { entry: string; count: number; folder: string; flags: ScoringFlags },
  onOutcome: (outcome: Outcome) => void,
): Promise<void> {
  const waiting = models.map((model) => ({ model, tries: 0 }));
  async function work(): Promise<void> {
    let worker: ChildProcess | null = null;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      worker ??= begin();
      const outcome = await answerOf(worker, next.model);
      if (typeof outcome !== 'string') {
        onOutcome(outcome);
        continue;
      }
      worker = null;
      const tries = next.tries + 1;
      if (tries < TRIES) waiting.unshift({ ...next, tries });
      else
        onOutcome({
          model: next.model,
          state: 'failed',
          text: `Its process was ended ${TRIES} times (${outcome}).`,
          exit: 1,
        });
    }
    worker?.disconnect();
  }
  const begin = (): ChildProcess => {
    const worker = fork(entry, ['sweep-worker'], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    worker.send({ folder, flags } satisfies WorkerOrder, ignoreUnsent);
    return worker;
  };
  await Promise.all(Array.from({ length: Math.min(count, models.length) }, work));
}

/** Ignores that a message couldn't be sent: the process is ending, and its `exit` event follows. Without a callback Node throws the error. */
const ignoreUnsent = (): void => {};

/** The outcome of one model, or how its process ended. */
function answerOf(worker: ChildProcess, model: string): Promise<Outcome | string> {
  return new Promise((resolve) => {
    const settle = (outcome: Outcome | string) => {
      worker.off('message', settle);
      worker.off('exit', end);
      resolve(outcome);
    };
    const end = (code: number | null, signal: string | null) => settle(signal ?? `exit code ${code}`);
    worker.on('message', settle);
    worker.on('exit', end);
    // A process that is gone already says so by its end.
    if (worker.connected) worker.send({ model } satisfies WorkerOrder, ignoreUnsent);
    else if (worker.exitCode !== null || worker.signalCode !== null) end(worker.exitCode, worker.signalCode);
  });
}
