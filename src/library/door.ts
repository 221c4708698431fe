// What the library exports wherever it runs, beside what opens and scores models.
import { loadResultFiles } from '../core/embedded/index.ts';
import type { AnalysisResult } from '../core/result/index.ts';
import { refused } from './checkOptions.ts';

export type { PlannedStack } from '../core/analysis/index.ts';
export type { EngineChoice } from '../core/engines/index.ts';
export { type ErrorCode, QKError } from '../core/errors.ts';
export type { HeadDetail, LayerMetric } from '../core/inspection/index.ts';
export type { LocalFile } from '../core/repos/index.ts';
export type {
  AnalysisResult,
  HeadResult,
  LayerResult,
  ModelInfo,
  ModelShape,
  Reason,
  StackResult,
} from '../core/result/index.ts';
export type { ConventionChoice } from '../core/weights/convention.ts';
export { resultsToCsv } from '../figures/resultsToCsv.ts';
export { type Answers, type HeadCount, OpenQuestion } from './answers.ts';
export type { HeadName, Library, OpenedModel } from './createLibrary.ts';
export { type FigureOptions, figureSvg } from './figureFiles.ts';
export type { ScoreEvent } from './scoreModel.ts';
export type { ScoreOptions } from './scoreOptions.ts';

/**
 * Reads the results in a JSON file (of any number of models), or in a PNG or SVG figure that QKScope wrote.
 * @throws QKError 'result-invalid' saying what is wrong
 */
export async function readResults(file: Blob, name = 'the file'): Promise<readonly AnalysisResult[]> {
  if (!(file instanceof Blob)) throw refused('The file', file, 'a Blob or a File');
  const { EMBEDDED_LIMITS, readResultFile } = await loadResultFiles();
  return (await readResultFile({ path: name, blob: file }, EMBEDDED_LIMITS.listed)).results;
}
