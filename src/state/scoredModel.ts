import type { ModelChoice } from '../core/repos/index.ts';
import type { ScoredModel } from '../worker/protocol.ts';
import type { AppState, ModelState } from './appState.ts';

/**
 * Names the weights that a model on the page shows: its opening, and which of its revisions; null where there are none to look at (before its
 * plan; a recorded step).
 */
export function weightsKey({ key, model, engine }: ModelState): string | null {
  if (model === null || engine === null || engine.id === 'recorded') return null;
  return `${key} ${model.sha ?? ''} ${model.fingerprint ?? ''}`;
}

/** How the worker is told which scored model to look at more closely; null where there are no weights. */
export function scoredModel(model: ModelState, { settings, token }: AppState): ScoredModel | null {
  const { layoutOverrides, convention, model: info, engine } = model;
  const modelKey = weightsKey(model);
  if (info === null || engine === null || engine.id === 'recorded' || modelKey === null) return null;
  const { hubUrl, keepsBytes } = settings;
  return {
    modelKey,
    choice: sameCommit(model),
    layoutOverrides: layoutOverrides,
    convention,
    known: { sha: info.sha, fingerprint: info.fingerprint },
    engine: engine.id,
    hubUrl,
    token: token ?? undefined,
    keepsBytes,
  };
}

/** A branch may have moved on since: the commit and the weights that were scored. */
function sameCommit({ choice, model }: ModelState): ModelChoice {
  if (choice.kind !== 'hub' || !model?.sha || model.weights === undefined) return choice;
  return { kind: 'hub', repo: choice.repo, revision: model.sha, weights: { path: model.weights } };
}
