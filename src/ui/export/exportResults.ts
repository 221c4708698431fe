import { isSameJson } from '../../core/jsonValue.ts';
import type { AnalysisResult, BenchmarkReport } from '../../core/result/index.ts';
import type { ModelState } from '../../state/modelState.ts';
import { resultOf } from '../../state/selectors.ts';

/** The results of the models on the page, in their order, as they are exported; a model without a plan has none yet. */
export function exportResults(models: readonly ModelState[]): AnalysisResult[] {
  const now = () => new Date().toISOString();
  return models.flatMap((model) => resultOf(model, __APP_VERSION__, now) ?? []);
}

/**
 * The results as JSON, the benchmark's report with the first model's; one model is no list. Where they are those of a figure still, the
 * text is the figure's own, byte for byte.
 */
export function resultsToJson(models: readonly ModelState[], report: BenchmarkReport | null): string {
  const list = exportResults(models).map((result, index) =>
    index === 0 && report !== null && !report.synthetic ? { ...result, timing: report } : result,
  );
  const json = list.length === 1 ? list[0] : list;
  return textOfFigure(models, json) ?? `${JSON.stringify(json, null, 2)}\n`;
}

/** The text of the figure that the models came from; null where they didn't, or where anything of them is new. */
function textOfFigure(models: readonly ModelState[], json: unknown): string | null {
  const origin = models[0]?.origin;
  if (origin?.kind !== 'figure') return null;
  return isSameJson(JSON.parse(origin.text.replace(/^\ufeff/, '')), json) ? origin.text : null;
}
