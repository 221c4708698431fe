import { quantileSorted } from '../../core/linalg/statistics.ts';
import { formatSignificant } from '../../figures/format.ts';
import type { HeatmapView } from '../../figures/heatmapView.ts';
import type { Metric } from '../../figures/metric.ts';
import { knownValues } from '../../figures/metricValues.ts';

/**
 * What the maps say, as a line of Markdown: "gpt2@607a30d: median s 0.0312 over 144 heads (quartiles 0.0102 and 0.0711) · raw weights,
 * … · [QKScope](link)".
 * @param link null where none leads to what is shown
 */
export function markdownLine(
  views: readonly HeatmapView[],
  metric: Metric,
  convention: string,
  link: string | null,
): string {
  const models = views.map((view) => `${escaped(view.title)}: ${summary(view, metric)}`).join('; ');
  const source = link === null ? 'QKScope' : `[QKScope](<${link.replace(/[<>]/g, encodeURIComponent)}>)`;
  return `${[models, escaped(convention), source].join(' · ')}\n`;
}

function summary(view: HeatmapView, metric: Metric): string {
  const values = Float64Array.from(knownValues(view, metric)).sort();
  const [low, middle, high] = [0.25, 0.5, 0.75].map((p) => quantileSorted(values, p));
  if (low === undefined || middle === undefined || high === undefined)
    return `no head has ${escaped(metric.name)}`;
  const [median, ...quartiles] = [middle, low, high].map((value) => formatSignificant(value));
  const heads = values.length === 1 ? '1 head' : `${values.length} heads`;
  return `median ${escaped(metric.label)} ${median} over ${heads} (quartiles ${quartiles.join(' and ')})`;
}

/** Names come from outside: none of their characters is markup (CommonMark 0.31, §2.4), and none ends the line. */
function escaped(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>#|~!&]/g, '\\$&');
}
