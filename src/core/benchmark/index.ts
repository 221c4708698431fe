// The room of the timing comparison: it times the methods on a model or a shape, and tells what the times say.
export { benchmarkAnswer, formatFactor, type MethodPair, methodPairs } from './benchmarkAnswer.ts';
export { readBenchmarkLayers } from './benchmarkLayers.ts';
export { benchmarkNotes, cancelledNotes, spreadNote } from './benchmarkNotes.ts';
export { type BenchmarkEvent, type LeftOutRow, planMethods } from './benchmarkPlan.ts';
export {
  type BenchmarkColumnKey,
  benchmarkCells,
  benchmarkColumns,
  failureTexts,
  formatDuration,
  TIMED_SPAN_ABOUT,
} from './benchmarkTable.ts';
export type { WorkShape } from './flops.ts';
export { foreseePlan, roughGflops } from './foreseenTime.ts';
export { formatWait } from './formatWait.ts';
export { ENGINE_ABOUT, ENGINE_SHORT, METHOD_ABOUT, SOFTWARE_NOTE } from './methodText.ts';
export { reportToMarkdown } from './reportMarkdown.ts';
export { rowTimes } from './rowTimes.ts';
export { runBenchmark } from './runBenchmark.ts';
export { ladderPoints, runSweep, SWEEP_LADDERS, type SweepEvent, type SweepLadder } from './runSweep.ts';
export { SHAPE_PRESETS } from './shapePresets.ts';
export { sweepToMarkdown } from './sweepMarkdown.ts';
export {
  type SweepAxis,
  type SweepReport,
  type SweepSeries,
  sweepRatios,
  sweepSeries,
} from './sweepReport.ts';
export {
  EXPONENT_NOTE,
  exponentText,
  lawText,
  RATIO_NOTE,
  ratioCells,
  repeatTexts,
  seriesCells,
  sweepNotes,
} from './sweepText.ts';
export { SHORT_MS } from './timeLimit.ts';
