// Texts of the sweep: exponents, ratios and repeats.
import { cancelledNotes, clockNotes, originNotes } from './benchmarkNotes.ts';
import { formatDigits, formatDuration } from './benchmarkTable.ts';
import {
  type SweepRatio,
  type SweepReport,
  type SweepSeries,
  sweepCrossing,
  sweepRepeats,
} from './sweepReport.ts';

/** What ± is in the table of exponents. */
export const EXPONENT_NOTE =
  'Fitted by least squares through log median time over log size; ± is the standard error of the slope.';

/** What the last column of the ratios is. */
export const RATIO_NOTE =
  'Measured: norm’s median time over trace’s. Lowest to highest: the same of each round’s own two runs.';

/** "1.93 ± 0.04"; "2.013 ± 0.003" where two digits would show no error; two points have none. */
export function exponentText(exponent: number, standardError: number): string {
  const minus = (text: string) => text.replace('-', '−');
  if (!Number.isFinite(standardError)) return minus(exponent.toFixed(2));
  const isSmall = standardError > 0 && standardError < 0.005;
  const digits = isSmall ? Math.min(4, -Math.floor(Math.log10(standardError))) : 2;
  return `${minus(exponent.toFixed(digits))} ± ${standardError.toFixed(digits)}`;
}

/** Returns one series of the table of exponents, and one size of the table of ratios, as text. */
export const seriesCells = ({ method, axis, expected, fit, points }: SweepSeries) => ({
  method,
  over: axis,
  expected: String(expected),
  measured: fit === null ? 'too few points' : exponentText(fit.exponent, fit.standardError),
  points: String(points.length),
});

export const ratioCells = ({ axis, dModel, dHead, predicted, measured, min, max }: SweepRatio) => ({
  over: axis,
  d: String(dModel),
  dh: String(dHead),
  predicted: `${formatDigits(predicted)}×`,
  measured: `${formatDigits(measured)}×`,
  spread: `${formatDigits(min)}–${formatDigits(max)}×`,
});

/**
 * Returns the sizes that were timed twice, once for each ladder: how far two measurements of one thing lie apart.
 */
export function repeatTexts(report: Pick<SweepReport, 'rows'>): string[] {
  const repeats = sweepRepeats(report);
  const sizes = [...new Set(repeats.map(({ dModel, dHead }) => `d ${dModel}, dh ${dHead}`))];
  return sizes.map((size) => {
    const times = repeats
      .filter(({ dModel, dHead }) => `d ${dModel}, dh ${dHead}` === size)
      .map(
        ({ method, ms, difference }) =>
          `${method} ${formatDuration(ms[0])} and ${formatDuration(ms[1])}, ${formatDigits(100 * difference)} % apart`,
      );
    return `Noise check: ${size} lies on both ladders and was timed twice: ${times.join('; ')}.`;
  });
}

/** Returns what the sweep is expected to show, and where the two methods cross. */
export function lawText(report: Pick<SweepReport, 'rows'>): string {
  const crossing = crossingText(report);
  return [
    'norm forms M, d × d, at 2 d² dh operations; trace forms A, B and C, dh × dh, at about 4 d dh². So norm’s time grows with d² and dh, trace’s with d and dh², and their ratio is about d / 2dh.',
    ...(crossing === null ? [] : [crossing]),
    'Fixed costs of a call flatten the lines where heads are small, and caches bend them where M is large.',
  ].join(' ');
}

/** Returns what stands under the sweep. */
export function sweepNotes(report: SweepReport): string[] {
  const rows = report.rows.map(({ row }) => row);
  return [
    ...originNotes(report),
    `${report.engine}: ${report.device}`,
    'Median of the runs, one head of made-up weights, which are already loaded; all points and both methods alternate in random order.',
    ...cancelledNotes(report, rows),
    ...clockNotes(report, rows),
    ...report.leftOut.map(
      ({ method, dModel, dHead, reason }) => `Left out: ${method} at d ${dModel}, dh ${dHead}: ${reason}.`,
    ),
  ];
}

/**
 * Returns where the two methods cross, by operations and by the fitted lines, and no more than the fits support;
 * null without points over dh.
 */
export function crossingText(report: Pick<SweepReport, 'rows'>): string | null {
  const crossing = sweepCrossing(report);
  if (crossing === null) return null;
  const { dModel, predicted, measured, isExtrapolated, fasterBeyond } = crossing;
  const counted = `At d = ${dModel} the operations are equal at dh ≈ ${formatDigits(predicted)}, and norm has fewer beyond it.`;
  if (measured === null) return `${counted} The measured lines don’t meet.`;
  // Far outside, a small error of the exponents moves the point by a factor: two sweeps on a busy machine gave 186
  // and 471.
  if (isExtrapolated) return `${counted} The measured lines don’t meet within the sizes that were timed.`;
  const met = `The measured lines meet at dh ≈ ${formatDigits(measured)}.`;
  if (fasterBeyond === null)
    return `${counted} ${met} Their exponents are too close to say which method is faster beyond it.`;
  return `${counted} ${met} By their exponents ${fasterBeyond} is the faster one at larger dh.`;
}
