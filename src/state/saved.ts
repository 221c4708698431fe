// What is saved of the hub in this browser: scores by commit, and bytes of weight files.
import { cachedFrom } from './cachedModel.ts';
import type { Context } from './context.ts';
import type { ModelState } from './modelState.ts';
import type { SettingsSlice } from './settings.ts';

/** Caches a finished model's scores, if they are the hub's and were computed now. */
export function saveScores(
  { results }: Pick<Context<unknown>, 'results'>,
  model: ModelState,
  hubUrl: string,
): void {
  if (model.choice.kind !== 'hub' || model.result === null || model.cached !== null) return;
  const { choice, layoutOverrides, convention, result, stacks, weightsOptions } = model;
  // A layer that an engine gave up may come out next time.
  const isWhole = stacks.every(({ layers }) =>
    layers.every(({ skipped }) => skipped?.code !== 'engine-failed'),
  );
  if (!isWhole) return;
  void results.write({ hubUrl, choice, layoutOverrides, convention }, { result, stacks, weightsOptions });
}

/** Adds what was computed of a model on request to its cached scores, if there are any. */
export function saveLayerMetrics(
  { results, store }: Pick<Context<SettingsSlice>, 'results' | 'store'>,
  model: ModelState,
): void {
  const cached = cachedFrom(model);
  if (model.choice.kind !== 'hub' || cached === null) return;
  const { choice, layoutOverrides, convention } = model;
  const { hubUrl } = store.getState().settings;
  void results.rewrite({ hubUrl, choice, layoutOverrides, convention }, cached);
}

export function savedActions({ results, opfs }: Pick<Context<unknown>, 'results' | 'opfs'>) {
  /** Ranges of weight files; what reads them is fetched when it is first needed. */
  const savedRanges = async () =>
    opfs === undefined ? null : (await import('../core/bytes/opfsRanges.ts')).createOpfsRanges(opfs);

  return {
    /** How many models' scores are saved in this browser, and how many bytes of weights. */
    async usage(): Promise<{ readonly scores: number; readonly bytes: number }> {
      const ranges = await savedRanges().catch(() => null);
      const bytes =
        ranges === null
          ? 0
          : await ranges.usage().then(
              (usage) => usage.bytes,
              () => 0,
            );
      return { scores: await results.count(), bytes };
    },
    async clearScores(): Promise<void> {
      await results.clear();
    },
    async clearBytes(): Promise<void> {
      const ranges = await savedRanges().catch(() => null);
      await ranges?.clear().catch(() => {});
    },
  };
}
