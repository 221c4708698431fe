import { type SweepReport, sweepCrossing } from './sweepReport.ts';
import { formatDigits } from './timingTable.ts';

/** Where the two methods cross, by operations and by the fitted lines, and no more than the fits support; null without points over dh. */
export function crossingText(report: Pick<SweepReport, 'rows'>): string | null {
  const crossing = sweepCrossing(report);
  if (crossing === null) return null;
  const { dModel, predicted, measured, isExtrapolated, fasterBeyond } = crossing;
  const counted = `At d = ${dModel} the operations are equal at dh ≈ ${formatDigits(predicted)}, and norm has fewer beyond it.`;
  if (measured === null) return `${counted} The measured lines don’t meet.`;
  // Far outside, a small error of the exponents moves the point by a factor: two sweeps on a busy machine gave 186 and 471.
  if (isExtrapolated) return `${counted} The measured lines don’t meet within the sizes that were timed.`;
  const met = `The measured lines meet at dh ≈ ${formatDigits(measured)}.`;
  if (fasterBeyond === null)
    return `${counted} ${met} Their exponents are too close to say which method is faster beyond it.`;
  return `${counted} ${met} By their exponents ${fasterBeyond} is the faster one at larger dh.`;
}
