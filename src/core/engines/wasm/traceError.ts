// Estimates the rounding error of the trace kernels for one head.
import type { LayerShape } from '../engine.ts';
import { roundingError } from '../roundingError.ts';
import type { JobResult } from './jobs.ts';
import { PANEL_COLUMNS } from './kernels/panel.ts';

/**
 * Estimates the error of a trace job's head: a panel's columns are summed in four lanes, then the panels'
 * sums.
 */
export function traceError({ dModel, dHead }: LayerShape, result: JobResult): number {
  return roundingError({
    traceAB: result.second,
    diagonalAB: result.diagonal,
    dModel,
    dHead,
    longestSum: Math.min(dModel, PANEL_COLUMNS) / 4 + dModel / PANEL_COLUMNS,
    largestQ: singleOf(result.qMagnitude),
    largestK: singleOf(result.kMagnitude),
  });
}

const word = new Uint32Array(1);
const single = new Float32Array(word.buffer);

/** Returns the float32 of these bits. */
function singleOf(bits: number): number {
  word[0] = bits;
  return single[0]!;
}
