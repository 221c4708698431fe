import type { HeatmapView } from '../figures/heatmapView.ts';
import { stackView } from '../figures/heatmapView.ts';
import type { ModelState } from '../state/modelState.ts';
import { modelNames, shownStack, userScoresOf } from '../state/selectors.ts';

interface CachedView {
  readonly userScores: ModelState['userScores'];
  readonly name: string;
  readonly view: HeatmapView;
}

const cachedViews = new WeakMap<readonly unknown[], CachedView>();

/**
 * The models on the page as figures see them, each under a title of its own; null until a model's plan is known. The same
 * rows give the same view, so that nothing is drawn again.
 */
export function viewsOfModels(models: readonly ModelState[]): readonly (HeatmapView | null)[] {
  const names = modelNames(models);
  return models.map((model, place) => viewOfModel(model, names[place]!));
}

function viewOfModel(model: ModelState, name: string): HeatmapView | null {
  const stack = shownStack(model);
  if (model.model === null || stack === null) return null;
  const cached = cachedViews.get(stack.layers);
  if (cached?.userScores === model.userScores && cached.name === name && cached.view.model === model.key)
    return cached.view;
  const own = userScoresOf(model);
  const { stacks, convention } = model;
  const shown = stackView({ model: model.model, stacks, convention, ...(own && { own }) }, stack.name, name);
  const view = { ...shown, model: model.key };
  cachedViews.set(stack.layers, { userScores: model.userScores, name, view });
  return view;
}
