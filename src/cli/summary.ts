// A result as a terminal shows it: what it is of, and a row a layer with its map in blocks of colour.
import { quantileSorted } from '../core/linalg/statistics.ts';
import type { AnalysisResult, LayerResult } from '../core/result/index.ts';
import { colourDomain, type DomainEnds } from '../figures/colourDomain.ts';
import { formatBytes, headName, modelTitle, shapeText } from '../figures/format.ts';
import { type HeatmapView, stackView } from '../figures/heatmapView.ts';
import { type Metric, type MetricId, metricFor } from '../figures/metric.ts';
import { knownValues, rowValues } from '../figures/metricValues.ts';
import { block, type Painter } from './blocks.ts';

export interface SummaryOptions {
  readonly metric: MetricId;
  readonly columns: number;
  /** Bits of colour; 1 leaves the map out. */
  readonly colourDepth: number;
}

/** Text of all results on one colour scale. */
export function resultsSummary(results: readonly AnalysisResult[], options: SummaryOptions): string {
  const metric = metricFor(options.metric);
  const views = results.flatMap((result) =>
    result.stacks.map(({ name }) => ({ result, view: stackView(result, name) })),
  );
  const values = views.flatMap(({ view }) => knownValues(view, metric));
  const domain = colourDomain(values, metric, { mode: 'auto' });
  const parts = views.map(({ result, view }) => stackSummary(result, view, metric, domain, options));
  return `${parts.join('\n')}${legend(metric, domain, options)}`;
}

function stackSummary(
  result: AnalysisResult,
  view: HeatmapView,
  metric: Metric,
  domain: DomainEnds,
  { columns, colourDepth }: SummaryOptions,
): string {
  const { model, engine, bytes, convention, notes } = result;
  const title = result.stacks.length > 1 ? view.title : modelTitle(model);
  const painter = colourDepth < 4 ? null : { depth: colourDepth, domain };
  const rows = view.rows.map((row) => layerLine(row, view, metric, painter, columns));
  return [
    `${title}   ${shapeText(view.shape, view.headsFrom)}`,
    `${model.modelType}, ${model.dtype}; ${convention.text}`,
    `${engine.id} (${engine.device}); read ${formatBytes(bytes.read)} of ${formatBytes(bytes.file)}`,
    ...notes.map((note) => `note: ${note}`),
    '',
    `layer   median ${metric.plainName.padEnd(5)}      quartiles            lowest            highest`,
    ...rows,
    '',
  ].join('\n');
}

const LEFT = 78;

function layerLine(
  row: LayerResult,
  view: HeatmapView,
  metric: Metric,
  painter: Painter | null,
  columns: number,
): string {
  const number = String(row.layer).padStart(5);
  if (row.heads.length === 0) return `${number}   ${row.skipped?.reason ?? 'not scored'}`;
  const known = [...rowValues(view, row, metric)].sort((a, b) => a - b);
  const at = (p: number) => metric.format(quantileSorted(Float64Array.from(known), p) ?? null);
  const extreme = (value: number | undefined) => {
    const head = row.heads.find((one) => metric.valueOf(view, row, one) === value);
    return head === undefined || value === undefined
      ? ''
      : `${metric.format(value)} ${headName(row.layer, head.head)}`;
  };
  const text = [
    number,
    at(0.5).padStart(12),
    `${at(0.25)} … ${at(0.75)}`.padStart(22),
    extreme(known[0]).padStart(18),
    extreme(known.at(-1)).padStart(18),
  ].join(' ');
  if (known.length === 0) return `${number}   ${row.heads[0]?.reason?.reason ?? 'undefined'}`;
  return painter === null
    ? text
    : `${text.padEnd(LEFT)}  ${blocks(row, view, metric, painter, columns - LEFT - 2)}`;
}

function blocks(row: LayerResult, view: HeatmapView, metric: Metric, painter: Painter, room: number): string {
  const wide = 2 * row.heads.length <= room ? 2 : 1;
  const fitting = wide * row.heads.length <= room ? row.heads.length : Math.max(0, room - 2);
  const painted = row.heads
    .slice(0, fitting)
    .map((head) => block(metric.valueOf(view, row, head), painter, wide));
  return `${painted.join('')}${fitting < row.heads.length ? ' …' : ''}`;
}

function legend(metric: Metric, domain: DomainEnds, { colourDepth }: SummaryOptions): string {
  const [low, high] = [metric.format(domain.low), metric.format(domain.high)];
  if (colourDepth < 4) return '';
  const steps = Array.from(
    { length: 21 },
    (_, step) => domain.low + ((domain.high - domain.low) * step) / 20,
  );
  const bar = steps.map((value) => block(value, { depth: colourDepth, domain }, 1)).join('');
  const words = metric.endWords === undefined ? '' : `   ${metric.endWords.join(' … ')}`;
  return `${metric.name}:  ${low} ${bar} ${high}${words}\n`;
}
