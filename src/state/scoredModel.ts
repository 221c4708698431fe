// Requests to the worker about one model: to score it, or to look closer at one that is scored.
import type { ModelChoice } from '../core/repos/index.ts';
import type { EventOf, ScoredModel } from '../worker/protocol.ts';
import type { Context } from './context.ts';
import { type HubSessionSlice, hubAccess } from './hubSession.ts';
import type { ModelState } from './modelState.ts';
import type { SettingsSlice } from './settings.ts';

/**
 * Names the weights that a model on the page shows: its opening, and which of its revisions; null where there are none to look at (before its
 * plan; a recorded step; scores from a figure or a link).
 */
export function weightsKey({ key, status, model, engine, origin }: ModelState): string | null {
  if (status === 'awaiting' || model === null || engine === null) return null;
  if (engine.id === 'recorded' || origin !== null) return null;
  return `${key} ${model.sha ?? ''} ${model.fingerprint ?? ''}`;
}

/** About how many bytes a layer takes that a click is to have read, since a link chose the head; undefined where none is needed. */
export function unreadBytes(model: ModelState, isLinkedPin: boolean): number | undefined {
  if (!isLinkedPin || !model.headersOnly || weightsKey(model) === null) return undefined;
  return (model.bytes?.planned ?? 0) / model.stacks.reduce((sum, { layers }) => sum + layers.length, 0);
}

/** Says to the worker which scored model to look at more closely; null where there are no weights. */
export function scoredModel(model: ModelState, state: SettingsSlice & HubSessionSlice): ScoredModel | null {
  const { layoutOverrides, convention, model: info, engine } = model;
  const modelKey = weightsKey(model);
  if (info === null || engine === null || engine.id === 'recorded' || modelKey === null) return null;
  return {
    modelKey,
    choice: sameCommit(model),
    layoutOverrides: layoutOverrides,
    convention,
    known: { sha: info.sha, fingerprint: info.fingerprint },
    engine: engine.id,
    ...hubAccess(state),
    keepsBytes: state.settings.keepsBytes,
  };
}

/** A branch may have moved on since: the commit and the weights that were scored. */
function sameCommit({ choice, model }: ModelState): ModelChoice {
  if (choice.kind !== 'hub' || !model?.sha || model.weights === undefined) return choice;
  return { kind: 'hub', repo: choice.repo, revision: model.sha, weights: { path: model.weights } };
}

/** Asks the worker to read and score a model, with the settings as they are now. */
export function analysis(
  { store, client }: Pick<Context<SettingsSlice & HubSessionSlice>, 'store' | 'client'>,
  { choice, layoutOverrides, convention, headersOnly, earlier }: ModelState,
  signal: AbortSignal,
): AsyncIterable<EventOf<'analyse'>> {
  const state = store.getState();
  const { engine, keepsBytes } = state.settings;
  const options = { ...(headersOnly && { headersOnly }), ...(earlier && { earlier }) };
  const request = {
    choice,
    layoutOverrides,
    convention,
    engine,
    keepsBytes,
    ...hubAccess(state),
    ...options,
  };
  return client.stream('analyse', request, signal);
}
