import { type ConventionChoice, choiceOf } from '../../core/weights/convention.ts';
import { formatBytes } from '../../figures/format.ts';
import type { ModelState } from '../../state/modelState.ts';
import { modelNames, shownStack } from '../../state/selectors.ts';
import { signed } from './ropeSteps.ts';

export type ConventionPart = 'layerNorm' | 'qkNorm' | 'rope';

/** Why a part of a convention can't be applied to the maps on the page; null: it can. */
export function whyNot(models: readonly ModelState[], part: ConventionPart): string | null {
  for (const [place, model] of models.entries()) {
    const why = shownStack(model)?.offers[part] ?? null;
    if (why !== null) return models.length > 1 ? `${modelNames(models)[place]}: ${why}` : why;
  }
  return null;
}

/** The convention of the page: all its models have one. */
export function choiceOnPage(models: readonly ModelState[]): ConventionChoice | null {
  const [first] = models;
  return first === undefined ? null : choiceOf(first.convention);
}

/** "raw weights", or what is done to them, in short. */
export function shortText({ layerNorm, qkNorm, ropeOffset }: ConventionChoice): string {
  const parts = [
    ...(layerNorm ? ['LayerNorm γ'] : []),
    ...(qkNorm ? ['QK-norm γ'] : []),
    ...(ropeOffset === 0 ? [] : [`RoPE Δ ${signed(ropeOffset)}`]),
  ];
  return parts.length === 0 ? 'raw weights' : parts.join(' · ');
}

/** What another convention costs where the weights aren't on this machine. */
export function costText(models: readonly ModelState[]): string | null {
  const hub = models.filter(({ choice }) => choice.kind === 'hub');
  const planned = hub.reduce((sum, { bytes }) => sum + (bytes?.planned ?? 0), 0);
  return planned === 0
    ? null
    : `Each new convention reads the weights again: ${formatBytes(planned)}. Its scores are saved in this browser.`;
}
