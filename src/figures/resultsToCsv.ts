// Scored models as a sheet: one line a head.
import { csvText } from '../core/csvText.ts';
import type { AnalysisResult } from '../core/result/index.ts';
import { headName } from './format.ts';
import { stackView } from './heatmapView.ts';
import { metricFor } from './metric.ts';

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
