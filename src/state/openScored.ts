// Models whose scores are there already, without their weights: of a figure or a link.
import { type ModelChoice, SAMPLE_NAMES } from '../core/repos/index.ts';
import type { AnalysisResult, LayerResult, ModelInfo, UserScore, UserScores } from '../core/result/index.ts';
import { fromCached } from './cachedModel.ts';
import type { Context } from './context.ts';
import { type ModelState, openingModel, type ScoresOrigin } from './modelState.ts';
import { type OpeningState, showScored } from './openings.ts';
import { sourceText } from './scoresOrigin.ts';

/**
 * Puts models in the place of all that is on the page, as their results have them; their weights aren't asked for.
 * @param results one, or two side by side; they must be valid (core/embedded reads a file's)
 */
export function openScored(
  ctx: Context<OpeningState>,
  results: readonly AnalysisResult[],
  origin: ScoresOrigin,
): void {
  showScored(
    ctx,
    results.map((result) => scoredState(ctx, result, origin)),
  );
}

/** A model whose scores are there already, as it stands on the page; not yet put there. */
export function scoredState(
  { nextKey, sampleUrl }: Pick<Context<unknown>, 'nextKey' | 'sampleUrl'>,
  { own = [], ...result }: AnalysisResult,
  origin: ScoresOrigin,
): ModelState {
  const { model, convention } = result;
  const choice = choiceOfModel(model, sampleUrl);
  const label = choice.kind === 'hub' ? `${choice.repo}@${choice.revision ?? 'main'}` : model.id;
  const why = `These scores came from ${sourceText(origin)}, without the weights: recompute them to choose another convention.`;
  const stacks = result.stacks.map((stack) => ({
    ...stack,
    ...{ splitKey: '', splits: [], offers: { layerNorm: why, qkNorm: why, rope: why } },
    layers: stack.layers.map((layer) => closedLayer(layer, origin)),
  }));
  return {
    ...openingModel(nextKey(), choice, label, {}, convention),
    ...fromCached({ result, stacks, weightsOptions: [] }),
    stackName: stacks[0]?.name ?? '',
    userScores: byFile(own),
    origin,
    headersOnly: origin.kind === 'link',
  };
}

/** What is opened where the scores are to be computed again; of a local model the user has the files. */
function choiceOfModel({ source, id, sha, revision, weights }: ModelInfo, baseUrl: string): ModelChoice {
  const sample = SAMPLE_NAMES.find((name) => id === `sample/${name}`);
  if (source === 'sample' && sample !== undefined) return { kind: 'sample', name: sample, baseUrl };
  if (source !== 'hub') return { kind: 'local', files: [] };
  const path = weights === undefined ? {} : { weights: { path: weights } };
  return { kind: 'hub', repo: id, revision: sha ?? revision ?? undefined, ...path };
}

/** A layer that wasn't scored when the result was written won't be scored any more. */
function closedLayer(layer: LayerResult, origin: ScoresOrigin): LayerResult {
  if (layer.heads.length > 0 || layer.skipped !== undefined) return layer;
  return {
    ...layer,
    skipped: {
      code: 'cancelled',
      reason: `It wasn’t scored when ${origin.kind === 'browser' ? 'it was saved' : `the ${origin.kind} was made`}.`,
    },
  };
}

/** The columns of a file stand side by side. */
function byFile(scores: readonly UserScore[]): UserScores[] {
  const files: { file: string; columns: Omit<UserScore, 'file'>[]; notes: string[] }[] = [];
  for (const { file, ...column } of scores) {
    const last = files.at(-1);
    if (last?.file === file) last.columns.push(column);
    else files.push({ file, columns: [column], notes: [] });
  }
  return files;
}
