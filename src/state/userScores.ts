// The user's own scores of heads, read from files: which models have them, and the metrics that go with them.
import type { LocalFile } from '../core/repos/index.ts';
import type { UserScores } from '../core/result/index.ts';
import type { Context } from './context.ts';
import { needed } from './lazyCode.ts';
import { type ModelState, type ModelsSlice, patchModel } from './modelState.ts';
import { type PageSlice, showProblem } from './page.ts';
import type { ViewSlice } from './view.ts';
import { READING, waitOutside } from './waits.ts';

/** Changes the user's scores of a model by its place on the page. */
export type SetScores = (
  index: number,
  change: (scores: readonly UserScores[]) => readonly UserScores[],
) => void;

/** The user's own scores of a model's heads: taken from files, given to another model, taken away. */
export function userScoresActions(ctx: Pick<Context<ModelsSlice & ViewSlice & PageSlice>, 'store'>) {
  const { store } = ctx;
  const setScores: SetScores = (index, change) => {
    store.setState((state) => {
      const models = patchModel(state.models, state.models[index]?.key, (model) => ({
        ...model,
        userScores: change(model.userScores),
      }));
      return { models, ...dropMissingMetrics(state, models) };
    });
  };

  const load = async () => {
    try {
      return await waitOutside(ctx, READING, () => needed(import('./openUserScores.ts')));
    } catch (error) {
      showProblem(ctx, error);
      return null;
    }
  };

  return {
    /** Scores for the first model on the page; its map then shows the first of them. */
    async open(files: readonly LocalFile[]): Promise<void> {
      await (await load())?.openUserScores(ctx, setScores, files);
    },
    remove(index: number, file: string): void {
      setScores(index, (old) => old.filter((scores) => scores.file !== file));
    },
    /** Of two models on the page the other one's. */
    async moveTo(index: number, to: number, file: string): Promise<void> {
      (await load())?.moveUserScores(ctx, setScores, { index, to, file });
    },
  };
}

/** A metric that no model has any more gives way to s. */
export function dropMissingMetrics(
  { metric, scatter }: Pick<ViewSlice, 'metric' | 'scatter'>,
  models: readonly ModelState[],
): Partial<ViewSlice> {
  const isGone = (id: ViewSlice['metric']) =>
    id.startsWith('own:') &&
    !models.some(({ userScores }) =>
      userScores.some(({ columns }) => columns.some(({ name }) => `own:${name}` === id)),
    );
  return {
    ...(isGone(metric) ? { metric: 's' as const } : {}),
    ...(isGone(scatter.x) || isGone(scatter.y)
      ? { scatter: { x: isGone(scatter.x) ? 's' : scatter.x, y: isGone(scatter.y) ? 'norm' : scatter.y } }
      : {}),
  };
}
