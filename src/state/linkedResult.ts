// Scores in a link as a result, and a model's scores as a link holds them.
import type { LinkedModel, LinkedScores, ReadScores } from '../core/links/index.ts';
import { type AnalysisResult, type ModelInfo, RESULT_SCHEMA, RESULT_VERSION } from '../core/result/index.ts';
import type { Convention } from '../core/weights/convention.ts';
import type { ModelState } from './modelState.ts';

/** The scores of a link as a result: what a link doesn't hold (norms, tensors, bytes) is left empty. */
export function resultOfLink(
  { source }: LinkedModel,
  { stacks, format, dtype, day }: ReadScores,
  convention: Convention,
): AnalysisResult {
  const revision = source.kind === 'hub' ? source.revision : null;
  const isCommit = revision !== null && /^[0-9a-f]{7,40}$/.test(revision);
  const model: ModelInfo = {
    source: source.kind,
    id: idOf(source),
    revision: isCommit ? null : revision,
    sha: isCommit ? revision : null,
    fingerprint: source.kind === 'local' ? source.fingerprint : null,
    ...{ format, dtype, modelType: '', architecture: '' },
  };
  return {
    schema: RESULT_SCHEMA,
    version: RESULT_VERSION,
    model,
    shape: stacks[0]!.shape,
    convention,
    engine: { id: 'recorded', device: '', reason: 'read from a link' },
    bytes: { read: 0, planned: 0, needed: 0, file: 0 },
    stacks,
    notes: [],
    createdAt: `${day}T00:00:00.000Z`,
    app: { version: __APP_VERSION__ },
  };
}

function idOf(source: LinkedModel['source']): string {
  switch (source.kind) {
    case 'hub':
      return source.repo;
    case 'local':
      return source.name === '' ? 'a local model' : source.name;
    case 'sample':
      return `sample/${source.name}`;
    default:
      return source satisfies never;
  }
}

/** A model's scores for a link; null before it is scored. */
export function scoresForLink(
  { model, stacks: shown, result }: ModelState,
  now: string,
): LinkedScores | null {
  const stacks = result?.stacks ?? shown;
  if (model === null || !stacks.some(({ layers }) => layers.some(({ heads }) => heads.length > 0)))
    return null;
  const { format, dtype } = model;
  return { format, dtype, stacks, day: result?.createdAt ?? now };
}
