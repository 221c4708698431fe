import type { AnalysisResult } from '../core/result/index.ts';
import type { ModelState } from '../state/appState.ts';
import { resultOf } from '../state/selectors.ts';

/** What is exported of the models on the page, in their order; a model without a plan has nothing yet. */
export function pageResults(models: readonly ModelState[]): AnalysisResult[] {
  const now = () => new Date().toISOString();
  return models.flatMap((model) => resultOf(model, __APP_VERSION__, now) ?? []);
}
