// Results as the figures that the page exports, and as the texts of its files.
import { loadResultFiles } from '../core/embedded/index.ts';
import { type AnalysisResult, RESULT_SCHEMA } from '../core/result/index.ts';
import { colourDomain } from '../figures/colourDomain.ts';
import { figureScene } from '../figures/figure.ts';
import { stackView } from '../figures/heatmapView.ts';
import { loadGlyphs } from '../figures/loadGlyphs.ts';
import { type MetricId, metricFor, metricsOf } from '../figures/metric.ts';
import { knownValues } from '../figures/metricValues.ts';
import { sharedDModel } from '../figures/nullBand.ts';
import { FIGURE_THEMES, type ThemeName } from '../figures/palette.ts';
import type { Scene } from '../figures/scene.ts';
import { sceneToSvg } from '../figures/sceneToSvg.ts';
import { refused } from './checkOptions.ts';

export interface FigureOptions {
  /** What the colours show; s by default. */
  readonly metric?: MetricId | undefined;
  /** Light by default, since figures go into papers. */
  readonly theme?: ThemeName | undefined;
  /** The stack of each result, by name; the first by default. */
  readonly stacks?: readonly string[] | undefined;
}

/** The figure of one result, or of two side by side on one scale, as the page draws it. */
export function resultScene(
  results: readonly AnalysisResult[],
  { metric: id = 's', theme = 'light', stacks = [] }: FigureOptions = {},
): Scene {
  const metric = metricFor(id);
  const views = results.map((result, index) => stackView(result, stacks[index]));
  const values = views.flatMap((view) => knownValues(view, metric));
  const domain = colourDomain(values, metric, { mode: 'auto', dModel: sharedDModel(views) });
  return figureScene(results, { metric, domain, theme, stacks, views });
}

/** One result, or several as a list, as the page writes them into a JSON file. */
export function resultsText(results: readonly AnalysisResult[]): string {
  return `${JSON.stringify(results.length === 1 ? results[0] : results, null, 2)}\n`;
}

/** The figure as a standalone SVG that holds the results themselves: the page opens it again. */
export async function figureSvg(
  results: AnalysisResult | readonly AnalysisResult[],
  options: FigureOptions = {},
): Promise<string> {
  const list = Array.isArray(results) ? (results as readonly AnalysisResult[]) : [results as AnalysisResult];
  checkFigure(list, options);
  const [{ embedInSvg }, glyphs] = await Promise.all([loadResultFiles(), loadGlyphs()]);
  return embedInSvg(sceneToSvg(resultScene(list, options), glyphs), resultsText(list));
}

/** @throws QKError for what no figure shows */
function checkFigure(
  results: readonly AnalysisResult[],
  { metric = 's', theme = 'light', stacks = [] }: FigureOptions,
): void {
  if (results.length < 1 || results.length > 2)
    throw refused('A figure', `of ${results.length} results`, 'one result or two');
  for (const [index, result] of results.entries()) {
    if (result?.schema !== RESULT_SCHEMA || !Array.isArray(result.stacks))
      throw refused('A result', result, 'what `score` or `readResults` gave');
    const names = result.stacks.map(({ name }) => name);
    const stack = stacks[index];
    if (stack !== undefined && !names.includes(stack))
      throw refused('“stacks”', stack, `one of ${names.join(', ')}`);
  }
  const metrics = metricsOf(results.map((result, index) => stackView(result, stacks[index]))).map(
    ({ id }) => id,
  );
  if (!metrics.includes(metric)) throw refused('“metric”', metric, `one of ${metrics.join(', ')}`);
  if (!Object.hasOwn(FIGURE_THEMES, theme))
    throw refused('“theme”', theme, `one of ${Object.keys(FIGURE_THEMES).join(', ')}`);
}
