// The room of results: what an analysis and a benchmark give, in the schemas that are exported and cached.
export {
  type BenchmarkFailure,
  type BenchmarkReport,
  type BenchmarkRow,
  engineName,
  type ReportOrigin,
  rowEngine,
  SCOPE_NAMES,
  type ScopeName,
  TIMED_SPANS,
  type TimedSpan,
  type TimingClock,
} from './benchmarkReport.ts';
export { createEngineLog, engineNotes } from './enginesUsed.ts';
export { nullUnavailable } from './nullUnavailable.ts';
export { recomputedNotes } from './recomputedNotes.ts';
export {
  type AnalysisResult,
  type ByteCounts,
  type EngineUse,
  type HeadResult,
  type LayerResult,
  type LayerScore,
  type ModelInfo,
  type ModelShape,
  READING_VERSION,
  RESULT_SCHEMA,
  RESULT_VERSION,
  type Reason,
  type StackResult,
  type TensorUse,
} from './result.ts';
export { stackNullCheck } from './stackNullCheck.ts';
export {
  USER_SCORES_LIMITS,
  type UserColumn,
  type UserEntry,
  type UserScore,
  type UserScores,
} from './userScores.ts';
