import type { HeadPair } from '../../figures/difference.ts';
import type { Metric } from '../../figures/metric.ts';

/** One line a head, numbers whole: its value in both models, and the difference. */
export function pairsToCsv(pairs: readonly HeadPair[], metric: Metric): string {
  const name = metric.spoken.replaceAll(/[",\n]/g, ' ');
  return [
    `layer,head,${name}_a,${name}_b,difference`,
    ...pairs.map(({ layer, head, a, b }) => [layer, head, a, b, b - a].join(',')),
  ]
    .join('\n')
    .concat('\n');
}
