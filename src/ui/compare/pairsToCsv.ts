import { csvText } from '../../core/csvText.ts';
import type { AnalysisResult } from '../../core/result/index.ts';
import type { PairedHead } from '../../figures/difference.ts';
import type { Metric } from '../../figures/metric.ts';

/** The two models and the convention: they are the same in every line, so that a line is complete. */
const SOURCE = ['model_a', 'sha_a', 'fingerprint_a', 'model_b', 'sha_b', 'fingerprint_b', 'convention'];

/** One line a head, numbers whole: its value in both models, and the difference. */
export function pairsToCsv(
  pairs: readonly PairedHead[],
  metric: Metric,
  [a, b]: readonly [AnalysisResult, AnalysisResult],
): string {
  const name = metric.plainName;
  const source = [
    ...[a, b].flatMap(({ model }) => [model.id, model.sha, model.fingerprint]),
    [...new Set([a, b].map(({ convention }) => convention.text))].join('; '),
  ];
  return csvText([
    ['layer', 'head', `${name}_a`, `${name}_b`, 'difference', ...SOURCE],
    ...pairs.map((pair) => [pair.layer, pair.head, pair.a, pair.b, pair.b - pair.a, ...source]),
  ]);
}
