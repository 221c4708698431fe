// A second model beside the first: opened, replaced, closed, the two exchanged. Never more than two.
import type { ModelChoice } from '../core/repos/index.ts';
import { type Context, stopModel } from './context.ts';
import { hubChoice } from './lazyCode.ts';
import type { ModelState } from './modelState.ts';
import { type OpeningState, releaseReplaced, startModel, stopOpenings } from './openings.ts';
import { showProblem } from './page.ts';
import { replaceModels } from './replacedModels.ts';
import { clearSelection } from './selection.ts';
import { dropMissingMetrics } from './userScores.ts';
import { OPENING_CODE, waitOutside } from './waits.ts';

/** Puts a model beside the first, which stays as it is; a second one that is there makes room, once the new one has a map. */
function showBeside(ctx: Context<OpeningState>, open: (first: ModelState | undefined) => ModelState): number {
  const [first, second] = ctx.store.getState().models;
  const replaced = second === undefined ? [] : [second];
  stopOpenings(ctx, replaced);
  const model = open(first);
  ctx.store.setState((state) => {
    const changed = replaceModels(state, replaced, [model]);
    return {
      ...dropMissingMetrics(state, changed.models),
      ...changed,
      ...clearSelection('same'),
      panel: 'compare' as const,
      notice: null,
    };
  });
  return model.key;
}

/** Opens a model beside the first, under its convention: two maps are compared under one. */
export function openBeside(ctx: Context<OpeningState>, choice: ModelChoice, label: string): number {
  return showBeside(ctx, (first) =>
    startModel(ctx, choice, label, {
      ...(first !== undefined && { convention: first.convention }),
      expectedFiles: [],
    }),
  );
}

/** Puts a model that is scored already beside the first. */
export function showScoredBeside(ctx: Context<OpeningState>, model: ModelState): void {
  showBeside(ctx, () => model);
  releaseReplaced(ctx, model.key);
}

export function comparisonActions(ctx: Context<OpeningState>) {
  const { store } = ctx;

  function setModels(models: readonly ModelState[]): void {
    store.setState((state) => ({ ...dropMissingMetrics(state, models), models, ...clearSelection('same') }));
  }

  return {
    /** Opens `gpt2`, `owner/model@revision` or a hub URL beside the model that is open. */
    async openText(text: string): Promise<void> {
      try {
        openBeside(ctx, await waitOutside(ctx, OPENING_CODE, () => hubChoice(text)), text.trim());
      } catch (error) {
        showProblem(ctx, error);
      }
    },
    /** Takes one of two models off the page. The last one stays. */
    close(index: number): void {
      const { models } = store.getState();
      const closed = models[index];
      if (closed === undefined || models.length < 2) return;
      stopModel(ctx, closed.key);
      setModels(models.filter((model) => model !== closed));
    },
    /** Exchanges the two: the difference changes its sign. */
    swap(): void {
      const [first, second] = store.getState().models;
      if (first !== undefined && second !== undefined) setModels([second, first]);
    },
  };
}
