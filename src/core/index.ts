/** The core's one door. No DOM and no React behind it: it runs in a worker, in the page and in Node. */
export { allPartners, type PartnersEvent } from './analysis/allPartners.ts';
export { type AnalysisDeps, analyse } from './analysis/analyse.ts';
export { runBenchmark } from './analysis/benchmark.ts';
export { readBenchmarkLayers } from './analysis/benchmarkLayers.ts';
export type { BenchmarkEvent } from './analysis/benchmarkPlan.ts';
export * from './analysis/benchmarkReport.ts';
export { type ReopenedModel, reopenModel } from './analysis/detail/reopened.ts';
export type {
  AnalysisEvent,
  HeadQuestion,
  MappingQuestion,
  PlannedStack,
  Question,
  WeightsOption,
} from './analysis/events.ts';
export type { WorkShape } from './analysis/flops.ts';
export { type HeadDetail, headDetail } from './analysis/headDetail.ts';
export {
  type LayerMeasures,
  layerMeasures,
  type Measure,
  type MeasuresEvent,
} from './analysis/layerMeasures.ts';
export { matchOwnScores } from './analysis/ownScores/matchOwnScores.ts';
export { OWN_LIMITS, type OwnScore, type OwnScores } from './analysis/ownScores/ownScores.ts';
export { parseHead } from './analysis/parseHead.ts';
export * from './analysis/result.ts';
export { ladderPoints, runSweep, type SweepLadder } from './analysis/sweep.ts';
export type { SweepReport } from './analysis/sweepReport.ts';
export { ORIENTATIONS, type Orientation } from './architectures/architecture.ts';
export { FUSED_SPLITS, type FusedSplit } from './architectures/fusedSplit.ts';
export type { HeadSplit } from './architectures/headSplit.ts';
export type { LayoutAnswers } from './architectures/inferLayout.ts';
export {
  type Mapping,
  type MatrixGroup,
  mappingSplits,
  previewMapping,
} from './architectures/mapping.ts';
export { orientationByShape } from './architectures/mappingAxes.ts';
export { createFileReaders, type ReadingThread } from './bytes/fileReaders.ts';
export { createPrivateFileRanges } from './bytes/privateFiles.ts';
export { REAL_RETRY_TOOLS } from './bytes/retry.ts';
export type { Method } from './engines/calls.ts';
export type { Engine, EngineId } from './engines/engine.ts';
export {
  AVAILABLE_ENGINES,
  createEnginePool,
  type EngineChoice,
  type EngineOffer,
  type TimedEngineKey,
} from './engines/select.ts';
export type { TuneMemory } from './engines/webgpu/tuneTrace.ts';
export { isAbort, QKError, toWire, type WireError } from './errors.ts';
export { symmetryScore } from './metrics/symmetry.ts';
export type { CheckpointFolders } from './repos/checkpointFolders.ts';
export { readHubInfo } from './repos/hubInfo.ts';
export { type HubRef, readHubRefs } from './repos/hubRefs.ts';
export type { Suggestion } from './repos/hubSearch.ts';
export { type HubToken, normaliseHubUrl } from './repos/hubToken.ts';
export { openRepo } from './repos/openRepo.ts';
export type { LocalFile, ModelChoice, Repo, WeightChoice } from './repos/repo.ts';
export {
  type RevisionFiles,
  readRevisionFiles,
} from './repos/revisionFiles.ts';
export { evenly, findSeries } from './repos/revisionSeries.ts';
export { SAMPLE_NAMES } from './repos/sampleRepo.ts';
export {
  type CheckpointMark,
  markCheckpoints,
} from './series/checkpointMarks.ts';
export { markNotes, markText } from './series/markText.ts';
export { seriesReport } from './series/seriesReport.ts';
export { weightsKey, weightsRead } from './series/weightsKey.ts';
export type { StartHelper } from './startedWorker.ts';
export {
  type Convention,
  type ConventionChoice,
  choiceOf,
  conventionOf,
  RAW_CONVENTION,
} from './weights/convention.ts';
export { withDeadline } from './withDeadline.ts';
