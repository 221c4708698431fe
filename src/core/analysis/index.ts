export { type AnalysisDeps, analyse } from './analyse.ts';
export type { EarlierLayer, EarlierScores } from './earlierScores.ts';
export type {
  AnalysisEvent,
  HeadQuestion,
  LayoutQuestion,
  MappingQuestion,
  PlannedStack,
  WeightsOption,
} from './events.ts';
export { headResult } from './headResult.ts';
export { type AnalysisPlan, type PlannedLayer, planAnalysis } from './plan.ts';
