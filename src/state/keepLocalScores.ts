// Keeps the scores of local files in this browser, so that a link to one shows its map before the file is at hand again.
import type { Context } from './context.ts';
import { writeLocal } from './linkedScores.ts';
import type { ModelsSlice } from './modelState.ts';

/** Keeps each local model's scores once they are computed, and again when more was measured of it. */
export function keepLocalScores({ store, results }: Pick<Context<ModelsSlice>, 'store' | 'results'>): void {
  const kept = new WeakSet<object>();
  store.subscribe(({ models }, before) => {
    if (models === before.models) return;
    for (const { choice, status, result, stacks, weightsOptions, origin, ...reading } of models) {
      const fingerprint = result?.model.fingerprint ?? null;
      if (choice.kind !== 'local' || status !== 'done' || origin !== null || fingerprint === null) continue;
      if (result === null || kept.has(result)) continue;
      kept.add(result);
      void writeLocal(results, fingerprint, reading, { result, stacks, weightsOptions });
    }
  });
}
