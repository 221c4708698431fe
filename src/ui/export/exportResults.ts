import { isSameJson } from '../../core/jsonValue.ts';
import type { AnalysisResult, BenchmarkReport } from '../../core/result/index.ts';
import { headName } from '../../figures/format.ts';
import { stackView } from '../../figures/heatmapView.ts';
import { metricFor } from '../../figures/metric.ts';
import type { ModelState } from '../../state/modelState.ts';
import { resultOf } from '../../state/selectors.ts';
import { csvText } from './csvText.ts';

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

/** Columns of each head, then of its layer; a cell is empty where a value isn't measured or is undefined. */
const CSV_COLUMNS = [
  ...['model', 'sha', 'fingerprint', 'stack', 'layer', 'head', 'kv_head', 'r', 's', 'norm', 'directionality'],
  ...['layer_r', 'layer_s', 'layer_directionality', 'reason', 'convention'],
];

/** What came later stands after all others, so that no column has moved. */
const LATER_COLUMNS = ['z', 'd', 'dh'];

/**
 * One line a head, for a sheet; numbers whole. Where another engine took over midway, each line names its own. The source of the head
 * counts comes then, where it is known, and the user's own scores under their names; last z, and the widths d and dh of the layer.
 */
export function resultsToCsv(results: readonly AnalysisResult[]): string {
  const z = metricFor('z');
  const userScoreNames = [...new Set(results.flatMap(({ own = [] }) => own.map(({ name }) => name)))];
  const withEngines = results.some(({ stacks }) =>
    stacks.some(({ layers }) => layers.some(({ engine }) => engine !== undefined)),
  );
  const withHeadsFrom = results.some(({ stacks }) => stacks.some(({ headsFrom }) => headsFrom !== undefined));
  const lines = results.flatMap((result) => {
    const { model, stacks, convention } = result;
    return stacks.flatMap((stack) => {
      const view = stackView(result, stack.name);
      const { userScores } = view;
      const place = [model.id, model.sha, model.fingerprint, stack.name];
      return stack.layers.flatMap((row) => {
        const { layer, heads, skipped, score, directionality: ofLayer } = row;
        const by = withEngines ? [heads.length === 0 ? null : (row.engine ?? result.engine.id)] : [];
        const from = withHeadsFrom ? [heads.length === 0 ? null : (row.headsFrom ?? stack.headsFrom)] : [];
        const end = [score?.r, score?.s, ofLayer];
        const { dModel, dHead } = row.shape ?? stack.shape;
        if (heads.length === 0)
          return [
            [
              ...[...place, layer, ...Array(6).fill(null), ...end, skipped?.reason ?? 'not scored'],
              ...[convention.text, ...by, ...from, ...userScoreNames.map(() => null), null, dModel, dHead],
            ],
          ];
        return heads.map((scored) => {
          const { head, kvHead, r, s, norm, normReason, directionality, reason } = scored;
          return [
            ...place,
            ...[layer, head, kvHead, r, s, norm, directionality],
            ...end,
            reason?.reason ?? normReason,
            convention.text,
            ...by,
            ...from,
            ...userScoreNames.map((name) => userScores?.get(name)?.get(headName(layer, head))),
            ...[z.valueOf(view, row, scored), dModel, dHead],
          ];
        });
      });
    });
  });
  return csvText([
    [
      ...CSV_COLUMNS,
      ...(withEngines ? ['engine'] : []),
      ...(withHeadsFrom ? ['heads_from'] : []),
      ...userScoreNames,
      ...LATER_COLUMNS,
    ],
    ...lines,
  ]);
}
