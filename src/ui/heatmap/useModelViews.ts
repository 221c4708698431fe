import type { HeatmapView } from '../../figures/heatmapView.ts';
import type { ModelState } from '../../state/modelState.ts';
import { viewsOfModels } from '../modelViews.ts';
import { useStable } from '../widgets/useStable.ts';

/** The maps of the models that have one; the same list until one of them changes. */
export function useModelViews(models: readonly ModelState[]): readonly HeatmapView[] {
  return useStable(
    viewsOfModels(models).flatMap((view) => view ?? []),
    haveSame,
  );
}

function haveSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}
