// The room of the analysis: from a model's files to a plan, then events, then a result.
export { type AnalysisDeps, analyse } from './analyse.ts';
export type { EarlierLayer, EarlierScores } from './earlierScores.ts';
export type {
  AnalysisEvent,
  HeadQuestion,
  LayoutQuestion,
  MappingQuestion,
  PlannedStack,
  WaitsFor,
  WeightsOption,
} from './events.ts';
export { headResult } from './headResult.ts';
export { type AnalysisPlan, type PlannedLayer, planAnalysis } from './plan.ts';
export { type Progress, type RunCounts, runProgress, timeLeft } from './progress.ts';
