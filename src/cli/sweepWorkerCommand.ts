// A worker of a sweep: scores the models that its parent names, until it is let go.
import { createScorer, type Scorer } from './scorer.ts';
import { sweepOne } from './sweepOne.ts';
import type { WorkerOrder } from './sweepWorkers.ts';
import type { Terminal } from './terminal.ts';

export async function sweepWorkerCommand(terminal: Terminal): Promise<number> {
  let place: { readonly folder: string; readonly scorer: Promise<Scorer> } | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  process.on('message', (order: WorkerOrder) => {
    if ('folder' in order) place = { folder: order.folder, scorer: createScorer(terminal, order.flags) };
    else if (place !== null) {
      const { folder, scorer } = place;
      turn = turn.then(async () => {
        const outcome = await sweepOne(await scorer, folder, order.model);
        // A parent that was killed hears nothing more; the result is there.
        if (process.connected) process.send?.(outcome);
      });
    }
  });
  await new Promise<void>((resolve) => process.once('disconnect', () => resolve()));
  return 0;
}
