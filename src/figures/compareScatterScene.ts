import { scaleLinear } from 'd3';
import { boxScales, type PlotBox, xAxis, yAxis } from './axis.ts';
import { type PairedHead, rankAgreement } from './difference.ts';
import { formatScore, headName } from './format.ts';
import type { HitRegion, InteractiveScene } from './hitRegions.ts';
import type { Metric } from './metric.ts';
import type { FigureTheme } from './palette.ts';
import { group, type SceneNode, SMALL, wrapText } from './scene.ts';

export interface CompareScatterOptions {
  readonly metric: Metric;
  readonly theme: FigureTheme;
  readonly width: number;
  /** The two models' titles. */
  readonly a: string;
  readonly b: string;
}

const SIDE = { left: 60, right: 20, bottom: 60 } as const;
const LINE = 16;

/** "Spearman’s ρ 0.531 over 144 heads", or why there is none. */
export function agreementText(pairs: readonly PairedHead[]): string {
  const rho = rankAgreement(pairs);
  if (rho !== null) return `Spearman’s ρ ${formatScore(rho, 3)} over ${pairs.length} heads`;
  return pairs.length < 2
    ? 'No rank correlation: fewer than two heads have a value in both'
    : 'No rank correlation: all values of one model are equal';
}

/** Each head's value in one model against the other's, on equal axes, with the line where both are the same. */
export function compareScatterScene(
  pairs: readonly PairedHead[],
  { metric, theme, width, a, b }: CompareScatterOptions,
): InteractiveScene {
  const words = [...wrapText(`↑ ${metric.label} in B, ${b}`, width - 8, SMALL), agreementText(pairs)];
  const top = words.length * LINE + 16;
  const side = width - SIDE.left - SIDE.right;
  const box: PlotBox = { left: SIDE.left, top, width: side, height: side };
  const range = sharedRange(pairs);
  const { x, y } = boxScales(box, range, range);
  const text = { type: 'text', size: SMALL, fill: theme.muted } as const;
  const radius = pairs.length > 1500 ? 2 : 3.5;
  const below = wrapText(`${metric.label} in A, ${a} →`, side, SMALL);
  const [from, to] = range;
  return {
    scene: {
      width,
      height: top + side + SIDE.bottom + (below.length - 1) * LINE,
      background: theme.paper,
      title: `${metric.name}: ${b} against ${a}, every head`,
      description: `${agreementText(pairs)}.`,
      children: [
        group(
          'words',
          words.map((line, index): SceneNode => {
            const isLast = index === words.length - 1;
            return {
              ...text,
              x: 4,
              y: 12 + index * LINE,
              text: line,
              fill: isLast ? theme.ink : theme.muted,
            };
          }),
        ),
        // The axes' names are models' names, and long: they stand in lines of their own.
        group('y axis', yAxis(box, y, '', theme).slice(0, -1)),
        {
          type: 'line',
          x1: x(from),
          y1: y(from),
          x2: x(to),
          y2: y(to),
          stroke: theme.muted,
          dash: [4, 3],
        },
        group(
          'points',
          pairs.map((pair): SceneNode => {
            const centre = { x: x(pair.a), y: y(pair.b) };
            return { type: 'circle', ...centre, radius, fill: theme.ink, stroke: theme.paper };
          }),
        ),
        group('x axis', xAxis(box, x, '', theme).slice(0, -1)),
        group(
          'x name',
          below.map((line, index): SceneNode => {
            const lineY = box.top + side + 38 + index * LINE;
            return { ...text, x: box.left + side, y: lineY, text: line, anchor: 'end' };
          }),
        ),
      ],
    },
    regions: pairs
      .map((pair) => markOf(pair, x(pair.a), y(pair.b), metric))
      .sort((p, q) => p.x - q.x || p.y - q.y),
  };
}

function markOf({ layer, head, a, b }: PairedHead, x: number, y: number, metric: Metric): HitRegion {
  return {
    x: x - 5,
    y: y - 5,
    width: 10,
    height: 10,
    line: 0,
    label: `${headName(layer, head)}: ${metric.plainName} ${metric.format(a)} in A, ${metric.format(b)} in B, difference ${metric.format(b - a)}`,
    // One head: hovering and pinning are shared by both maps.
    heads: [[{ layer, head }]],
  };
}

/** One range for both axes, so that the line of equal values is the diagonal. */
function sharedRange(pairs: readonly PairedHead[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { a, b } of pairs) [low, high] = [Math.min(low, a, b), Math.max(high, a, b)];
  if (pairs.length === 0) return [0, 1];
  if (low === high) [low, high] = [low - (Math.abs(low) || 1) / 10, high + (Math.abs(high) || 1) / 10];
  const pad = (high - low) * 0.02;
  return scaleLinear([low - pad, high + pad], [0, 1])
    .nice()
    .domain() as [number, number];
}
