import type { ModelChoice } from '../core/index.ts';
import type { ScoredModel } from '../worker/protocol.ts';
import type { AppState, ModelState } from './appState.ts';

/** How the worker is told which scored model to look at more closely; null before it has a plan. */
export function scoredModel(model: ModelState, { settings, token }: AppState): ScoredModel | null {
  const { key, answers, convention, model: info, engine } = model;
  if (info === null || engine === null) return null;
  const { hubUrl, keepsBytes } = settings;
  return {
    modelKey: key,
    choice: sameCommit(model),
    answers,
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
