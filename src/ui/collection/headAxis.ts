// An axis of the scatter of all heads.
import { scaleLinear, scaleLog } from 'd3';
import { formatTick } from '../../figures/format.ts';
import type { Metric } from '../../figures/metric.ts';
import type { PixelAxis } from './headDensity.ts';
import type { Tick } from './modelPoints.ts';
import { type PlotZoom, seenPart } from './plotZoom.ts';

export interface HeadAxis extends PixelAxis {
  readonly scale: (value: number) => number;
  readonly ticks: (zoom: PlotZoom, which: 'x' | 'y') => readonly Tick[];
}

/** Quantities without bounds that span more than this ratio stand on a log axis. */
const LOG_FROM = 20;

/** Covers all values; px of its ends are given. */
export function headAxis(
  values: ArrayLike<number>,
  metric: Metric,
  [from, to]: readonly [number, number],
): HeadAxis {
  let [low, high, least] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (value < low) low = value;
    if (value > high) high = value;
    if (value > 0 && value < least) least = value;
  }
  if (!(low <= high)) [low, high] = [0, 1];
  const isLog = metric.kind === 'sequential' && high / least > LOG_FROM;
  if (isLog) low = least;
  else if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const scale = (isLog ? scaleLog() : scaleLinear()).domain([low, high]).range([from, to]);
  return {
    ...{ low, high, isLog, from, to },
    scale: (value) => scale(value),
    ticks(zoom, which) {
      const zoomed = seenPart(scale, zoom.k, zoom[which]);
      const [one, other] = zoomed.domain() as [number, number];
      const isWide = isLog && other / one > 1000;
      // Over decades the powers of ten are enough.
      const ticks = zoomed.ticks(6).filter((value) => !isWide || Number.isInteger(Math.log10(value)));
      return ticks.map((value) => ({ at: zoomed(value), label: formatTick(value) }));
    },
  };
}
